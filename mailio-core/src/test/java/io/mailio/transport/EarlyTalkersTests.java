/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.session.EarlyTalkers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that speak before they are greeted. */
class EarlyTalkersTests {

	private static final Duration DELAY = Duration.ofSeconds(6);

	private static final String REFUSED = "554 5.5.1 Client spoke before the greeting, closing connection\r\n";

	private final List<String> heard = new ArrayList<>();

	private VirtualConnection.Setup rejecting() {
		return VirtualConnection.setup().greetingDelay(DELAY, EarlyTalkers.REJECT).listener(new SessionListener() {

			@Override
			public void started(SmtpSession session) {
				EarlyTalkersTests.this.heard.add("started");
			}

			@Override
			public void ended(SmtpSession session, Duration duration) {
				EarlyTalkersTests.this.heard.add("ended");
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void aClientThatWaitsIsGreetedAfterTheDelay(EarlyTalkers earlyTalkers) {
		try (VirtualConnection client = VirtualConnection.setup().greetingDelay(DELAY, earlyTalkers).connect()) {
			client.pass(DELAY.minusMillis(1));
			assertThat(client.said()).isEmpty();
			client.pass(Duration.ofMillis(1));
			assertThat(client.codes()).containsExactly(220);
			assertThat(client.send("EHLO c\r\nNOOP\r\n").codes()).containsExactly(250, 250);
		}
	}

	@Test
	void aClientBehindAProxyIsLookedUpAndHasToWaitLikeAnyOther() {
		List<String> lookedUp = new ArrayList<>();
		VirtualConnection.Setup setup = VirtualConnection.setup()
			.behindProxy()
			.greetingDelay(Duration.ofSeconds(5), EarlyTalkers.REJECT)
			.reverseLookup((address) -> {
				lookedUp.add(address.getHostAddress());
				return CompletableFuture.completedFuture(Optional.empty());
			});
		String header = "PROXY TCP4 192.0.2.7 198.51.100.1 41000 25\r\n";
		try (VirtualConnection client = setup.connect()) {
			client.send(header + "EHLO c\r\n");
			assertThat(client.pass(Duration.ofSeconds(5)).codes()).containsExactly(554);
		}
		try (VirtualConnection client = setup.connect()) {
			client.send(header).pass(Duration.ofSeconds(5));
			assertThat(client.codes()).containsExactly(220);
			client.send("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc");
			assertThat(client.said()).isEmpty();
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
		assertThat(lookedUp).containsExactly("192.0.2.7", "192.0.2.7");
	}

	@Test
	void aClientThatDoesNotWaitIsRefusedAndNobodyHearsOfIt() {
		try (VirtualConnection client = rejecting().inline("connect", (req, res) -> {
			this.heard.add("connect");
			return res.accept();
		}).connect()) {
			client.pass(Duration.ofSeconds(3)).send("EHLO c\r\nMAIL FROM:<a@b.example>\r\n").pass(DELAY).work();
			assertThat(client.said()).isEqualTo(REFUSED);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
		assertThat(this.heard).isEmpty();
	}

	@Test
	void oneOctetIsEnough() {
		try (VirtualConnection client = rejecting().connect()) {
			client.send("\0").pass(DELAY).work();
			assertThat(client.said()).isEqualTo(REFUSED);
		}
	}

	@Test
	void aClientThatSpeaksWhileHandlersAreStillAskedIsRefusedWhateverTheyAnswer() {
		try (VirtualConnection client = rejecting().blocking("connect", (req, res) -> res.accept(220, "Welcome"))
			.connect()) {
			client.pass(DELAY).send("EHLO c\r\n").work();
			assertThat(client.said()).isEqualTo(REFUSED);
		}
		assertThat(this.heard).containsExactly("started", "ended");
	}

	@Test
	void aHandlerThatRejectsHasTheLastWord() {
		try (VirtualConnection client = rejecting().blocking("connect", (req, res) -> res.reject(550, "Not you"))
			.connect()) {
			client.pass(DELAY).send("EHLO c\r\n").work();
			assertThat(client.said()).isEqualTo("550 Not you\r\n");
		}
	}

	@Test
	void withoutADelayTheTimeThatItsNameTakesCounts() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.greetingDelay(Duration.ZERO, EarlyTalkers.REJECT)
			.reverseLookup((address) -> name)
			.connect()) {
			client.send("EHLO c\r\n");
			name.complete(Optional.of("client.example"));
			assertThat(client.said()).isEqualTo(REFUSED);
		}
	}

	@Test
	void theNameIsLookedUpDuringTheDelay() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.greetingDelay(DELAY, EarlyTalkers.ALLOW)
			.reverseLookup((address) -> name)
			.connect()) {
			client.pass(DELAY);
			assertThat(client.said()).isEmpty();
			name.complete(Optional.of("client.example"));
			assertThat(client.codes()).containsExactly(220);
		}
	}

	@Test
	void byDefaultWhatComesEarlyIsReadAfterTheGreeting() {
		try (VirtualConnection client = VirtualConnection.setup().greetingDelay(DELAY, EarlyTalkers.ALLOW).connect()) {
			client.send("EHLO c\r\nNO").pass(DELAY).send("OP\r\n");
			assertThat(client.codes()).containsExactly(220, 250, 250);
		}
	}

	@Test
	void commandsBeforeEhloAreAnsweredInOrderAndNoneOfThemCounts() {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send(
					"NOOP\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nEHLO c\r\nDATA\r\nRSET\r\n");
			assertThat(client.codes()).containsExactly(220, 250, 503, 503, 503, 250, 503, 250);
		}
	}

	@Test
	void muchThatComesEarlyIsNotRead() {
		try (VirtualConnection client = rejecting().connect()) {
			int sent = 0;
			while (client.isReading() && sent < 100) {
				client.send("x".repeat(4096));
				sent++;
			}
			assertThat(sent).isLessThan(20);
			assertThat(client.pass(DELAY).said()).isEqualTo(REFUSED);
		}
	}

	@Test
	void aClientThatLeavesDuringTheDelayLeavesNothing() {
		VirtualConnection client = rejecting().connect();
		client.close();
		assertThat(client.pass(DELAY).work().said()).isEmpty();
		assertThat(client.sessions().limits().total()).isZero();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void aServerThatStopsDoesNotWaitForTheDelay() {
		try (VirtualConnection client = rejecting().connect()) {
			CompletableFuture<Void> empty = client.sessions().drain();
			assertThat(client.said()).startsWith("421 4.3.2");
			assertThat(client.pass(DELAY).work().isOpen()).isFalse();
			assertThat(empty).isCompleted();
			assertThat(client.said()).isEmpty();
			assertThat(this.heard).isEmpty();
		}
	}

}
