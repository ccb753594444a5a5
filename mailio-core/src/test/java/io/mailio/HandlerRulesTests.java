/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** The rules of a chain, seen from outside and from within handlers. */
class HandlerRulesTests {

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private CommandHandler note(String word) {
		return (req, res) -> {
			this.seen.add(word);
			return res.accept();
		};
	}

	private static SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	@Test
	void handlersRunInOrderAndTheLastTextWins() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("noop", "b", (spec) -> spec.after("a"), (req, res) -> res.accept(250, "from b"))
			.handler("noop", "a", (req, res) -> res.accept(250, "from a"))
			.handler("noop", "c", (spec) -> spec.after("b"), note("c"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250 2.0.0 from b");
			assertThat(this.seen).containsExactly("c");
			assertThat(server.handlers().get("noop")).containsExactly("core", "a", "b", "c");
		}
	}

	@Test
	void aRejectionStopsTheChainAndHasNoEffect() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("rcpt", "foo-only", (spec) -> spec.before("dnsbl"),
					(req, res) -> req.to().localPart().equals("foo") ? res.accept()
							: res.reject(550, "We only accept mail for foo"))
			.handler("rcpt", "later", (spec) -> spec.after("relay"), note("later"))
			.handler("data", "never", (req, res) -> res.reject(554, "No data today"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<>", "250");
			client.command("RCPT TO:<bar@example.com>", "550 5.7.1 We only accept mail for foo");
			assertThat(this.seen).isEmpty();
			client.command("DATA", "503");
			client.command("RCPT TO:<foo@example.com>", "250");
			assertThat(this.seen).containsExactly("later");
			client.command("DATA", "554 5.7.1 No data today");
			client.command("NOOP", "250");
		}
	}

