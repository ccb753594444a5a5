/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.mailio.SmartHostAccess;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.TlsPolicy;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Mail that we send to a Postfix: taken, put off, refused, and not reached at all. */
@Tag("interop")
@TestInstance(Lifecycle.PER_CLASS)
class RelayToPostfixTests {

	private static final String ANN = "ann@client.example";

	private static final Set<Content> CONTENTS = EnumSet.complementOf(EnumSet.of(Content.INTERNATIONAL));

	private final Program python = Program.installed("python3", "python3");

	private Path directory;

	private PostfixInbox postfix;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.directory = directory;
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path checks = Files.writeString(directory.resolve("checks"), "/^Subject: unwanted/ REJECT 5.7.1 Not wanted\n");
		this.postfix = new PostfixInbox(Files.createDirectory(directory.resolve("postfix")),
				List.of("header_checks = regexp:" + checks),
				Map.of("all", List.of(), "without-chunking",
						List.of("smtpd_discard_ehlo_keywords = chunking silent-discard"), "without-pipelining",
						List.of("smtpd_discard_ehlo_keywords = chunking pipelining silent-discard"), "small",
						List.of("message_size_limit = 10000")));
	}

	@AfterAll
	void stop() throws Exception {
		if (this.postfix != null) {
			this.postfix.close();
		}
	}

	@BeforeEach
	void forget() throws IOException {
		this.postfix.forget();
	}

	private SendingServer sender(String listener) throws IOException {
		return sender(this.postfix.port(listener));
	}

	private SendingServer sender(int port) throws IOException {
		return new SendingServer(Files.createTempDirectory(this.directory, "sender-"),
				new SmartHostAccess(SendingServer.host(port), TlsPolicy.OPPORTUNISTIC, false, null), (relay) -> {
				});
	}

	private static Envelope envelope(String... to) {
		return Envelope.of(ReversePath.of(Mailbox.of(ANN)), Arrays.stream(to).map(Mailbox::of).toArray(Mailbox[]::new));
	}

	private static String unix(Content content) {
		return new String(content.finished(), StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
	}

	private static byte[] octets(String text) {
		return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
	}

	private static void assertDelivered(AttemptResult result) {
		assertThat(result.kind()).as(result.reply().toString()).isEqualTo(Outcome.Kind.DELIVERED);
		assertThat(result.fromServer()).isTrue();
		assertThat(result.reply().toString()).matches("250 2\\.0\\.0 Ok: (\\d+ bytes )?queued as \\w+");
	}

	@ParameterizedTest
	@ValueSource(strings = { "all", "without-chunking", "without-pipelining" })
	void severalMessagesArriveOctetForOctetOverOneConnection(String listener) throws Exception {
		List<String> dialogue;
		try (SendingServer sender = sender(listener)) {
			for (Content content : CONTENTS) {
				sender.send(envelope(content.recipient()), content.octets());
			}
			for (int i = 0; i < CONTENTS.size(); i++) {
				assertDelivered(sender.result());
			}
			Awaitility.await().untilAsserted(() -> assertThat(sender.queue().counts().messages()).isZero());
			dialogue = sender.log();
		}
		List<PostfixInbox.Letter> letters = this.postfix.letters();
		assertThat(letters).allSatisfy((letter) -> {
			assertThat(letter.sender()).isEqualTo(ANN);
			assertThat(letter.recipient()).isEqualTo("bob@example.com");
			assertThat(letter.protocol()).isEqualTo("ESMTP");
		});
		for (Content content : CONTENTS) {
			assertThat(letters).filteredOn((letter) -> letter.content().contains("<" + content + "@"))
				.singleElement()
				.satisfies((letter) -> assertThat(letter.content().equals(unix(content))).as(content.name()).isTrue());
		}
		assertOneConnection(listener.equals("all") ? "bdat" : "data");
		assertThat(isPipelined(dialogue)).isEqualTo(!listener.equals("without-pipelining"));
	}

	/** Postfix counts the commands of each connection when that ends. */
	private void assertOneConnection(String content) throws IOException {
		Pattern end = Pattern.compile("disconnect from \\S+ ehlo=1 mail=8 rcpt=8 " + content + "=(\\d+) quit=1 ");
		Awaitility.await().untilAsserted(() -> assertThat(this.postfix.log()).containsPattern(end));
		assertThat(this.postfix.log().split(" connect from ", -1)).hasSize(2);
	}

	/** Whether the recipient was named before the sender was answered for. */
	private static boolean isPipelined(List<String> log) {
		List<String> dialogue = log.stream().filter((line) -> line.contains(" C: ") || line.contains(" S: ")).toList();
		int mail = 0;
		while (!dialogue.get(mail).contains(" C: MAIL FROM:<" + ANN + ">")) {
			mail++;
		}
		return dialogue.get(mail + 1).contains(" C: RCPT TO:");
	}

	@Test
	void longHeaderFieldsArriveAsTheyAre() throws Exception {
		String header = "X-Line: " + "x".repeat(990) + "\nX-Folded:" + (" " + "y".repeat(400) + "\n").repeat(20)
				+ "Subject: long\n";
		try (SendingServer sender = sender("without-chunking")) {
			sender.send(envelope("bob@example.com"), octets(header + "\nText\n"));
			assertDelivered(sender.result());
		}
		assertThat(this.postfix.letters()).singleElement()
			.satisfies((letter) -> assertThat(letter.content()).isEqualTo(header + "\nText\n"));
	}

	@Test
	void internationalMailArrivesIfItIsDeclared() throws Exception {
		Content content = Content.INTERNATIONAL;
		Envelope envelope = envelope(content.recipient());
		try (SendingServer sender = sender("all")) {
			sender.send(new Envelope(ReversePath.of(Mailbox.of(content.sender())), Parameters.of("SMTPUTF8"),
					envelope.recipients()), content.octets());
			assertDelivered(sender.result());
		}
		assertThat(this.postfix.letters()).singleElement().satisfies((letter) -> {
			assertThat(letter.protocol()).isEqualTo("UTF8SMTP");
			assertThat(letter.content()).isEqualTo(unix(content));
		});
	}

	@Test
	void whoIsPutOffGetsTheMessageLaterAndTheOthersDoNotGetItTwice() throws Exception {
		this.postfix.refuse(List.of("later@example.com 450 4.2.1 Mailbox busy"));
		this.postfix.restart();
		try (SendingServer sender = sender("all")) {
			QueueId id = sender.send(envelope("bob@example.com", "later@example.com"), octets("Subject: hi\n\n"));
			List<AttemptResult> results = List.of(sender.result(), sender.result());
			assertThat(results).filteredOn((result) -> result.recipient().mailbox().localPart().equals("bob"))
				.singleElement()
				.satisfies(RelayToPostfixTests::assertDelivered);
			assertThat(results).filteredOn((result) -> result.recipient().mailbox().localPart().equals("later"))
				.singleElement()
				.satisfies((result) -> {
					assertThat(result.kind()).isEqualTo(Outcome.Kind.DEFERRED);
					assertThat(result.reply())
						.hasToString("450 4.2.1 <later@example.com>: Recipient address rejected: Mailbox busy");
				});
			assertThat(waiting(sender, id).recipients()).containsExactly(Mailbox.of("later@example.com"));
			this.postfix.refuse(List.of());
			this.postfix.restart();
			assertThat(sender.queue().retryNow(id)).isTrue();
			assertDelivered(sender.result());
			Awaitility.await().untilAsserted(() -> assertThat(sender.queue().counts().messages()).isZero());
		}
		assertThat(this.postfix.letters()).extracting(PostfixInbox.Letter::recipient)
			.containsExactlyInAnyOrder("bob@example.com", "later@example.com");
	}

	private static QueuedMessage.Waiting waiting(SendingServer sender, QueueId id) throws IOException {
		Awaitility.await().until(() -> sender.queue().find(id).orElseThrow().waiting().get(0).attempts() == 1);
		assertThat(sender.queue().list(QueueFilter.first(2))).hasSize(1);
		return sender.queue().find(id).orElseThrow().waiting().get(0);
	}

	private String report(SendingServer sender) throws IOException, InterruptedException {
		Awaitility.await().until(() -> !sender.mail("ann").isEmpty());
		assertThat(sender.mail("ann")).hasSize(1);
		return this.python.run("src/test/python/report.py", sender.mail("ann").get(0));
	}

	private static AttemptResult bounced(SendingServer sender) throws InterruptedException {
		AttemptResult result = sender.result();
		assertThat(result.kind()).as(result.reply().toString()).isEqualTo(Outcome.Kind.BOUNCED);
		return result;
	}

	@Test
	void whoIsRefusedIsReportedToTheSender() throws Exception {
		this.postfix.refuse(List.of("nobody@example.com 550 5.1.1 No such user here",
				"closed@example.com 550 5.2.1 Mailbox closed"));
		this.postfix.restart();
		try (SendingServer sender = sender("all")) {
			sender.send(envelope("nobody@example.com", "bob@example.com", "closed@example.com"),
					octets("From: Ann <ann@client.example>\nSubject: one\nX-Mine: two\n  three\n\nText\n"));
			for (int i = 0; i < 3; i++) {
				AttemptResult result = sender.result();
				assertThat(result.kind()).isEqualTo(result.recipient().mailbox().localPart().equals("bob")
						? Outcome.Kind.DELIVERED : Outcome.Kind.BOUNCED);
			}
			assertThat(report(sender)).isEqualTo("""
					type: multipart/report delivery-status
					parts: text/plain message/delivery-status text/rfc822-headers
					defects: []
					from null: True auto: auto-replied
					Reporting-MTA: dns; mail.client.example
					Final-Recipient: rfc822; nobody@example.com
					Action: failed
					Status: 5.1.1
					Remote-MTA: dns; 127.0.0.1 ([127.0.0.1])
					Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.com>: Recipient address rejected: No such user here
					Final-Recipient: rfc822; closed@example.com
					Action: failed
					Status: 5.2.1
					Remote-MTA: dns; 127.0.0.1 ([127.0.0.1])
					Diagnostic-Code: smtp; 550 5.2.1 <closed@example.com>: Recipient address rejected: Mailbox closed
					original From: Ann <ann@client.example>
					original Subject: one
					original X-Mine: two  three
					""");
		}
		assertThat(this.postfix.letters()).extracting(PostfixInbox.Letter::recipient)
			.containsExactly("bob@example.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "all", "without-chunking" })
	void whatIsRefusedAfterTheContentIsReturnedToTheSender(String listener) throws Exception {
		Envelope envelope = new Envelope(ReversePath.of(Mailbox.of(ANN)), Parameters.of("RET=FULL"),
				envelope("bob@example.com").recipients());
		try (SendingServer sender = sender(listener)) {
			sender.send(envelope, octets("Subject: unwanted\n\nText\n"));
			AttemptResult result = bounced(sender);
			assertThat(result.fromServer()).isTrue();
			assertThat(result.reply()).hasToString("550 5.7.1 Not wanted");
			assertThat(report(sender)).contains("message/delivery-status message/rfc822\ndefects: []\n",
					"Status: 5.7.1\n", "Diagnostic-Code: smtp; 550 5.7.1 Not wanted\n", "original Subject: unwanted\n");
		}
		assertThat(this.postfix.letters()).isEmpty();
	}

	@Test
	void whatIsLargerThanTheServerTakesIsReportedToTheSender() throws Exception {
		try (SendingServer sender = sender("small")) {
			sender.send(envelope("bob@example.com"),
					octets("Subject: large\n\n" + "x".repeat(70).concat("\n").repeat(200)));
			AttemptResult result = bounced(sender);
			assertThat(result.reply().toString()).startsWith("552 5.3.4 ");
			assertThat(report(sender)).contains("defects: []\n", "Action: failed\nStatus: 5.3.4\n",
					"original Subject: large\n");
			assertThat(sender.log()).noneMatch((line) -> line.contains(" C: BDAT"));
		}
		assertThat(this.postfix.letters()).isEmpty();
	}

	@Test
	void mailForAHostThatIsNotThereWaits() throws Exception {
		int port = FreePorts.one();
		try (SendingServer sender = sender(port)) {
			QueueId id = sender.send(envelope("bob@example.com"), octets("Subject: hi\n\n"));
			AttemptResult result = sender.result();
			assertThat(result.kind()).isEqualTo(Outcome.Kind.DEFERRED);
			assertThat(result.reply().toString()).startsWith("421 4.4.1 Cannot connect to 127.0.0.1");
			assertThat(waiting(sender, id).lastReply()).isEqualTo(result.reply().toString());
			assertThat(sender.log()).anySatisfy((line) -> assertThat(line)
				.startsWith("INFO Message deferred: queue=" + id)
				.contains("to=<bob@example.com>", ":" + port + "\" result=\"421 4.4.1 Cannot connect to 127.0.0.1"));
			assertThat(sender.mail("ann")).isEmpty();
		}
	}

}
