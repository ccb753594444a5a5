/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.mailio.relay.Verdict.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections that are used again, and those that are not. */
class ClientReuseTests {

	private static final String HELLO = """
			S: 220 mx
			C: EHLO client.example
			S: 250-mx
			S: 250 PIPELINING
			""";

	private static final String MESSAGE = """
			C: MAIL FROM:<a@client.example>
			C: RCPT TO:<b@example.com>
			C: DATA
			S: 250 ok
			S: 250 ok
			S: 354 go
			C: Subject: x
			C:
			C: Hello
			C: .
			S: 250 ok
			""";

	private static void assertDelivered(CompletableFuture<Transmission> result) {
		assertThat(result).isCompleted();
		assertThat(result.join().isDelivered()).isTrue();
	}

	/** One message on a connection of its own. */
	private static VirtualServer visited() {
		return visited(new VirtualServer());
	}

	private static VirtualServer visited(VirtualServer server) {
		CompletableFuture<Transmission> result = server.send();
		server.play(HELLO + MESSAGE);
		assertDelivered(result);
		return server;
	}

	@Test
	void aConnectionIsUsedAgainWithoutFurtherAdo() {
		try (VirtualServer server = visited()) {
			for (int i = 0; i < 5; i++) {
				assertThat(server.client().idleConnections()).isEqualTo(1);
				CompletableFuture<Transmission> next = server.send();
				assertThat(server.client().idleConnections()).isZero();
				server.play(MESSAGE);
				assertDelivered(next);
			}
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void aConnectionHasOneOwnerAtATime() {
		try (VirtualServer server = visited()) {
			CompletableFuture<Transmission> second = server.send();
			CompletableFuture<Transmission> third = server.send();
			assertThat(server.connections()).isEqualTo(2);
			server.play(HELLO + MESSAGE);
			assertThat(second).isNotCompleted();
			assertDelivered(third);
			assertThat(server.client().connections()).isEqualTo(2);
			assertThat(server.client().idleConnections()).isEqualTo(1);
		}
	}

	@Test
	void aConnectionIsForItsTargetOnly() {
		try (VirtualServer server = visited()) {
			SmtpTarget first = server.target();
			for (SmtpTarget other : List.of(first.withTls(TlsPolicy.OPPORTUNISTIC),
					first.withLogin(new Login("a", "b")), first.withEhloName("other.example"), first.withLmtp(),
					SmtpTarget.of("other", first.address()))) {
				int before = server.connections();
				server.target(other).send();
				assertThat(server.connections()).isEqualTo(before + 1);
			}
			CompletableFuture<Transmission> again = server.target(first.withLogin(new Login("c", "d"))).send();
			assertThat(again).isNotCompleted();
			assertThat(server.connections()).isEqualTo(7);
		}
	}

	@Test
	void anIdleConnectionIsLeftPolitely() {
		try (VirtualServer server = visited()) {
			server.pass(Duration.ofSeconds(14)).play("C: !");
			server.pass(Duration.ofSeconds(2)).play("C: QUIT");
			assertThat(server.client().idleConnections()).isZero();
			assertThat(server.isOpen()).isTrue();
			server.play("S: 221 bye");
			assertThat(server.isOpen()).isFalse();
			assertThat(server.client().connections()).isZero();
		}
	}

	@Test
	void aServerThatDoesNotSayGoodbyeIsLeftAllTheSame() {
		try (VirtualServer server = visited()) {
			server.pass(Duration.ofSeconds(16)).play("C: QUIT").pass(Duration.ofSeconds(11));
			assertThat(server.isOpen()).isFalse();
		}
	}

	@Test
	void aConnectionIsUsedForSoManyMessages() {
		try (VirtualServer server = visited(new VirtualServer(100, 2, 10))) {
			CompletableFuture<Transmission> second = server.send();
			server.play(MESSAGE + "C: QUIT\nS: 221 bye");
			assertDelivered(second);
			server.send();
			assertThat(server.connections()).isEqualTo(2);
		}
	}

	@Test
	void aConnectionIsUsedForSomeTime() {
		try (VirtualServer server = visited()) {
			for (int minute = 0; minute < 30 && server.isOpen(); minute++) {
				server.pass(Duration.ofSeconds(10));
				CompletableFuture<Transmission> next = server.send();
				server.play(MESSAGE);
				assertDelivered(next);
				if (server.heard().equals("QUIT\r\n")) {
					assertThat(minute).isEqualTo(29);
					server.play("S: 221 bye");
				}
			}
			assertThat(server.isOpen()).isFalse();
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void noMoreAreIdleThanAllowed() {
		try (VirtualServer server = visited(new VirtualServer(100, 100, 1))) {
			server.target(SmtpTarget.of("other", server.target().address()).withTls(TlsPolicy.NONE));
			visited(server);
			assertThat(server.client().idleConnections()).isEqualTo(1);
			assertThat(server.client().connections()).isEqualTo(2);
			server.send();
			assertThat(server.connections()).as("that of the later target was kept").isEqualTo(2);
		}
		try (VirtualServer server = visited(new VirtualServer(100, 100, 0))) {
			server.play("C: QUIT\nS: 221 bye");
			assertThat(server.client().connections()).isZero();
		}
	}

	@Test
	void aServerThatSaysSomethingUnaskedIsLeft() {
		for (String unasked : List.of("421 4.4.2 timeout", "250 ok", "nonsense", "250-", "2")) {
			try (VirtualServer server = visited()) {
				server.say(unasked + "\r\n");
				server.send();
				assertThat(server.connections()).isEqualTo(2);
			}
		}
	}

	@Test
	void aServerThatHasLeftIsNotMissed() {
		try (VirtualServer server = visited()) {
			server.leave();
			assertThat(server.client().idleConnections()).isZero();
			CompletableFuture<Transmission> next = server.send();
			server.play(HELLO + MESSAGE);
			assertDelivered(next);
		}
	}

	/** It has left, or is about to, when we come again. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aConnectionThatIsDeadWhenItIsUsedAgainIsReplacedOnce(boolean told) {
		try (VirtualServer server = visited()) {
			CompletableFuture<Transmission> next = server.send();
			assertThat(server.heard()).startsWith("MAIL ");
			if (told) {
				server.say("421 4.4.2 too late\r\n");
			}
			else {
				server.leave();
			}
			assertThat(server.connections()).isEqualTo(2);
			assertThat(next).isNotCompleted();
			server.play(HELLO).heard();
			server.leave();
			assertThat(server.connections()).as("a new connection that dies is not replaced").isEqualTo(2);
			assertThat(next.join().results().get(0).verdict().phase()).isEqualTo(Phase.MAIL);
		}
	}

	@Test
	void whatTheServerHasBegunToTakeIsNotSentAgain() {
		try (VirtualServer server = visited()) {
			CompletableFuture<Transmission> next = server.send();
			server.heard();
			server.say("250 ok\r\n").leave();
			assertThat(server.connections()).isEqualTo(1);
			assertThat(next.join().results().get(0).verdict().kind()).isEqualTo(Kind.TEMPORARY);
		}
		try (VirtualServer server = visited()) {
			CompletableFuture<Transmission> next = server.send();
			server.heard();
			server.say("250 ok\r\n250 ok\r\n354 go\r\n").leave();
			assertThat(server.connections()).isEqualTo(1);
			assertThat(next.join().results().get(0).verdict().reply().toString()).contains("may have been delivered");
		}
	}

	/** The reply comes before the end of the content has left us: another may follow. */
	@Test
	void aConnectionOnWhichRepliesMayBeOutOfStepIsNotUsedAgain() {
		try (VirtualServer server = visited()) {
			CompletableFuture<Transmission> next = server.send();
			server.heard();
			server.stopReading().say("250 ok\r\n250 ok\r\n354 go\r\n").say("554 5.7.1 no\r\n");
			assertThat(next.join().results().get(0).verdict().kind()).isEqualTo(Kind.PERMANENT);
			assertThat(server.isOpen()).isFalse();
			assertThat(server.client().idleConnections()).isZero();
		}
	}

}