	@Test
	void threadsAreAsPromised() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("noop", "blocking", (req, res) -> thread(res.accept()))
			.handler("noop", "inline", (spec) -> spec.blocking(false).after("blocking"),
					(req, res) -> thread(res.accept()))
			.reactiveHandler("noop", "reactive", (spec) -> spec.after("inline"), (req, res) -> {
				thread(res.accept());
				return Mono.just(res.answer().orElseThrow());
			});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250");
			assertThat(this.seen).hasSize(3);
			assertThat(this.seen.get(0)).doesNotContain("epoll").doesNotContain("nio").doesNotContain("kqueue");
			assertThat(this.seen.get(1)).matches("mailio-(epoll|nio|kqueue|io_uring)-.*");
			assertThat(this.seen.get(2)).isEqualTo(this.seen.get(1));
		}
	}

	private Decision thread(Decision decision) {
		this.seen.add(Thread.currentThread().getName());
		return decision;
	}

	@Test
	void valuesOfATransactionEndWithItAndOthersWithTheConnection() {
		SmtpServer.Builder builder = new Mailroom().open().handler("ehlo", "greeter", (req, res) -> {
			res.set("hello");
			return res.accept();
		}).handler("mail", "sender", (req, res) -> {
			res.set(42);
			return res.accept();
		}).handler("noop", "look", (req, res) -> {
			Optional<String> greeting = res.get("ehlo/greeter", String.class);
			Optional<Integer> sender = res.get("mail/sender", Integer.class);
			return res.accept(250, greeting + " " + sender + " " + res.get("mail") + " " + req.session().data());
		});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250 2.0.0 Optional[hello] Optional.empty {} {ehlo={greeter=hello}}");
			client.command("MAIL FROM:<>", "250");
			client.command("NOOP", "250 2.0.0 Optional[hello] Optional[42] {sender=42}");
			client.command("RSET", "250");
			client.command("NOOP", "250 2.0.0 Optional[hello] Optional.empty {}");
			client.message("a@example.com", "x");
			client.command("NOOP", "250 2.0.0 Optional[hello] Optional.empty {}");
		}
	}

	@Test
	void theSessionCountsTransactionsAndRemembersReplies() {
		AtomicReference<SmtpSession> session = new AtomicReference<>();
		SmtpServer.Builder builder = new Mailroom().open().handler("noop", "look", (req, res) -> {
			session.set(req.session());
			return res.accept(250, req.session().transaction() + " " + new java.util.TreeMap<>(req.session().accepted())
					+ " " + req.session().rejected());
		});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250 2.0.0 0 {connect=220, ehlo=250} {}");
			client.command("MAIL FROM:<>", "250");
			client.command("RCPT TO:<a@elsewhere.example>", "550");
			client.command("NOOP", "250 2.0.0 0 {connect=220, ehlo=250, mail=250, noop=250} {rcpt=550}");
			client.command("RCPT TO:<a@example.com>", "250");
			client.command("NOOP", "250 2.0.0 0 {connect=220, ehlo=250, mail=250, noop=250, rcpt=250} {}");
			client.command("DATA", "354");
			client.command("x\r\n.", "250");
			client.command("NOOP", "250 2.0.0 1 {connect=220, ehlo=250, noop=250} {}");
			client.command("FOO", "500");
			client.command("NOOP", "250 2.0.0 1 ");
			assertThat(session.get().counters()).isEqualTo(Map.of("errors", 2, "unrecognized", 1, "auth-failures", 0));
			assertThat(session.get().client().helo()).isEqualTo("client.example");
			assertThat(session.get().client().address().isLoopbackAddress()).isTrue();
			assertThat(session.get().secure()).isFalse();
			assertThat(session.get().handlers()).containsEntry("noop", List.of("core", "look"));
			assertThatIllegalStateException().isThrownBy(() -> session.get().user());
			assertThatIllegalStateException().isThrownBy(() -> session.get().envelope());
		}
	}

	@Test
	void aVerbOfTheUsersOwnIsACommandAndNobodyElsesIs() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("xcount", "mine", (req, res) -> res.accept(250, req.command().data().length() + " characters"))
			.handler("unrecognized", "mine",
					(req, res) -> req.command().data().equals("LET ME IN") ? res.accept(250, "Come in") : res.accept());
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("XCount hello", "250 2.0.0 5 characters");
			client.command("LET ME IN", "250 2.0.0 Come in");
			client.command("XFOO", "500 5.5.1 ");
		}
	}

	@Test
	void connectHandlersGreet() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("connect", "greet", (req, res) -> res.accept(220, "mx.example.com ESMTP at your service"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.connect(server.port())) {
			client.expect("220 mx.example.com ESMTP at your service");
		}
	}

	@Test
	void ehloHandlersGiveTheFirstLineOnly() {
		SmtpServer.Builder builder = new Mailroom().open()
			.handler("ehlo", "greet", (req, res) -> res.accept(250, "mx.example.com greets " + req.command().data()));
		try (SmtpServer server = started(builder); TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			assertThat(client.command("EHLO me", "250-mx.example.com greets me")).contains("\n250-PIPELINING\n");
		}
	}

	@Test
	void authSucceedsOnlyWhenAHandlerSaysYesAndThePasswordIsForgotten() {
		SmtpServer.Builder builder = new Mailroom().open()
			.authRequiresTls(false)
			.handler("auth", "john",
					(req, res) -> req.user().username().equals("john") && req.user().password().equals("doe")
							&& req.command().data().equals("PLAIN") ? res.accept()
									: res.reject(535, "Authentication failed"))
			.handler("mail", "members", (req, res) -> {
				if (!req.session().authenticated()) {
					return res.reject(530, "Log in first");
				}
				assertThatIllegalStateException().isThrownBy(() -> req.user().password());
				this.seen.add(req.user().username());
				return res.accept();
			});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<>", "530 5.7.0 Log in first");
			client.command("AUTH PLAIN AGpvaG4AZm9v", "535 5.7.8 Authentication failed");
			client.command("MAIL FROM:<>", "530");
			client.command("AUTH PLAIN AGpvaG4AZG9l", "235 2.7.0 ");
			client.command("MAIL FROM:<>", "250");
			assertThat(this.seen).containsExactly("john");
		}
	}

	@Test
	void aUserNameWithControlCharactersIsNoUserName() {
		SmtpServer.Builder builder = new Mailroom().open().authRequiresTls(false).handler("auth", "all", note("asked"));
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			String forged = java.util.Base64.getEncoder().encodeToString("\0a\r\nb\0doe".getBytes());
			client.command("AUTH PLAIN " + forged, "535 5.7.8 ");
			assertThat(this.seen).isEmpty();
		}
	}

	@Test
	void recipientsAreKeptOnceAndTheEnvelopeIsAsAccepted() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = mailroom.start(); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<@a.example:Me@Client.Example> BODY=8BITMIME", "250");
			client.command("RCPT TO:<Some.One@example.com>", "250");
			client.command("RCPT TO:<Some.One@EXAMPLE.com>", "250");
			client.command("RCPT TO:<some.one@example.com>", "250");
			client.command("RCPT TO:<Postmaster>", "250");
			client.command("DATA", "354");
			client.command("x\r\n.", "250");
			Envelope envelope = mailroom.letter().envelope();
			assertThat(envelope.from()).hasToString("Me@Client.Example");
			assertThat(envelope.to().toString())
				.isEqualTo("[Some.One@example.com, some.one@example.com, Postmaster@example.com]");
			assertThat(envelope.parameters().value("BODY")).contains("8BITMIME");
		}
	}

	/** Writes down what it hears and on which thread. */
	private class Listener implements SessionListener {

		@Override
		public void started(SmtpSession session) {
			note("started");
			session.on("mail", (req, res) -> req.from().isNull() ? res.reject(550, "Who are you?") : res.accept());
			session.on("xnew", (req, res) -> res.accept(250, "new"));
		}

		@Override
		public void authenticated(SmtpSession session, String username, boolean successful) {
			note("authenticated " + username + " " + successful);
		}

		@Override
		public void messageReceived(SmtpSession session, Envelope envelope, long size) {
			note("received " + session.transaction() + " " + envelope.to() + " " + session.envelope().to());
			assertThatIllegalStateException().isThrownBy(() -> session.on("mail", (req, res) -> res.accept()));
			throw new IllegalStateException("a listener that fails");
		}

		@Override
		public void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
			note("rejected " + reply.code());
		}

		@Override
		public void ended(SmtpSession session, Duration duration) {
			note("ended " + session.transaction());
		}

		private void note(String what) {
			boolean loop = Thread.currentThread() instanceof reactor.core.scheduler.NonBlocking;
			HandlerRulesTests.this.seen.add(loop ? what + " on an event loop" : what);
		}

	}

	@Test
	void listenersHearEverythingInOrderAndNeverOnAnEventLoop() {
		SmtpServer.Builder builder = new Mailroom().open()
			.authRequiresTls(false)
			.sessionListener(new Listener())
			.handler("auth", "john",
					(req, res) -> req.user().password().equals("doe") ? res.accept() : res.reject(535, "No"))
			.handler("queue", "spam", (spec) -> spec.before("mailroom"),
					(req, res) -> req.message().headers().first("X-Spam").isPresent() ? res.reject(550, "Spam")
							: res.accept());
		try (SmtpServer server = started(builder)) {
			try (TestClient client = TestClient.hello(server.port())) {
				client.command("MAIL FROM:<>", "550 5.7.1 Who are you?");
				client.command("XNEW", "250 2.0.0 new");
				client.command("AUTH PLAIN AGpvaG4AZm9v", "535");
				client.command("AUTH PLAIN AGpvaG4AZG9l", "235");
				assertThat(client.message("a@example.com", "x")).startsWith("250");
				assertThat(client.message("a@example.com", "X-Spam: yes\r\n\r\n")).startsWith("550 5.7.1 Spam");
				client.command("QUIT", "221");
				client.expectClose();
			}
			await().untilAsserted(() -> assertThat(this.seen).containsExactly("started", "authenticated john false",
					"authenticated john true", "received 0 [a@example.com] [a@example.com]", "rejected 550",
					"ended 1"));
		}
	}

	@Test
	void aListenerThatWantsNothingIsAskedAndToldNothing() {
		List<SessionListener.Kind> asked = new CopyOnWriteArrayList<>();
		SessionListener listener = new Listener() {
			@Override
			public boolean listensTo(Kind kind) {
				asked.add(kind);
				return false;
			}
		};
		try (SmtpServer server = started(new Mailroom().open().sessionListener(listener))) {
			try (TestClient client = TestClient.hello(server.port())) {
				client.command("MAIL FROM:<>", "250");
				client.command("QUIT", "221");
				client.expectClose();
			}
			await().until(() -> asked.contains(SessionListener.Kind.ENDED));
			assertThat(this.seen).isEmpty();
		}
	}

	@Test
	void aSlowListenerDelaysTheGreetingOfItsSessionOnly() throws InterruptedException {
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SessionListener listener = new SessionListener() {
			@Override
			public void started(SmtpSession session) {
				if (first.getCount() > 0) {
					first.countDown();
					try {
						release.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}
			}
		};
		try (SmtpServer server = started(new Mailroom().open().sessionListener(listener));
				TestClient slow = TestClient.connect(server.port())) {
			assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
			TestClient.hello(server.port()).close();
			release.countDown();
			slow.expect("220");
		}
	}

	@Test
	void aMessageThatOnlySomeRecipientsWouldGetIsRefused() {
		SmtpServer.Builder builder = Mailroom.server()
			.handler("rcpt", "open", (spec) -> spec.before("relay"), (req, res) -> res.accept());
		try (SmtpServer server = started(builder.disable("rcpt", "relay").maildir(temporary() + "/%d/%n"));
				TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@b.example>", "250");
			client.command("RCPT TO:<a@example.com>", "250");
			client.command("RCPT TO:<a@elsewhere.example>", "250");
			client.command("DATA", "354");
			client.command("x\r\n.", "554 5.3.5 ");
			assertThat(newFiles()).isEmpty();
			assertThat(client.message("a@example.com", "x")).startsWith("250");
			assertThat(newFiles()).hasSize(1);
		}
	}

	@org.junit.jupiter.api.io.TempDir
	private java.nio.file.Path directory;

	private java.nio.file.Path temporary() {
		return this.directory;
	}

	private List<java.nio.file.Path> newFiles() {
		try (var files = java.nio.file.Files.walk(this.directory)) {
			return new ArrayList<>(files.filter(java.nio.file.Files::isRegularFile).toList());
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

}
