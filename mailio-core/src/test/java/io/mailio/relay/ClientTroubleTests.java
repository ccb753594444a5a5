/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.relay.Verdict.Advice;
import io.mailio.relay.Verdict.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Servers that refuse, fall silent, leave or talk nonsense, at each point. */
class ClientTroubleTests {

	/** What a good server says, one reply after the other. */
	private enum Server {

		PLAIN(List.of("220 mx", "250 mx", "250 ok", "250 ok", "354 go", "250 kept")),
		PIPELINING(List.of("220 mx", "250-mx\r\n250 PIPELINING", "250 ok", "250 ok", "354 go", "250 kept")),
		CHUNKING(List.of("220 mx", "250-mx\r\n250 CHUNKING", "250 ok", "250 ok", "250 kept"));

		private final List<String> replies;

		Server(List<String> replies) {
			this.replies = replies;
		}

		Phase phase(int reply) {
			List<Phase> phases = (this == CHUNKING)
					? List.of(Phase.GREETING, Phase.EHLO, Phase.MAIL, Phase.RCPT, Phase.CONTENT)
					: List.of(Phase.GREETING, Phase.EHLO, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.CONTENT);
			return phases.get(reply);
		}

	}

	static Stream<Arguments> points() {
		List<Arguments> points = new ArrayList<>();
		for (Server server : Server.values()) {
			for (int reply = 0; reply < server.replies.size(); reply++) {
				points.add(arguments(server, reply));
			}
		}
		return points.stream();
	}

	private static CompletableFuture<Transmission> sendUpTo(VirtualServer virtual, Server server, int reply) {
		CompletableFuture<Transmission> result = virtual.send();
		server.replies.subList(0, reply).forEach((one) -> virtual.say(one + "\r\n"));
		assertThat(result).isNotCompleted();
		return result;
	}

	private static Verdict verdict(CompletableFuture<Transmission> result) {
		assertThat(result).isCompleted();
		return result.join().results().get(0).verdict();
	}

