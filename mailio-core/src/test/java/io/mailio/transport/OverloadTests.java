/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.session.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Limits tighten by themselves when connections or memory run short. */
class OverloadTests {

	private static final Duration SOON = Duration.ofSeconds(21);

	private static final Limits TEN = Limits.builder().maxConnections(10).build();

	private final AtomicBoolean memoryNearlyFull = new AtomicBoolean();

	private final List<VirtualConnection> open = new ArrayList<>();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.start();
		logger().setAdditive(false);
		logger().setLevel(Level.INFO);
		logger().addAppender(this.log);
	}

	@AfterEach
	void close() {
		this.open.forEach(VirtualConnection::close);
		logger().detachAppender(this.log);
		logger().setAdditive(true);
		logger().setLevel(null);
	}

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger(Overload.class);
	}

	private VirtualConnection first(Limits limits) {
		VirtualConnection client = VirtualConnection.setup()
			.limits(limits)
			.memoryNearlyFull(this.memoryNearlyFull::get)
			.inline("queue", (req, res) -> res.accept())
			.inline("auth", (req, res) -> res.reject(535, "No"))
			.connect();
		this.open.add(client);
		client.said();
		return client;
	}

	private void more(int count) {
		for (int i = 0; i < count; i++) {
			this.open.add(this.open.get(0).another());
		}
	}

	@Test
	void aSilentClientIsLeftSoonOnceNineTenthsOfTheConnectionsAreTaken() {
		VirtualConnection client = first(TEN);
		more(7);
		client.pass(Duration.ofMinutes(1));
		assertThat(client.isOpen()).isTrue();
		more(1);
		client.pass(SOON);
		assertThat(client.codes()).containsExactly(421);
		assertThat(client.isOpen()).isFalse();
	}

	@Test
	void itGoesOnUntilLessThanEightTenthsAreTakenAndIsSaidOnce() {
		VirtualConnection client = first(TEN);
		more(8);
		client.send("NOOP\r\n").pass(Duration.ofSeconds(9)).send("NOOP\r\n").pass(Duration.ofSeconds(9));
		this.open.remove(8).close();
		client.send("NOOP\r\n").pass(Duration.ofSeconds(9));
		assertThat(client.codes()).containsExactly(250, 250, 250);
		assertThat(this.log.list).hasSize(1);
		this.open.remove(7).close();
		client.pass(Duration.ofMinutes(4));
		assertThat(client.isOpen()).isTrue();
		assertThat(this.log.list).hasSize(2)
			.extracting(ILoggingEvent::getFormattedMessage)
			.satisfiesExactly(
					(high) -> assertThat(high)
						.startsWith("Connections of listener default (9 of 10) or memory run short"),
					(low) -> assertThat(low).startsWith("Listener default has connections and memory again"));
	}

	@Test
	void fewConnectionsAreNeverNearlyAll() {
		VirtualConnection client = first(Limits.builder().maxConnections(9).build());
		more(8);
		assertThat(client.pass(Duration.ofMinutes(4)).isOpen()).isTrue();
	}

	@Test
	void memoryThatIsNearlyFullDoesTheSame() {
		VirtualConnection client = first(Limits.DEFAULTS);
		client.pass(Duration.ofMinutes(1));
		assertThat(client.isOpen()).isTrue();
		this.memoryNearlyFull.set(true);
		assertThat(client.pass(SOON).codes()).containsExactly(421);
	}

	@Test
	void aClientThatGoesOnIsServedAsEver() {
		this.memoryNearlyFull.set(true);
		VirtualConnection client = first(Limits.DEFAULTS);
		for (int i = 0; i < 20; i++) {
			client.pass(Duration.ofSeconds(9)).send("NOOP\r\n");
			assertThat(client.codes()).containsExactly(250);
		}
		client.data().send("x\r\n.\r\n");
		assertThat(client.codes()).containsExactly(250, 250, 250, 354, 250);
	}

	@Test
	void contentMustComeFaster() {
		Limits limits = Limits.builder().minDataRate(100).build();
		VirtualConnection client = first(limits);
		client.data().said();
		String second = "a".repeat(198) + "\r\n";
		for (int i = 0; i < 60; i++) {
			client.send(second).pass(Duration.ofSeconds(1));
		}
		assertThat(client.isOpen()).isTrue();
		this.memoryNearlyFull.set(true);
		client.send(second).pass(Duration.ofSeconds(9));
		client.send(second).pass(Duration.ofSeconds(2));
		assertThat(client.codes()).containsExactly(421);
		assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
	}

	@Test
	void fewerErrorsAreTolerated() {
		VirtualConnection client = first(Limits.DEFAULTS);
		client.send("DATA\r\n".repeat(5) + "NOOP\r\n");
		assertThat(client.codes()).containsExactly(503, 503, 503, 503, 503, 250);
		this.memoryNearlyFull.set(true);
		client.send("NOOP\r\n");
		assertThat(client.said()).startsWith("421 4.7.0 Too many errors");
	}

	@Test
	void oneUnknownCommandIsAnswered() {
		this.memoryNearlyFull.set(true);
		VirtualConnection client = first(Limits.DEFAULTS);
		client.send("FOO\r\nNOOP\r\nFOO\r\n");
		assertThat(client.codes()).containsExactly(500, 250, 421);
	}

	@Test
	void oneFailedAuthenticationIsAnswered() {
		this.memoryNearlyFull.set(true);
		VirtualConnection client = first(Limits.DEFAULTS);
		client.send("EHLO c\r\nAUTH PLAIN AGEAYg==\r\nAUTH PLAIN AGEAYg==\r\n")
			.pass(Limits.DEFAULTS.authFailureDelay());
		assertThat(client.said()).contains("535 5.7.8 No\r\n421 4.7.0 Too many failed");
	}

	@Test
	void tightenedLimitsAreNeverLooser() {
		Limits strict = Limits.builder()
			.idleTimeout(Duration.ofSeconds(2))
			.minDataRate(0)
			.errors(1)
			.unrecognizedCommands(0)
			.authFailures(1)
			.build();
		assertThat(strict.tightened()).isEqualTo(strict);
	}

	@Test
	void theMemoryOfThisMachineIsLookedAt() {
		assertThat(Memory.JVM.isNearlyFull()).isFalse();
	}

}
