/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.mailio.relay.Verdict.Advice;
import io.mailio.relay.Verdict.Kind;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the client says, and what it makes of the answers. */
class ClientDialogueTests {

	private static final String PLAIN = """
			S: 220 mx.example.net
			C: EHLO client.example
			S: 250 mx.example.net
			""";

	private static final String PIPELINING = """
			S: 220 mx.example.net
			C: EHLO client.example
			S: 250-mx.example.net
			S: 250 PIPELINING
			""";

	private static String ehlo(String... extensions) {
		StringBuilder script = new StringBuilder("S: 220 mx\nC: EHLO client.example\nS: 250-mx\n");
		for (String extension : extensions) {
			script.append("S: 250-").append(extension).append('\n');
		}
		return script.append("S: 250 HELP\n").toString();
	}

	private static Verdict verdict(CompletableFuture<Transmission> result) {
		return verdicts(result).get(0);
	}

	private static List<Verdict> verdicts(CompletableFuture<Transmission> result) {
		assertThat(result).isCompleted();
		return result.join().results().stream().map(RecipientResult::verdict).toList();
	}

	private static List<Kind> kinds(CompletableFuture<Transmission> result) {
		return verdicts(result).stream().map(Verdict::kind).toList();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aMessageIsSentCommandByCommand(boolean singleOctets) {
		try (VirtualServer server = singleOctets ? new VirtualServer().inSingleOctets() : new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send();
			server.play(PLAIN + """
					C: MAIL FROM:<a@client.example>
					C: !
					S: 250 ok
					C: RCPT TO:<b@example.com>
					C: !
					S: 250-ok
					S: 250 really
					C: DATA
					C: !
					S: 354 go
					C: Subject: x
					C:
					C: Hello
					C: .
					C: !
					S: 250 2.0.0 kept as 17
					C: !
					""");
			assertThat(verdict(result).kind()).isEqualTo(Kind.DELIVERED);
			assertThat(verdict(result).phase()).isEqualTo(Phase.CONTENT);
			assertThat(verdict(result).reply().text()).containsExactly("kept as 17");
			assertThat(verdict(result).fromServer()).isTrue();
			assertThat(server.client().idleConnections()).isEqualTo(1);
		}
	}

	@Test
	void commandsArePipelined() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(3), Mail.content("x\r\n"));
			server.play(PIPELINING);
			assertThat(server.heard()).isEqualTo("MAIL FROM:<a@client.example>\r\nRCPT TO:<b0@example.com>\r\n"
					+ "RCPT TO:<b1@example.com>\r\nRCPT TO:<b2@example.com>\r\nDATA\r\n");
			server.play("""
					S: 250 ok
					S: 550 5.1.1 no
					S: 250 ok
					S: 450 4.2.1 later
					C: !
					S: 354 go
					C: x
					C: .
					S: 250 ok
					""");
			assertThat(kinds(result)).containsExactly(Kind.PERMANENT, Kind.DELIVERED, Kind.TEMPORARY);
			assertThat(verdict(result).reply().status()).isEqualTo(new EnhancedStatusCode(1, 1));
			assertThat(verdict(result).phase()).isEqualTo(Phase.RCPT);
			assertThat(verdict(result).advice()).isEqualTo(Advice.NONE);
			assertThat(verdicts(result).get(2).advice()).isEqualTo(Advice.NEXT_HOST);
		}
	}

	/** RFC 2920 section 3.1. */
	@Test
	void aLoneDotEndsAMessageToNobody() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(2), Mail.content("secret\r\n"));
			server.play(PIPELINING).heard();
			server.say("250 ok\r\n550 no\r\n551 no\r\n354 go\r\n");
			assertThat(server.heard()).isEqualTo(".\r\n");
			assertThat(result).isNotCompleted();
			server.play("S: 554 no valid recipients");
			assertThat(kinds(result)).containsExactly(Kind.PERMANENT, Kind.PERMANENT);
			assertThat(verdicts(result).get(1).reply().code()).isEqualTo(551);
			assertThat(server.client().idleConnections()).isEqualTo(1);
		}
	}

	@Test
	void aLoneDotEndsAMessageFromARefusedSender() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send();
			server.play(PIPELINING).heard();
			server.say("550 5.7.1 not you\r\n503 no\r\n354 go\r\n");
			assertThat(server.heard()).isEqualTo(".\r\n");
			server.play("S: 250 ok");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(result).phase()).isEqualTo(Phase.MAIL);
			assertThat(verdict(result).reply().toString()).isEqualTo("550 5.7.1 not you");
		}
	}

	@Test
	void whatIsRefusedInADialogueIsTakenBackBeforeTheNextMessage() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send();
			server.play(PLAIN + """
					C: MAIL FROM:<a@client.example>
					S: 250 ok
					C: RCPT TO:<b@example.com>
					S: 550 no
					C: RSET
					S: 250 ok
					""");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			CompletableFuture<Transmission> next = server.send();
			server.play("""
					C: MAIL FROM:<a@client.example>
					S: 451 4.3.0 later
					""");
			assertThat(verdict(next).phase()).isEqualTo(Phase.MAIL);
			assertThat(verdict(next).kind()).isEqualTo(Kind.TEMPORARY);
			CompletableFuture<Transmission> third = server.send();
			server.play("""
					C: MAIL FROM:<a@client.example>
					S: 250 ok
					C: RCPT TO:<b@example.com>
					S: 250 ok
					C: DATA
					S: 554 no
					C: RSET
					S: 500 what
					""");
			assertThat(verdict(third).phase()).isEqualTo(Phase.DATA);
			assertThat(server.connections()).isEqualTo(1);
			assertThat(server.isOpen()).isFalse();
		}
	}

	@Test
	void nothingIsSavedThatNeedsToBeSaid() {
		Envelope envelope = Mail.envelope(
				"<a@client.example> SIZE=3 BODY=8BITMIME RET=HDRS ENVID=QQ+2B1 SMTPUTF8 AUTH=<>",
				"<b@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bc@example.com");
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(envelope, Mail.content("A: b\r\n\r\n\u00e9\r\n"));
			server.play(ehlo("SIZE 1000", "8BITMIME", "DSN", "SMTPUTF8") + """
					C: MAIL FROM:<a@client.example> SIZE=11 BODY=8BITMIME RET=HDRS ENVID=QQ+2B1
					S: 250 ok
					C: RCPT TO:<b@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bc@example.com
					S: 550 no
					""");
			server.play("C: RSET\nS: 250 ok");
			assertThat(result.join().notifies()).isTrue();
		}
	}

	@Test
	void whatTheServerDoesNotKnowIsNotSaid() {
		Envelope envelope = Mail.envelope("<> BODY=8BITMIME RET=HDRS ENVID=QQ", "<b@example.com> NOTIFY=NEVER");
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(envelope, Mail.content("A: b\r\n\r\n"));
			server.play(PLAIN + """
					C: MAIL FROM:<>
					S: 250 ok
					C: RCPT TO:<b@example.com>
					S: 550 no
					C: RSET
					S! close
					""");
			assertThat(verdict(result).reply().code()).isEqualTo(550);
			assertThat(result.join().notifies()).isFalse();
		}
	}

	@Test
	void whatIsTooLargeIsNotSent() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(), Mail.content("x".repeat(100)));
			server.play(ehlo("SIZE 99") + "C: !");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(result).reply().toString()).startsWith("552 5.3.4 ");
			assertThat(verdict(result).fromServer()).isFalse();
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(server.client().idleConnections()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SIZE", "SIZE 0", "SIZE x", "SIZE 100", "SIZE 99999999999999999999" })
	void otherSizesAreNoLimit(String size) {
		try (VirtualServer server = new VirtualServer()) {
			server.send(Mail.envelope(), Mail.content("x".repeat(100)));
			server.play(ehlo(size) + "C: MAIL FROM:<a@client.example> SIZE=100");
		}
	}

	@Test
	void eightBitContentIsSentToThoseThatTakeIt() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(),
					Mail.content("A: b\r\n\r\n\u00e9\r\n"));
			server.play(PLAIN + "C: !");
			assertThat(verdict(result).reply().toString()).startsWith("554 5.6.3 ");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			Envelope declared = Mail.envelope("<a@client.example> BODY=8BITMIME", "<b@example.com>");
			server.send(declared, Mail.content("A: b\r\n\r\nplain\r\n"));
			server.play("C: MAIL FROM:<a@client.example>");
		}
	}

	@Test
	void binaryContentIsSentToThoseThatTakeIt() {
		Envelope binary = Mail.envelope("<a@client.example> BODY=BINARYMIME", "<b@example.com>");
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(binary, Mail.content("A: b\r\n\r\n\n\r."));
			server.play(ehlo("CHUNKING", "8BITMIME") + "C: !");
			assertThat(verdict(result).reply().toString()).startsWith("554 5.6.3 ");
		}
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(binary, Mail.content("A: b\r\n\r\n\n\r."));
			server.play(ehlo("CHUNKING", "BINARYMIME") + """
					C: MAIL FROM:<a@client.example> BODY=BINARYMIME
					S: 250 ok
					C: RCPT TO:<b@example.com>
					S: 250 ok
					""");
			assertThat(server.heard()).isEqualTo("BDAT 11 LAST\r\nA: b\r\n\r\n\n\r.");
			server.play("S: 250 ok");
			assertThat(verdict(result).isDelivered()).isTrue();
		}
	}

	@Test
	void internationalAddressesNeedAServerThatKnowsThem() {
		Envelope envelope = Mail.envelope("<a@client.example> SMTPUTF8", "<b\u00fc@example.com>",
				"<c@b\u00fccher.example>", "<d@example.com> ORCPT=utf-8;d\u00fc@example.com");
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(envelope, Mail.content("A: b\r\n\r\n"));
			server.play(ehlo("SMTPUTF8", "8BITMIME", "DSN", "PIPELINING") + """
					C: MAIL FROM:<a@client.example> SMTPUTF8
					C: RCPT TO:<b\u00fc@example.com>
					C: RCPT TO:<c@b\u00fccher.example>
					C: RCPT TO:<d@example.com> ORCPT=utf-8;d\u00fc@example.com
					C: DATA
					""");
			assertThat(result).isNotCompleted();
		}
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(envelope, Mail.content("A: b\r\n\r\n"));
			server.play(ehlo("DSN", "PIPELINING") + """
					C: MAIL FROM:<a@client.example>
					C: RCPT TO:<c@xn--bcher-kva.example>
					C: RCPT TO:<d@example.com> ORCPT=utf-8;d\\x{FC}@example.com
					C: DATA
					S: 250 ok
					S: 250 ok
					S: 250 ok
					S: 354 go
					C: A: b
					C:
					C: .
					S: 250 ok
					""");
			assertThat(kinds(result)).containsExactly(Kind.PERMANENT, Kind.DELIVERED, Kind.DELIVERED);
			assertThat(verdict(result).reply().toString()).startsWith("553 5.6.7 ");
			assertThat(verdict(result).phase()).isEqualTo(Phase.RCPT);
		}
	}

	@Test
	void internationalHeaderFieldsNeedAServerThatKnowsThem() {
		Envelope declared = Mail.envelope("<a@client.example> SMTPUTF8", "<b@example.com>");
		String content = "Subject: \u00c3\u00bc\r\n\r\n";
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(declared, Mail.content(content));
			server.play(ehlo("8BITMIME") + "C: !");
			assertThat(verdict(result).reply().toString()).startsWith("553 5.6.7 ");
			server.send(Mail.envelope("<a@client.example>", "<b@example.com>"), Mail.content(content));
			server.play("C: MAIL FROM:<a@client.example> BODY=8BITMIME");
		}
		try (VirtualServer server = new VirtualServer()) {
			server.send(declared, Mail.content(content));
			server.play(ehlo("8BITMIME", "SMTPUTF8") + "C: MAIL FROM:<a@client.example> BODY=8BITMIME SMTPUTF8");
		}
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(
					Mail.envelope("<\u00fc@client.example> SMTPUTF8", "<b@example.com>"), Mail.content("A: b\r\n\r\n"));
			server.play(PLAIN + "C: !");
			assertThat(verdict(result).reply().toString()).startsWith("553 5.6.7 ");
		}
	}

	/** RFC 8689 section 4.2.1. */
	@Test
	void aMessageThatRequiresTlsIsNotSentWithout() {
		Envelope envelope = Mail.envelope("<a@client.example> REQUIRETLS", "<b@example.com>");
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(envelope, Mail.content("A: b\r\n\r\n"));
			server.play(ehlo("REQUIRETLS") + "C: QUIT\nS: 221 bye");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(result).reply().toString()).startsWith("550 5.7.30 ");
			assertThat(verdict(result).advice()).isEqualTo(Advice.NEXT_HOST);
		}
	}

	@Test
	void requiredTlsThatIsNotOfferedIsTemporary() {
		try (VirtualServer server = new VirtualServer()) {
			server.target(server.target().withTls(TlsPolicy.REQUIRED));
			CompletableFuture<Transmission> result = server.send();
			server.play(PLAIN + "C: QUIT\nS: 221 bye");
			assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(result).phase()).isEqualTo(Phase.TLS);
			assertThat(verdict(result).reply().toString()).startsWith("454 4.7.4 ");
			CompletableFuture<Transmission> refused = server.send();
			server.play(ehlo("STARTTLS") + "C: STARTTLS\nS: 502 not now\nC: QUIT");
			assertThat(verdict(refused).reply().toString()).startsWith("454 4.7.4 ").contains("502 not now");
		}
	}

	@Test
	void opportunisticTlsThatIsRefusedLeadsToANewConnectionWithout() {
		try (VirtualServer server = new VirtualServer()) {
			server.target(server.target().withTls(TlsPolicy.OPPORTUNISTIC));
			CompletableFuture<Transmission> result = server.send();
			server.play(ehlo("STARTTLS") + "C: STARTTLS\nS: 454 not now");
			assertThat(server.connections()).isEqualTo(2);
			server.play(ehlo("STARTTLS") + "C: MAIL FROM:<a@client.example>\nS! close");
			assertThat(server.connections()).isEqualTo(2);
			assertThat(verdict(result).phase()).isEqualTo(Phase.MAIL);
		}
	}

	@Test
	void clearTextBehindTheReplyToStartTlsEndsTheConnection() {
		for (TlsPolicy policy : List.of(TlsPolicy.OPPORTUNISTIC, TlsPolicy.REQUIRED, TlsPolicy.VERIFIED)) {
			try (VirtualServer server = new VirtualServer()) {
				server.target(server.target().withTls(policy));
				CompletableFuture<Transmission> result = server.send();
				server.play(ehlo("STARTTLS") + "C: STARTTLS");
				server.say("220 go\r\n250 injected\r\n");
				assertThat(server.isOpen()).isFalse();
				assertThat(server.heard()).isEmpty();
				assertThat(server.connections()).isEqualTo(1);
				assertThat(verdict(result).kind()).isEqualTo(Kind.TEMPORARY);
				assertThat(verdict(result).reply().toString()).startsWith("421 4.7.5 ");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 502, 504, 550, 554 })
	void anOldServerIsGreetedByHelo(int code) {
		try (VirtualServer server = new VirtualServer()) {
			server.send();
			server.play("""
					S: 220 mx
					C: EHLO client.example
					S: %d what
					C: HELO client.example
					S: 250 hello
					C: MAIL FROM:<a@client.example>
					""".formatted(code));
		}
	}

	@Test
	void anotherNameOfOursIsForEqualTargets() {
		try (VirtualServer server = new VirtualServer()) {
			server.target(server.target().withEhloName("other.example"));
			server.send();
			server.play("S: 220 mx\nC: EHLO other.example");
		}
	}

	/** RFC 5321 section 4.5.3.1.10. */
	@Test
	void recipientsBeyondWhatTheServerTakesGoInAFurtherTransaction() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(4), Mail.content("x\r\n"));
			server.play(PIPELINING).heard();
			server.say("250 ok\r\n250 ok\r\n452 4.5.3 full\r\n452 4.2.2 mailbox full\r\n452 full\r\n354 go\r\n");
			server.play("C: x\nC: .\nS: 250 first");
			assertThat(result).isNotCompleted();
			server.play("""
					C: MAIL FROM:<a@client.example>
					C: RCPT TO:<b1@example.com>
					C: RCPT TO:<b3@example.com>
					C: DATA
					S: 250 ok
					S: 452 full
					S: 250 ok
					S: 354 go
					C: x
					C: .
					S: 250 second
					""");
			assertThat(kinds(result)).containsExactly(Kind.DELIVERED, Kind.TEMPORARY, Kind.TEMPORARY, Kind.DELIVERED);
			assertThat(verdicts(result).get(1).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(verdicts(result).get(2).reply().status()).isEqualTo(new EnhancedStatusCode(2, 2));
			assertThat(verdicts(result).get(3).reply().text()).containsExactly("second");
		}
	}

	@Test
	void whatCouldNotBeTriedAgainIsToldAsItIs() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(2), Mail.content("x\r\n"));
			server.play(PIPELINING).heard();
			server.say("250 ok\r\n250 ok\r\n452 4.5.3 full\r\n354 go\r\n");
			server.play("C: x\nC: .\nS: 421 4.3.0 enough");
			assertThat(verdicts(result).get(0).reply().code()).isEqualTo(421);
			assertThat(verdicts(result).get(0).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(verdicts(result).get(1).advice()).isEqualTo(Advice.SAME_HOST);
			assertThat(verdicts(result).get(1).kind()).isEqualTo(Kind.TEMPORARY);
		}
	}

	@Test
	void anOldCodeForTooManyIsTemporary() {
		try (VirtualServer server = new VirtualServer(1000, 100, 10)) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(102), Mail.content("x\r\n"));
			server.play(PIPELINING).heard();
			server.say("250 ok\r\n".repeat(101) + "552 too many\r\n552 5.2.2 full\r\n354 go\r\n");
			server.play("C: x\nC: .\nS: 250 ok\nC: MAIL FROM:<a@client.example>\nC: RCPT TO:<b100@example.com>");
			server.say("421 bye\r\n").say("421 come back later\r\n");
			assertThat(kinds(result)).endsWith(Kind.TEMPORARY, Kind.PERMANENT).startsWith(Kind.DELIVERED);
		}
	}

	/** RFC 9422. */
	@Test
	void announcedLimitsAreKept() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(3), Mail.content("x\r\n"));
			String transaction = """
					S: 250 ok
					S: 250 ok
					S: 354 go
					C: x
					C: .
					S: 250 ok
					""";
			String hello = ehlo("PIPELINING", "LIMITS MAILMAX=2 RCPTMAX=1");
			server
				.play(hello + "C: MAIL FROM:<a@client.example>\nC: RCPT TO:<b0@example.com>\nC: DATA\n" + transaction);
			server.play("C: MAIL FROM:<a@client.example>\nC: RCPT TO:<b1@example.com>\nC: DATA\n"
					+ transaction.replace("S: 250 ok\n\n", ""));
			assertThat(server.connections()).isEqualTo(2);
			server
				.play(hello + "C: MAIL FROM:<a@client.example>\nC: RCPT TO:<b2@example.com>\nC: DATA\n" + transaction);
			assertThat(kinds(result)).containsOnly(Kind.DELIVERED).hasSize(3);
		}
	}

	@Test
	void thousandsOfRecipientsGoByTheHundred() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(1050), Mail.content("x\r\n"));
			server.play(PIPELINING);
			int sent = 0;
			for (int i = 0; i < 11; i++) {
				int recipients = server.heard().split("RCPT", -1).length - 1;
				sent += recipients;
				server.say("250 ok\r\n".repeat(recipients + 1) + "354 go\r\n");
				server.play("C: x\nC: .\nS: 250 ok");
			}
			assertThat(sent).isEqualTo(1050);
			assertThat(kinds(result)).containsOnly(Kind.DELIVERED).hasSize(1050);
		}
	}

	@Test
	void chunksAreSentWhereTheyAreTaken() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(), Mail.content("A: b\n\n.\r."));
			server.play(ehlo("CHUNKING", "PIPELINING") + """
					C: MAIL FROM:<a@client.example>
					C: RCPT TO:<b@example.com>
					C: !
					S: 250 ok
					S: 250 ok
					C: BDAT 14 LAST
					C: A: b
					C:
					C: .
					C: .
					C: !
					S: 250 ok
					C: !
					""");
			assertThat(verdict(result).isDelivered()).isTrue();
		}
	}

	@Test
	void largeContentIsSentInSeveralChunksOfWhichFewAreUnanswered() {
		String line = "x".repeat(98) + "\r\n";
		String content = "A: b\r\n\r\n" + line.repeat(10_000);
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(), Mail.content(content));
			server.play(ehlo("CHUNKING", "PIPELINING")).heard();
			server.say("250 ok\r\n250 ok\r\n");
			StringBuilder received = new StringBuilder();
			boolean last = false;
			int chunks = 0;
			while (!last) {
				String heard = server.heard();
				int unanswered = 0;
				while (!heard.isEmpty()) {
					String[] command = heard.substring(0, heard.indexOf("\r\n")).split(" ");
					assertThat(command[0]).isEqualTo("BDAT");
					int size = Integer.parseInt(command[1]);
					assertThat(size).isLessThanOrEqualTo(1024 * 1024);
					last = command.length == 3;
					int from = heard.indexOf("\r\n") + 2;
					received.append(heard, from, from + size);
					heard = heard.substring(from + size);
					unanswered++;
					chunks++;
				}
				assertThat(unanswered).isBetween(1, 3);
				server.say("250 ok\r\n".repeat(unanswered));
			}
			assertThat(chunks).isGreaterThan(2);
			assertThat(received.toString().equals(content)).isTrue();
			assertThat(verdict(result).isDelivered()).isTrue();
		}
	}

	@Test
	void aRefusedChunkEndsTheMessage() {
		String content = ("x".repeat(98) + "\r\n").repeat(10_000);
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(), Mail.content(content));
			server.play(ehlo("CHUNKING", "PIPELINING")).heard();
			server.say("250 ok\r\n250 ok\r\n").say("552 5.3.4 too much\r\n");
			assertThat(verdict(result).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(result).reply().toString()).isEqualTo("552 5.3.4 too much");
			assertThat(server.isOpen()).isFalse();
		}
	}

	/** RFC 2033 section 4.2. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void byLmtpEachRecipientHasItsReply(boolean chunking) {
		try (VirtualServer server = new VirtualServer()) {
			server.target(server.target().withLmtp());
			CompletableFuture<Transmission> result = server.send(Mail.envelopeTo(4), Mail.content("x\r\n"));
			server
				.play("S: 220 mx\nC: LHLO client.example\nS: 250-mx\nS: 250-PIPELINING\nS: 250 "
						+ (chunking ? "CHUNKING" : "DSN"))
				.heard();
			server.say("250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n250 ok\r\n");
			if (chunking) {
				server.play("C: BDAT 3 LAST\nC: x");
			}
			else {
				server.play("S: 354 go\nC: x\nC: .");
			}
			server.play("S: 250 one\nS: 452 4.2.2 full");
			assertThat(result).isNotCompleted();
			server.play("S: 250 four");
			assertThat(kinds(result)).containsExactly(Kind.DELIVERED, Kind.PERMANENT, Kind.TEMPORARY, Kind.DELIVERED);
			assertThat(verdicts(result).get(3).reply().text()).containsExactly("four");
		}
	}

	@Test
	void lmtpKnowsNoHelo() {
		try (VirtualServer server = new VirtualServer()) {
			server.target(server.target().withLmtp());
			CompletableFuture<Transmission> result = server.send();
			server.play("S: 220 mx\nC: LHLO client.example\nS: 500 what\nC: QUIT");
			assertThat(verdict(result).phase()).isEqualTo(Phase.EHLO);
		}
	}

	@Test
	void anEmptyMessageIsEmpty() {
		try (VirtualServer server = new VirtualServer()) {
			CompletableFuture<Transmission> result = server.send(Mail.envelope(), Mail.content(""));
			server.play(PIPELINING).heard();
			server.say("250 ok\r\n250 ok\r\n354 go\r\n");
			assertThat(server.heard()).isEqualTo(".\r\n");
			server.play("S: 250 ok");
			assertThat(verdict(result).isDelivered()).isTrue();
		}
		try (VirtualServer server = new VirtualServer()) {
			server.send(Mail.envelope(), Mail.content(""));
			server.play(ehlo("CHUNKING", "PIPELINING")).heard();
			server.say("250 ok\r\n250 ok\r\n");
			assertThat(server.heard()).isEqualTo("BDAT 0 LAST\r\n");
		}
	}

	/** With every limit of a transaction there is at least one recipient in each. */
	@Test
	void eachTransactionHasAsManyAsAllowed() {
		try (VirtualServer server = new VirtualServer(3, 100, 10)) {
			server.send(Mail.envelopeTo(7), Mail.content("x\r\n"));
			server.play(PIPELINING);
			List<Integer> sizes = IntStream.range(0, 3).map((i) -> {
				int recipients = server.heard().split("RCPT", -1).length - 1;
				server.say("250 ok\r\n".repeat(recipients + 1) + "354 go\r\n").play("C: x\nC: .\nS: 250 ok");
				return recipients;
			}).boxed().toList();
			assertThat(sizes).containsExactly(3, 3, 1);
		}
	}

}