	@ParameterizedTest
	@MethodSource("points")
	void aTemporaryRefusalIsOneForNow(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.say("451 4.7.1 later\r\n");
			answerTheRest(virtual, result);
			assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(result).phase()).isEqualTo(server.phase(reply));
			assertThat(verdict(result).reply().toString()).isEqualTo("451 4.7.1 later");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(verdict(result).fromServer()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void aPermanentRefusalIsFinal(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.say("554 5.7.1 never\r\n");
			answerTheRest(virtual, result);
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(result).phase()).isEqualTo(server.phase(reply));
			assertThat(verdict(result).advice())
				.isEqualTo(server.phase(reply).isOpening() ? Advice.NEXT_HOST : Advice.NONE);
		}
	}

	/** Pipelined commands, a lone dot, RSET and HELO: all are refused. */
	private static void answerTheRest(VirtualServer virtual, CompletableFuture<Transmission> result) {
		for (int i = 0; i < 4 && !result.isDone(); i++) {
			virtual.say("554 5.5.1 no\r\n");
		}
	}

	/** RFC 5321 section 3.8. */
	@ParameterizedTest
	@MethodSource("points")
	void aServerThatIsLeavingIsLeft(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.say("421 4.3.2 bye\r\n");
			assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(result).phase()).isEqualTo(server.phase(reply));
			assertThat(verdict(result).reply().code()).isEqualTo(421);
			assertThat(verdict(result).fromServer()).isTrue();
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(virtual.isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void aServerThatIsGoneIsTrouble(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.say("250-some").leave();
			check(verdict(result), server.phase(reply), "4.4.2 ", " lost ");
		}
	}

	private static void check(Verdict verdict, Phase phase, String status, String text) {
		assertThat(verdict.kind()).isEqualTo(Kind.TEMPORARY);
		assertThat(verdict.phase()).isEqualTo(phase);
		assertThat(verdict.fromServer()).isFalse();
		boolean sent = phase == Phase.CONTENT;
		assertThat(verdict.reply().toString()).contains(sent ? " 4.4.2 " : status)
			.contains(text)
			.contains("mx.example.net [127.0.0.1]:25");
		assertThat(verdict.reply().toString().contains("may have been delivered")).isEqualTo(sent);
		assertThat(verdict.advice()).isEqualTo(sent ? Advice.NONE : Advice.NEXT_HOST);
	}

	/** RFC 5321 section 4.5.3.2; a reply that comes octet by octet must be complete. */
	@ParameterizedTest
	@MethodSource("points")
	void aServerThatFallsSilentIsLeftInTime(Server server, int reply) {
		Duration patience = switch (server.phase(reply)) {
			case DATA -> Duration.ofMinutes(2);
			case CONTENT -> Duration.ofMinutes(10);
			default -> Duration.ofMinutes(5);
		};
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.pass(patience.minusSeconds(2)).say("2").pass(Duration.ofSeconds(1)).say("5");
			assertThat(result).isNotCompleted();
			virtual.pass(Duration.ofSeconds(2));
			check(verdict(result), server.phase(reply), "4.4.2 ", "Time-out of ");
			assertThat(virtual.isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void nonsenseIsNoReply(Server server, int reply) {
		for (String nonsense : List.of("HTTP/1.1 400 Bad Request", "", "250x", "25", "250-a\r\n251 b", "199 x",
				"\u0007")) {
			try (VirtualServer virtual = new VirtualServer()) {
				CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
				virtual.say(nonsense + "\r\n");
				check(verdict(result), server.phase(reply), "4.5.0 ", "not spoken SMTP");
				assertThat(verdict(result).reply().toString()).matches("[ -~]*");
				assertThat(virtual.isOpen()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void theWrongKindOfReplyIsNone(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			virtual.say((server.phase(reply) == Phase.DATA) ? "250 ok\r\n" : "354 go\r\n");
			check(verdict(result), server.phase(reply), "4.5.0 ", "not spoken SMTP");
			assertThat(virtual.isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void endlessRepliesEnd(Server server, int reply) {
		for (String piece : List.of("250-again\r\n", "x")) {
			try (VirtualServer virtual = new VirtualServer()) {
				CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
				virtual.say("250-first\r\n250-");
				int said = 0;
				while (virtual.isOpen()) {
					virtual.say(piece);
					said++;
					assertThat(said).isLessThan(5000);
				}
				check(verdict(result), server.phase(reply), "4.5.0 ", "not spoken SMTP");
			}
		}
	}

	/** What is said ahead would be taken for the reply to something else. */
	@ParameterizedTest
	@EnumSource
	void repliesThatComeBeforeTheirCommandsAreNotBelieved(Server server) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = virtual.send();
			virtual.say(String.join("\r\n", server.replies) + "\r\n");
			assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(result).reply().toString()).contains(" 4.5.0 ");
			assertThat(virtual.heard()).doesNotContain("Hello");
		}
	}

	@Test
	void aReplyTooManyDoesNotPassForTheOneToTheContent() {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, Server.CHUNKING, 3);
			virtual.say("250 ok\r\n250 ok\r\n");
			assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(virtual.heard()).doesNotContain("BDAT");
		}
	}

	@Test
	void aReplyToContentThatIsNotCompleteIsNoSuccess() {
		Mail.Octets content = Mail.content(("x".repeat(98) + "\r\n").repeat(20_000));
		for (String reply : List.of("250 ok", "552 5.3.4 enough", "354 go")) {
			try (VirtualServer virtual = new VirtualServer().lazy()) {
				CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
				virtual.work();
				Server.PIPELINING.replies.subList(0, 5).forEach((one) -> virtual.say(one + "\r\n"));
				virtual.work().work().say(reply + "\r\n");
				Verdict verdict = verdict(result);
				boolean refused = reply.startsWith("5");
				assertThat(verdict.kind()).isEqualTo(refused ? Kind.PERMANENT : Kind.TEMPORARY);
				assertThat(verdict.fromServer()).isEqualTo(refused);
				assertThat(verdict.reply().toString()).doesNotContain("may have been delivered");
				assertThat(virtual.isOpen()).isFalse();
				assertThat(virtual.heard()).doesNotEndWith("\r\n.\r\n");
			}
			assertThat(content.open()).isZero();
		}
	}

	@Test
	void aServerThatDoesNotTakeTheContentIsLeft() {
		Mail.Octets content = Mail.content(("x".repeat(98) + "\r\n").repeat(100_000));
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
			virtual.say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").stopReading();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n").pass(Duration.ofMinutes(3).minusSeconds(1));
			assertThat(virtual.unread()).isBetween(1L, 300_000L);
			assertThat(result).isNotCompleted();
			virtual.pass(Duration.ofSeconds(2));
			assertThat(verdict(result).phase()).isEqualTo(Phase.CONTENT);
			assertThat(verdict(result).reply().toString()).contains("Time-out").doesNotContain("may have been");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
		}
		assertThat(content.open()).isZero();
	}

	/** The end of the content is in our buffers: the server cannot have it. */
	@Test
	void contentThatHasNotLeftUsCannotHaveBeenDelivered() {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = virtual.send();
			virtual.say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").stopReading();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n").leave();
			assertThat(verdict(result).reply().toString()).contains(" lost ").doesNotContain("may have been");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
		}
	}

	/** By LMTP some may have it and others not. */
	@Test
	void aServerThatLeavesAmidstTheRepliesOfLmtpHasTakenSome() {
		try (VirtualServer virtual = new VirtualServer()) {
			virtual.target(virtual.target().withLmtp());
			CompletableFuture<Transmission> result = virtual.send(Mail.envelopeTo(3), Mail.content("x\r\n"));
			virtual.say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n");
			virtual.say("250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n").say("250 one\r\n").leave();
			List<RecipientResult> results = result.join().results();
			assertThat(results.get(0).isDelivered()).isTrue();
			assertThat(results.get(1).verdict().reply().toString()).contains("may have been delivered");
			assertThat(results.get(2).verdict().reply().toString()).contains("may have been delivered");
		}
	}

	@Test
	void aServerThatCannotBeReachedIsTrouble() {
		try (VirtualServer virtual = new VirtualServer().refusing()) {
			Verdict verdict = verdict(virtual.send());
			assertThat(verdict.phase()).isEqualTo(Phase.CONNECT);
			assertThat(verdict.phase().isOpening()).isTrue();
			assertThat(verdict.reply().toString())
				.isEqualTo("421 4.4.1 Cannot connect to mx.example.net [127.0.0.1]:25: Connection refused");
			assertThat(verdict.advice()).isEqualTo(Advice.NEXT_HOST);
		}
	}

	@Test
	void contentThatCannotBeReadIsNotTheServersFault() {
		try (VirtualServer virtual = new VirtualServer()) {
			Mail.Octets content = Mail.content("x").failingAt(0);
			Verdict verdict = verdict(virtual.send(Mail.envelope(), content));
			assertThat(verdict.kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict.advice()).isEqualTo(Advice.NONE);
			assertThat(verdict.phase()).isEqualTo(Phase.CONTENT);
			assertThat(verdict.reply().toString()).startsWith("451 4.3.0 The message could not be read: ")
				.matches("[ -~]*");
			assertThat(virtual.connections()).isZero();
			assertThat(content.open()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1 })
	void contentThatIsNotAsLongAsItSaysIsNotSent(int difference) {
		try (VirtualServer virtual = new VirtualServer()) {
			Mail.Octets small = Mail.content("12345\r\n").pretending(7 + difference);
			assertThat(verdict(virtual.send(Mail.envelope(), small)).reply().toString()).startsWith("451 4.3.0 ");
			assertThat(virtual.connections()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 1, -200_000 })
	void largeContentThatIsNotAsLongAsItSaysIsNotCompleted(int difference) {
		for (String extension : List.of("PIPELINING", "CHUNKING")) {
			try (VirtualServer virtual = new VirtualServer()) {
				Mail.Octets large = Mail.content("1234567\r\n".repeat(100_000)).pretending(900_000 + difference);
				CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), large);
				virtual.say("220 mx\r\n").say("250-mx\r\n250-PIPELINING\r\n250 " + extension + "\r\n").heard();
				virtual.say("250 ok\r\n250 ok\r\n" + (extension.equals("CHUNKING") ? "" : "354 go\r\n"));
				for (int chunk = 0; chunk < 5 && !result.isDone(); chunk++) {
					virtual.say("250 ok\r\n");
				}
				assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
				assertThat(virtual.heard()).doesNotContain("\r\n.\r\n").doesNotContain("LAST");
				assertThat(virtual.isOpen()).isFalse();
				assertThat(large.open()).isZero();
			}
		}
	}

	@Test
	void contentThatFailsMidwayIsNotCompleted() {
		try (VirtualServer virtual = new VirtualServer().lazy()) {
			Mail.Octets content = Mail.content("1234567\r\n".repeat(100_000));
			CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
			virtual.work().say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").heard();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n").work();
			content.failingAt(65_536);
			virtual.work().work().work();
			assertThat(verdict(result).reply().toString()).startsWith("451 4.3.0 ");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NONE);
			assertThat(virtual.isOpen()).isFalse();
			assertThat(virtual.heard()).isNotEmpty().doesNotContain("\r\n.\r\n");
			assertThat(content.open()).isZero();
		}
	}

	/** A file system that hangs. */
	@Test
	void contentThatDoesNotComeIsNotWaitedForForever() {
		try (VirtualServer virtual = new VirtualServer().lazy()) {
			Mail.Octets content = Mail.content("1234567\r\n".repeat(100_000));
			CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
			virtual.work().say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").heard();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n").pass(Duration.ofMinutes(3).plusSeconds(1));
			assertThat(verdict(result).reply().toString()).startsWith("451 4.3.0 ").contains("too long");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NONE);
		}
	}

	@Test
	void tooMuchWorkIsAReasonToWait() {
		try (VirtualServer virtual = new VirtualServer().saturated()) {
			assertThat(verdict(virtual.send()).reply().toString()).startsWith("451 4.3.0 ");
		}
		try (VirtualServer virtual = new VirtualServer()) {
			Mail.Octets content = Mail.content("1234567\r\n".repeat(100_000));
			CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
			virtual.say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").saturated();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n");
			assertThat(verdict(result).reply().toString()).startsWith("451 4.3.0 ");
			assertThat(virtual.isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("points")
	void aCancelledMessageEndsTheConnection(Server server, int reply) {
		try (VirtualServer virtual = new VirtualServer()) {
			CompletableFuture<Transmission> result = sendUpTo(virtual, server, reply);
			result.cancel(true);
			assertThat(virtual.isOpen()).isFalse();
			assertThat(virtual.client().connections()).isZero();
		}
	}

	@Test
	void aMessageCancelledWithinItsContentLeavesNothingBehind() {
		Mail.Octets content = Mail.content("1234567\r\n".repeat(100_000));
		try (VirtualServer virtual = new VirtualServer().lazy()) {
			CompletableFuture<Transmission> result = virtual.send(Mail.envelope(), content);
			virtual.work().say("220 mx\r\n").say("250-mx\r\n250 PIPELINING\r\n").heard();
			virtual.say("250 ok\r\n250 ok\r\n354 go\r\n").work();
			assertThat(content.open()).isEqualTo(1);
			result.cancel(true);
			assertThat(virtual.isOpen()).isFalse();
			virtual.work().work();
			assertThat(content.open()).isZero();
			assertThat(content.isReleased()).isFalse();
		}
	}

	@Test
	void aMessageCancelledBeforeItHasAConnectionGetsNone() {
		try (VirtualServer virtual = new VirtualServer().lazy()) {
			virtual.send().cancel(true);
			virtual.work();
			assertThat(virtual.connections()).isZero();
		}
	}

	/** What is logged of a server and its replies is plain; secrets are not there. */
	@Test
	void theTraceShowsTheDialogueWithoutItsSecrets() {
		try (LogWatch log = LogWatch.of("io.mailio.trace", Level.DEBUG); VirtualServer virtual = new VirtualServer()) {
			virtual.target(virtual.target().withLogin(new Login("john", "doe")));
			CompletableFuture<Transmission> result = virtual.send();
			virtual.play("""
					S: 220 mx
					C: EHLO client.example
					S: 250-mx
					S: 250 AUTH LOGIN
					C: AUTH LOGIN
					S: 334 VXNlcm5hbWU6
					C: am9obg==
					S: 334 UGFzc3dvcmQ6
					C: ZG9l
					S: 235 \u001b[31mred
					C: MAIL FROM:<a@client.example>
					S: 250 ok
					C: RCPT TO:<b@example.com>
					S: 250 ok
					C: DATA
					S: 354 go
					S: 250 ok
					""");
			assertThat(verdict(result).isDelivered()).isTrue();
			List<String> lines = log.lines().stream().map((line) -> line.substring(line.indexOf(' ') + 1)).toList();
			assertThat(lines).containsExactly("-- connecting to mx.example.net [127.0.0.1]:25", "S: 220 mx",
					"C: EHLO client.example", "S: 250 mx / AUTH LOGIN", "C: AUTH LOGIN", "S: 334 ****", "C: ****",
					"S: 334 ****", "C: ****", "S: 235 ?[31mred", "C: MAIL FROM:<a@client.example>", "S: 250 ok",
					"C: RCPT TO:<b@example.com>", "S: 250 ok", "C: DATA", "S: 354 go", "C: **** (24 octets of content)",
					"S: 250 ok");
		}
	}

	@Test
	void aLoginNeverShowsItsPassword() {
		assertThat(new Login("john", "doe")).hasToString("Login[username=john]");
		assertThat(SmtpTarget.of("a", new java.net.InetSocketAddress("127.0.0.1", 25))
			.withLogin(new Login("john", "doe"))
			.toString()).doesNotContain("doe");
	}

}
