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
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.connect.EarlyTalker;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Clients that speak before they are greeted, with and without {@link EarlyTalker}. */
class EarlyTalkersTests {

	private static final Duration DELAY = Duration.ofSeconds(6);

	private static final String REFUSED = "554 5.5.1 Client spoke before the greeting, closing connection\r\n";

	private final List<String> heard = new ArrayList<>();

	private final List<String> counted = new ArrayList<>();

	private VirtualConnection.Setup rejecting() {
		Meters meters = new Meters() {

			@Override
			public void count(MeterName name, String... tagValues) {
				EarlyTalkersTests.this.counted.add(name + " " + String.join(" ", tagValues));
			}

			@Override
			public void time(MeterName name, long nanos, String... tagValues) {
			}

		};
		return VirtualConnection.setup()
			.client("192.0.2.7")
			.builtInReactive("connect", "early-talker", new EarlyTalker(new EarlyTalkerOptions(DELAY), meters))
			.listener(new SessionListener() {

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

	@Test
	void aClientThatWaitsIsGreetedAfterTheDelay() {
		try (VirtualConnection client = rejecting().connect().work()) {
			client.pass(DELAY.minusMillis(1));
			assertThat(client.said()).isEmpty();
			client.pass(Duration.ofMillis(1));
			assertThat(client.codes()).containsExactly(220);
			assertThat(client.send("EHLO c\r\nNOOP\r\n").codes()).containsExactly(250, 250);
		}
		assertThat(this.counted).containsExactly("EARLY_TALKER waited");
	}

	@Test
	void theLogSaysWhoHasWaitedAndWhoHasNot() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG)) {
			rejecting().connect().work().pass(DELAY).close();
			rejecting().connect().work().send("EHLO c\r\n").close();
			assertThat(log.lines()).satisfiesExactly(
					(one) -> assertThat(one).contains(" handlers=connect/early-talker:waited "),
					(two) -> assertThat(two).contains(" handlers=connect/early-talker:talked ",
							"last-refusal=\"connect/early-talker 554 5.5.1"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1" })
	void aClientOnThisMachineDoesNotWait(String address) {
		try (VirtualConnection client = rejecting().client(address).connect().work()) {
			assertThat(client.codes()).containsExactly(220);
		}
		assertThat(this.counted).isEmpty();
	}

	@Test
	void aClientBehindAProxyHasToWaitLikeAnyOther() {
		VirtualConnection.Setup setup = rejecting().client("127.0.0.1").behindProxy();
		String header = "PROXY TCP4 192.0.2.7 198.51.100.1 41000 25\r\n";
		try (VirtualConnection client = setup.connect()) {
			client.send(header + "EHLO c\r\n").work();
			assertThat(client.codes()).containsExactly(554);
		}
		try (VirtualConnection client = setup.connect()) {
			client.send(header).work().pass(DELAY);
			assertThat(client.codes()).containsExactly(220);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "EHLO c\r\nMAIL FROM:<a@b.example>\r\n", "\0", "E",
			"\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc" })
	void aClientThatDoesNotWaitIsRefusedAtOnceAndNoFurtherHandlerIsAsked(String early) {
		try (VirtualConnection client = rejecting().inline("connect", (req, res) -> {
			this.heard.add("connect");
			return res.accept();
		}).connect().work()) {
			client.pass(Duration.ofSeconds(3)).send(early);
			assertThat(client.said()).isEqualTo(REFUSED);
			assertThat(client.pass(Duration.ofSeconds(6)).work().isOpen()).isFalse();
		}
		assertThat(this.heard).containsExactly("started", "ended");
		assertThat(this.counted).containsExactly("EARLY_TALKER talked");
	}

	@Test
	void whatComesWhileItsNameIsLookedUpIsEarly() {
		CompletableFuture<Optional<String>> name = new CompletableFuture<>();
		try (VirtualConnection client = rejecting().reverseLookup((address) -> name).connect()) {
			client.send("EHLO c\r\n");
			name.complete(Optional.of("client.example"));
			assertThat(client.pass(Duration.ofMillis(1)).work().said()).isEqualTo(REFUSED);
		}
	}

	@Test
	void withoutTheHandlerWhatComesEarlyIsReadAfterTheGreeting() {
		try (VirtualConnection client = VirtualConnection.setup()
			.blocking("connect", (req, res) -> res.accept())
			.connect()) {
			client.send("EHLO c\r\nNO").work().send("OP\r\n");
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
	void aClientThatLeavesDuringTheDelayLeavesNothing() {
		VirtualConnection client = rejecting().connect().work();
		client.close();
		assertThat(client.pass(DELAY).work().said()).isEmpty();
		assertThat(client.sessions().limits().total()).isZero();
		assertThat(this.counted).isEmpty();
	}

	@Test
	void aServerThatStopsSaysSoWhenTheDelayIsOver() {
		try (VirtualConnection client = rejecting().connect().work()) {
			CompletableFuture<Void> empty = client.sessions().drain();
			assertThat(client.pass(DELAY).work().said()).contains("421 4.3.2");
			assertThat(client.isOpen()).isFalse();
			assertThat(empty).isCompleted();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "PT5M" })
	void aWaitThatFindsNobodyOrLosesEverybodyIsRefused(Duration wait) {
		assertThatIllegalArgumentException().isThrownBy(() -> new EarlyTalkerOptions(wait))
			.withMessageContaining("longer than zero and shorter than the 5 minutes");
	}

	@Test
	void aHandlerMayListenAtAnyCommandAndWhatItHearsIsStillRead() {
		AtomicReference<Boolean> talks = new AtomicReference<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.reactive("noop", (req, res) -> res.inputWithin(DELAY).map((heard) -> {
				talks.set(heard);
				return res.accept();
			}))
			.connect()) {
			assertThat(client.send("EHLO c\r\nNOOP\r\nRSET\r\n").codes()).containsExactly(220, 250, 250, 250);
			assertThat(talks).hasValue(true);
			assertThat(client.send("NOOP\r\n").codes()).isEmpty();
			assertThat(client.send("R").codes()).containsExactly(250);
			assertThat(client.send("SET\r\nNOOP\r\n").codes()).containsExactly(250);
			assertThat(client.pass(DELAY).codes()).containsExactly(250);
			assertThat(talks).hasValue(false);
		}
	}

	@Test
	void whoListensAndGivesUpLeavesTheSessionAsItWas() {
		try (VirtualConnection client = VirtualConnection.setup()
			.reactive("noop",
					(req, res) -> Mono.firstWithSignal(res.inputWithin(DELAY).map((heard) -> res.accept()),
							Mono.fromSupplier(() -> res.accept(250, "Never mind"))))
			.connect()) {
			assertThat(client.send("EHLO c\r\nNOOP\r\n").said()).endsWith("Never mind\r\n");
			assertThat(client.pass(DELAY).send("RSET\r\n").codes()).containsExactly(250);
		}
	}

	@Test
	void aHandlerCannotListenTwiceAtOnce() {
		try (VirtualConnection client = VirtualConnection.setup()
			.reactive("noop",
					(req, res) -> Mono.zip(res.inputWithin(DELAY), res.inputWithin(DELAY)).map((both) -> res.accept()))
			.connect()) {
			assertThat(client.send("EHLO c\r\nNOOP\r\n").codes()).containsExactly(220, 250, 451);
			assertThat(client.send("RSET\r\n").codes()).containsExactly(250);
		}
	}

}
