/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.ContentNeed;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.message.StoredMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Content is kept for those who read it only. */
class ContentNeedTests {

	@TempDir
	Path directory;

	private final Mailroom elsewhere = new Mailroom();

	private final SmtpServer other = this.elsewhere.open().domains("elsewhere.example").build();

	private final Observer observer = new Observer();

	@AfterEach
	void stop() {
		this.other.close();
	}

	/** Forgets its own mail and sends on that of others. */
	private SmtpServer start() {
		this.other.start();
		SmtpServer server = Mailroom.server()
			.authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.handler("queue", "observer", this.observer)
			.discard()
			.relay((relay) -> {
				relay.directory(this.directory.resolve("queue"));
				relay.routing(SmtpRelayTests.through(this.other.port()));
			})
			.build();
		server.start();
		return server;
	}

	private boolean kept(TestClient client, String... recipients) {
		SmtpRelayTests.send(client, "user@example.com", recipients);
		return this.observer.kept;
	}

	@Test
	void aRelayReadsWhatItSendsOn() {
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			assertThat(kept(client, "one@example.com")).isFalse();
			assertThat(kept(client, "friend@elsewhere.example")).isTrue();
			Awaitility.await().until(() -> !this.elsewhere.letters().isEmpty());
			assertThat(this.elsewhere.letter().content()).contains("Subject: hello");
			assertThat(kept(client, "one@example.com")).isFalse();
			assertThat(kept(client, "one@example.com", "friend@elsewhere.example")).isTrue();
		}
	}

	@Test
	void whatOneOfSeveralMayBeRefusedIsThereToBeReturned() {
		this.observer.refused = Mailbox.of("full@example.com");
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			assertThat(kept(client, "one@example.com", "full@example.com")).isTrue();
			client.command("RSET", "250");
			assertThat(kept(client, "one@example.com")).isFalse();
		}
	}

	@Test
	void whoSaysThatItReadsAMessageCan() {
		this.observer.wanted = Mailbox.of("one@example.com");
		try (SmtpServer server = start(); TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			assertThat(kept(client, "one@example.com")).isTrue();
			assertThat(kept(client, "two@example.com")).isFalse();
		}
	}

	@Test
	void whoCannotSayWhetherItReadsAMessageCan() {
		this.observer.confused = true;
		try (LogWatch log = LogWatch.of("io.mailio.handler", Level.ERROR);
				SmtpServer server = start();
				TestClient client = TestClient.hello(server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			assertThat(kept(client, "one@example.com")).isTrue();
			assertThat(log.lines()).singleElement().asString().contains("queue/observer");
		}
	}

	private static final class Observer implements CommandHandler, ContentNeed {

		private volatile Mailbox wanted = Mailbox.of("nobody@example.com");

		private volatile Mailbox refused = Mailbox.of("nobody@example.com");

		private volatile boolean confused;

		private volatile boolean kept;

		@Override
		public boolean needsContent(SmtpSession session) {
			if (this.confused) {
				throw new IllegalStateException("no idea");
			}
			return session.envelope().to().contains(this.wanted);
		}

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			this.kept = ((StoredMessage) req.message()).isKept();
			if (req.session().envelope().to().contains(this.refused)) {
				res.rejectRecipient(this.refused, new Reply(552, "5.2.2 Mailbox full"));
			}
			return res.accept();
		}

	}

}
