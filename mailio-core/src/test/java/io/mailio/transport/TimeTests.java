/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.mailio.handler.SmtpResponse;
import io.mailio.message.ContentBuffer;
import io.mailio.session.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens when nothing happens: all in virtual time. */
class TimeTests {

	private static final Duration IDLE = Limits.DEFAULTS.idleTimeout();

	private static VirtualConnection.Setup setup() {
		return VirtualConnection.setup().inline("queue", (req, res) -> res.accept());
	}

	@Test
	void aSilentClientIsToldAndLeft() {
		try (VirtualConnection client = setup().connect()) {
			client.pass(IDLE.minusSeconds(1));
			assertThat(client.codes()).containsExactly(220);
			client.pass(Duration.ofSeconds(2));
			assertThat(client.said()).isEqualTo("421 4.4.2 Timeout waiting for the client, closing connection\r\n");
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aProxyThatDoesNotSayWhoTheClientIsIsLeft() {
		try (VirtualConnection client = setup().behindProxy().connect()) {
			client.send("PROXY TCP4").pass(IDLE.minusSeconds(1));
			assertThat(client.isOpen()).isTrue();
			client.pass(Duration.ofSeconds(2));
			assertThat(client.isOpen()).isFalse();
			assertThat(client.said()).isEmpty();
		}
	}

	@Test
	void eachCommandGivesTheClientNewTime() {
		try (VirtualConnection client = setup().connect()) {
			for (int i = 0; i < 5; i++) {
				client.pass(IDLE.minusSeconds(1)).send("NOOP\r\n");
			}
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 250, 250);
		}
	}

	@Test
	void aCommandThatComesOctetByOctetMustBeCompleteInTime() {
		try (VirtualConnection client = setup().connect()) {
			int sent = 0;
			while (client.isOpen()) {
				client.send("a").pass(Duration.ofSeconds(10));
				sent++;
			}
			assertThat(client.codes()).containsExactly(220, 421);
			assertThat(sent).isEqualTo((int) IDLE.toSeconds() / 10);
		}
	}

	@Test
	void contentThatNeverBeginsTimesOut() {
		try (VirtualConnection client = setup().connect()) {
			client.data().pass(IDLE.plusSeconds(1));
			assertThat(client.codes()).endsWith(354, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void contentThatStopsTimesOut() {
		Limits limits = Limits.builder().minDataRate(0).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.data().send("Subject: x\r\n").pass(IDLE.minusSeconds(1)).send("\r\n").pass(IDLE.minusSeconds(1));
			assertThat(client.isOpen()).isTrue();
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).endsWith(354, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void contentThatDripsIsTooSlow() {
		Limits limits = Limits.builder().minDataRate(100).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.data();
			int seconds = 0;
			while (client.isOpen()) {
				client.send("a").pass(Duration.ofSeconds(1));
				seconds++;
			}
			assertThat(client.codes()).endsWith(354, 421);
			assertThat(seconds).isBetween(30, 45);
		}
	}

	@Test
	void contentAtTheMinimumRateMayGoOnUntilTheMessageTimeout() {
		Limits limits = Limits.builder().minDataRate(100).messageTimeout(Duration.ofMinutes(10)).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.data();
			int seconds = 0;
			while (client.isOpen()) {
				client.send("a".repeat(98) + "\r\n").pass(Duration.ofSeconds(1));
				seconds++;
			}
			assertThat(client.codes()).endsWith(354, 421);
			assertThat(seconds).isBetween(595, 615);
		}
	}

	@Test
	void aHandlerOfTimeoutHasTheLastWord() {
		try (VirtualConnection client = setup().inline("timeout", (req, res) -> res.reject(421, "4.4.2 Good night"))
			.connect()) {
			client.pass(IDLE.plusSeconds(1));
			assertThat(client.said()).endsWith("421 4.4.2 Good night\r\n");
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aHandlerOfTimeoutThatAcceptsClosesNevertheless() {
		try (VirtualConnection client = setup().inline("timeout", (req, res) -> res.accept()).connect()) {
			client.pass(IDLE.plusSeconds(1));
			assertThat(client.codes()).containsExactly(220, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void theClientIsNotBlamedWhileAHandlerWorks() {
		Limits limits = Limits.builder().handlerTimeout(Duration.ofHours(1)).build();
		try (VirtualConnection client = setup().limits(limits).blocking("noop", (req, res) -> res.accept()).connect()) {
			client.send("NOOP\r\n").pass(IDLE.multipliedBy(3)).work();
			assertThat(client.codes()).containsExactly(220, 250);
			client.pass(IDLE.minusSeconds(1));
			assertThat(client.isOpen()).isTrue();
		}
	}

	@Test
	void aHandlerThatNeverEndsMissesItsDeadlineAndTheSessionGoesOn() {
		try (VirtualConnection client = setup().reactive("noop", (req, res) -> Mono.never())
			.blocking("rset", (req, res) -> res.accept())
			.connect()) {
			client.send("NOOP\r\nHELP\r\n").pass(Duration.ofSeconds(29));
			assertThat(client.codes()).containsExactly(220);
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).containsExactly(451, 214);
			client.send("RSET\r\n").pass(Duration.ofSeconds(31));
			assertThat(client.codes()).containsExactly(451);
			// The executor comes too late: the answer is no longer awaited.
			assertThat(client.work().codes()).isEmpty();
			assertThat(client.send("NOOP\r\n").pass(Duration.ofSeconds(31)).codes()).containsExactly(451);
		}
	}

	@Test
	void deadlinesAtConnectAndQueueHaveTheirOwnCodesAndTimes() {
		try (VirtualConnection client = setup().reactive("connect", (req, res) -> Mono.never()).connect()) {
			client.pass(Duration.ofSeconds(31));
			assertThat(client.codes()).containsExactly(421);
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = VirtualConnection.setup()
			.reactive("queue", (req, res) -> Mono.never())
			.connect()) {
			client.data().send("x\r\n.\r\n").pass(Duration.ofMinutes(5).minusSeconds(1));
			assertThat(client.codes()).endsWith(354);
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).containsExactly(451);
			assertThat(client.isOpen()).isTrue();
		}
	}

	@Test
	void aClientThatOwesAHandlerALineTimesOutWithOneReply() {
		List<Object> heard = new ArrayList<>();
		Limits limits = Limits.builder().handlerTimeout(Duration.ofHours(1)).build();
		try (VirtualConnection client = setup().limits(limits)
			.reactive("noop", (req, res) -> res.receive().doOnError(heard::add).map((line) -> res.accept()))
			.connect()) {
			client.send("NOOP\r\n").pass(IDLE.plusSeconds(1));
			assertThat(client.codes()).containsExactly(220, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aClientThatOwesAnAuthResponseTimesOutWithOneReply() {
		try (VirtualConnection client = setup().inline("auth", (req, res) -> res.accept()).connect()) {
			client.send("EHLO c\r\nAUTH LOGIN\r\n").pass(IDLE.plusSeconds(1));
			assertThat(client.codes()).containsExactly(220, 250, 334, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void theGreetingWaitsForTheNameOfTheClient() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		List<String> names = new ArrayList<>();
		try (VirtualConnection client = setup().reverseLookup((address) -> name)
			.inline("connect", (req, res) -> record(names, req.session().client().hostname(), res))
			.connect()) {
			assertThat(client.send("NOOP\r\n").codes()).isEmpty();
			name.complete(Optional.of("client.example"));
			assertThat(client.codes()).containsExactly(220, 250);
			assertThat(names).containsExactly("client.example");
		}
	}

	@Test
	void aLateNameForAClientThatIsGoneIsNoOnesBusiness() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		VirtualConnection client = setup().reverseLookup((address) -> name).connect();
		client.close();
		name.complete(Optional.of("client.example"));
		assertThat(client.said()).isEmpty();
	}

	@Test
	void aNameThatNeverComesKeepsNobodyFromTheGreeting() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		try (VirtualConnection client = setup().reverseLookup((address) -> name).connect()) {
			client.pass(Duration.ofSeconds(9));
			assertThat(client.codes()).isEmpty();
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).containsExactly(220);
			name.complete(Optional.of("too.late.example"));
			assertThat(client.send("NOOP\r\n").codes()).containsExactly(250);
		}
	}

	@Test
	void contentThatIsNeverWrittenEndsWithTheMessageTimeout(@TempDir Path directory) {
		Duration whole = Limits.DEFAULTS.messageTimeout();
		try (VirtualConnection client = setup().content(new ContentBuffer.Options(1024, directory)).connect()) {
			client.data().said();
			client.send(lines(700));
			assertThat(client.isReading()).isFalse();
			client.pass(whole.minusSeconds(1));
			assertThat(client.said()).isEmpty();
			client.pass(Duration.ofSeconds(12));
			assertThat(client.said()).startsWith("421 4.4.2 ");
			assertThat(client.isOpen()).isFalse();
			client.work();
		}
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void contentThatIsNeverCompleteIsATemporaryFailureAndTheSessionGoesOn(@TempDir Path directory) {
		try (VirtualConnection client = setup().content(new ContentBuffer.Options(1024, directory)).connect()) {
			client.data().said();
			client.send(lines(100)).send(".\r\nNOOP\r\n").pass(Limits.DEFAULTS.queueTimeout().minusSeconds(1));
			assertThat(client.codes()).isEmpty();
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).containsExactly(451, 250);
			// The disk wakes up, but the message was refused.
			assertThat(client.work().codes()).isEmpty();
		}
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void aDiskThatStallsLongerThanAClientMayIsNotTheFaultOfTheClient(@TempDir Path directory) {
		try (VirtualConnection client = setup().content(new ContentBuffer.Options(1024, directory)).connect()) {
			client.data().said();
			client.send(lines(700)).pass(IDLE.multipliedBy(2)).work();
			client.pass(IDLE.minusSeconds(1));
			assertThat(client.said()).isEmpty();
			assertThat(client.send(".\r\n").work().codes()).containsExactly(250);
		}
	}

	private static String lines(int kilobytes) {
		return "\r\n" + ("a".repeat(998) + "\r\n").repeat(kilobytes);
	}

	@Test
	void aServerThatStopsDoesNotWaitForAHandlerOfTimeout() {
		try (VirtualConnection client = setup().reactive("timeout", (req, res) -> Mono.never()).connect()) {
			client.pass(IDLE.plusSeconds(1));
			assertThat(client.codes()).containsExactly(220);
			CompletableFuture<Void> empty = client.sessions().drain();
			client.sessions().abort();
			assertThat(client.said()).startsWith("421 4.4.2 ");
			assertThat(client.isOpen()).isFalse();
			assertThat(empty).isCompleted();
		}
	}

	@Test
	void aClientThatNeverReadsItsRepliesIsLeft() {
		try (VirtualConnection client = setup().connect().stopReading()) {
			client.send("HELP\r\n".repeat(12_000));
			client.pass(IDLE.minusSeconds(1));
			assertThat(client.isOpen()).isTrue();
			client.pass(Duration.ofSeconds(20));
			assertThat(client.isOpen()).isFalse();
		}
	}

	private static io.mailio.handler.Decision record(List<String> names, String name, SmtpResponse res) {
		names.add(name);
		return res.accept();
	}

}
