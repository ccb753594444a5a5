/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.session.Protocol;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Handlers of {@code queue} that refuse some of the recipients of a message. */
class SingleRecipientTests {

	private static final CommandHandler NO_GONE = (req, res) -> {
		req.session()
			.envelope()
			.to()
			.stream()
			.filter((recipient) -> recipient.localPart().equals("gone"))
			.forEach((recipient) -> res.rejectRecipient(recipient, 550, "Gone"));
		return res.accept();
	};

	@TempDir
	private Path directory;

	private final Mailroom mailroom = new Mailroom();

	private final List<String> told = new CopyOnWriteArrayList<>();

	private SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.sessionListener(new SessionListener() {
			@Override
			public void messageReceived(SmtpSession session, Envelope envelope, long size) {
				SingleRecipientTests.this.told.add("received " + envelope.to());
			}

			@Override
			public void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
				SingleRecipientTests.this.told.add("rejected " + envelope.to() + " " + reply.code());
			}
		}).build();
		server.start();
		return server;
	}

	private static TestClient send(int port, String hello, String... recipients) {
		TestClient client = TestClient.connect(port);
		client.expect("220");
		client.command(hello + " client.example", "250");
		client.command("MAIL FROM:<a@client.example>", "250");
		for (String recipient : recipients) {
			client.command("RCPT TO:<" + recipient + ">", "250");
		}
		client.command("DATA", "354");
		return client.send("Subject: x\r\n\r\nx\r\n.\r\n");
	}

	private List<String> mailboxes() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory)) {
			return files.filter(Files::isRegularFile)
				.map((file) -> this.directory.relativize(file.getParent()).toString())
				.sorted()
				.toList();
		}
	}

	@Test
	void othersGetTheMessageAndLaterHandlersSeeOnlyThem() {
		SmtpServer.Builder builder = lmtp(
				this.mailroom.open().handler("queue", "no-gone", (spec) -> spec.before("mailroom"), NO_GONE));
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger("io.mailio.message");
		logger.addAppender(log);
		try (SmtpServer server = started(builder);
				TestClient client = send(server.port(), "LHLO", "one@example.com", "gone@example.com")) {
			client.expect("250 2.0.0");
			client.expect("550 5.7.1 Gone");
			assertThat(this.mailroom.letter().envelope().to()).containsExactly(Mailbox.of("one@example.com"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.told).containsExactly("received [one@example.com]",
						"rejected [gone@example.com] 550"));
			assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
				.anyMatch((line) -> line.contains("not kept for <gone@example.com>, the client is told: 550 Gone"));
		}
		finally {
			logger.detachAppender(log);
		}
	}

	@Test
	void withoutOthersTheMessageIsRefused() {
		SmtpServer.Builder builder = this.mailroom.open()
			.handler("queue", "no-gone", (spec) -> spec.before("mailroom"), NO_GONE);
		try (SmtpServer server = started(builder);
				TestClient client = send(server.port(), "EHLO", "gone@example.com", "gone@example.org")) {
			client.expect("550 5.7.1 Gone");
			client.command("MAIL FROM:<>", "250");
			assertThat(this.mailroom.letters()).isEmpty();
		}
	}

	@Test
	void whatAnEarlierHandlerHasStagedIsNotDelivered() throws IOException {
		try (SmtpServer server = started(lmtp(maildirs()));
				TestClient client = send(server.port(), "LHLO", "one@example.com", "gone@example.com",
						"two@example.com")) {
			client.expect("250 2.0.0");
			client.expect("550 5.7.1 Gone");
			client.expect("250 2.0.0");
			assertThat(mailboxes()).containsExactly("example.com/one/new", "example.com/two/new");
		}
	}

	@Test
	void withoutARelayNothingIsKeptSinceTheSenderCouldNotBeToldOfTheRecipientWithout() throws IOException {
		try (SmtpServer server = started(maildirs());
				TestClient client = send(server.port(), "EHLO", "one@example.com", "gone@example.com",
						"two@example.com")) {
			client.expect("550 5.7.1 Gone");
			assertThat(mailboxes()).isEmpty();
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.told)
					.containsExactly("rejected [one@example.com, gone@example.com, two@example.com] 550"));
			client.command("MAIL FROM:<a@client.example>", "250");
			client.command("RCPT TO:<one@example.com>", "250");
			client.command("DATA", "354");
			client.command("Subject: x\r\n\r\nx\r\n.", "250 2.0.0");
			assertThat(mailboxes()).containsExactly("example.com/one/new");
		}
	}

	private SmtpServer.Builder maildirs() {
		return Mailroom.server()
			.maildir(this.directory.resolve("%d/%n").toString())
			.handler("queue", "no-gone", (spec) -> spec.after("maildir"), NO_GONE);
	}

	private static SmtpServer.Builder lmtp(SmtpServer.Builder builder) {
		return builder.listener("local",
				(local) -> local.address(InetAddress.getLoopbackAddress()).port(0).protocol(Protocol.LMTP));
	}

	@Test
	void underLmtpTheClientLearnsWhomNobodyServes() throws IOException {
		SmtpServer.Builder builder = lmtp(Mailroom.server()
			.maildir(this.directory.resolve("%d/%n").toString())
			.handler("rcpt", "all", (spec) -> spec.before("relay"), (req, res) -> res.accept())
			.disable("rcpt", "relay"));
		try (SmtpServer server = started(builder);
				TestClient client = send(server.port(), "LHLO", "one@elsewhere.example", "one@example.com")) {
			client.expect("554 5.3.5");
			client.expect("250 2.0.0");
			assertThat(mailboxes()).containsExactly("example.com/one/new");
		}
	}

	@Test
	void onlyRecipientsCanBeRefusedAndOnlyByQueueHandlers() {
		SmtpServer.Builder builder = this.mailroom.open().handler("mail", "early", (req, res) -> {
			assertThatIllegalStateException()
				.isThrownBy(() -> res.rejectRecipient(Mailbox.of("one@example.com"), 550, "No"))
				.withMessageContaining("mail/early");
			return res.accept();
		}).handler("queue", "wrong", (spec) -> spec.before("mailroom"), (req, res) -> {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> res.rejectRecipient(Mailbox.of("two@example.com"), 550, "No"));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> res.rejectRecipient(Mailbox.of("one@example.com"), 250, "Yes"));
			return res.accept();
		});
		try (SmtpServer server = started(builder); TestClient client = send(server.port(), "EHLO", "one@example.com")) {
			client.expect("250 2.0.0");
		}
	}

}
