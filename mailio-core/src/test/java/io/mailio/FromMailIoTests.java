/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.smtp.Mailbox;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What mail-io's README promises, in mailio's words: {@code docs/from-mail-io.md}. */
class FromMailIoTests {

	/** AUTH PLAIN of john with the password doe. */
	private static final String JOHN = "AUTH PLAIN AGpvaG4AZG9l";

	private final Mailroom mailroom = new Mailroom();

	private SmtpServer start(UnaryOperator<SmtpServer.Builder> options) {
		SmtpServer server = options.apply(this.mailroom.open().authRequiresTls(false)).build();
		server.start();
		return server;
	}

	@Test
	void theExampleOfItsReadmeWorks() {
		SessionListener sessions = new SessionListener() {

			@Override
			public void started(SmtpSession session) {
				session.on("auth",
						(req, res) -> (req.user().username().equals("john") && req.user().password().equals("doe"))
								? res.accept(235, "OK") : res.reject(535, "Authentication failed"));
			}

		};
		try (SmtpServer server = start((builder) -> builder.sessionListener(sessions)
			.authenticator((credentials, session) -> java.util.Optional.of(User.named(credentials.username()))))) {
			server.addHandler("rcpt", "my-rcpt-handler", (spec) -> spec.before("dnsbl"),
					(req, res) -> req.to().domain().equals("example.com") ? res.accept()
							: res.reject(502, "We only accept mail for the \"example.com\" domain"));
			try (TestClient client = TestClient.hello(server.port())) {
				client.command("AUTH PLAIN AGpvaG4Ad3Jvbmc=", "535 5.7.8 Authentication failed");
				client.command(JOHN, "235 2.7.0 OK");
				client.command("MAIL FROM:<me@client.example>", "250");
				client.command("RCPT TO:<you@example.org>", "502 5.5.1 We only accept mail for the \"example.com\"");
				client.command("RCPT TO:<you@example.com>", "250");
			}
		}
	}

	@Test
	void aVerbThatNobodyKnowsMayHaveAHandler() {
		try (SmtpServer server = start((builder) -> builder.handler("xfoo", "foo",
				(req, res) -> res.accept(250, "Foo " + req.command().data())));
				TestClient client = TestClient.hello(server.port())) {
			client.command("XFOO bar", "250 2.0.0 Foo bar");
		}
	}

	@Test
	void aRequestKnowsItsCommand() {
		List<String> seen = new CopyOnWriteArrayList<>();
		CommandHandler note = (req, res) -> {
			seen.add(req.command().name() + " " + req.command().data());
			return res.accept();
		};
		try (SmtpServer server = start((builder) -> builder.handler("mail", "note", note)
			.handler("rcpt", "note", note)
			.handler("auth", "john", (req, res) -> {
				seen.add("user " + req.user().username());
				return res.accept();
			})
			.handler("queue", "who", (spec) -> spec.before("mailroom"), (req, res) -> {
				seen.add(req.from() + " -> " + req.session().envelope().to());
				return res.accept();
			})
			.handler("rcpt", "to", (req, res) -> {
				seen.add("to " + req.to().localPart());
				return res.accept();
			})); TestClient client = TestClient.hello(server.port())) {
			client.command(JOHN, "235");
			client.message("a@example.com", "x");
		}
		assertThat(seen).containsExactly("user john", "mail FROM:<sender@client.example>", "rcpt TO:<a@example.com>",
				"to a", "sender@client.example -> [a@example.com]");
	}

	@Test
	void aSessionKnowsWhatMailIosKnew() {
		List<SmtpSession> sessions = new ArrayList<>();
		try (SmtpServer server = start((builder) -> builder.handler("data", "look", (req, res) -> {
			sessions.add(req.session());
			return res.accept();
		})); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<>", "250");
			client.command("NONSENSE", "500");
			client.command("RCPT TO:<a@example.com>", "250");
			client.command("RCPT TO:<b@elsewhere.example>", "550");
			client.command("DATA", "354");
			SmtpSession session = sessions.get(0);
			assertThat(session.id()).isNotEmpty();
			assertThat(session.accepted()).containsEntry("ehlo", 250).containsEntry("mail", 250);
			assertThat(session.rejected()).containsEntry("rcpt", 550);
			assertThat(session.envelope().from().isNull()).isTrue();
			assertThat(session.envelope().to()).containsExactly(Mailbox.of("a@example.com"));
			assertThat(session.client().address().isLoopbackAddress()).isTrue();
			assertThat(session.client().helo()).isEqualTo("client.example");
			assertThat(session.client().hostname()).isNotEmpty();
			assertThat(session.server().serves("example.com")).isTrue();
			assertThat(session.connection().local().getPort()).isEqualTo(server.port());
			assertThat(session.secure()).isFalse();
			assertThat(session.authenticated()).isFalse();
			assertThat(session.handlers().get("queue")).contains("core", "mailroom");
			assertThat(session.counters()).containsEntry("unrecognized", 1);
		}
	}

	@Test
	void theTransactionIsCountedWithEachMessage() {
		List<Integer> transactions = new CopyOnWriteArrayList<>();
		try (SmtpServer server = start((builder) -> builder.handler("mail", "count", (req, res) -> {
			transactions.add(req.session().transaction());
			return res.accept();
		})); TestClient client = TestClient.hello(server.port())) {
			client.message("a@example.com", "x");
			client.command("MAIL FROM:<>", "250");
			client.command("RSET", "250");
			client.message("a@example.com", "x");
		}
		assertThat(transactions).containsExactly(0, 1, 1);
	}

	@Test
	void aHandlerHasItsOwnConfiguration() {
		try (SmtpServer server = start((builder) -> builder
			.handlerConfig((command, name) -> name.equals("mine") ? Map.of("blacklist", "zen.example") : Map.of())
			.handler("noop", "mine", (req, res) -> res.accept(250, "Asks " + req.config().get("blacklist"))));
				TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250 2.0.0 Asks zen.example");
		}
	}

	@Test
	void acceptingTakesTheReplyOfTheCommandUnlessThereIsAnother() {
		try (SmtpServer server = start((builder) -> builder.handler("noop", "plain", (req, res) -> res.accept())
			.handler("rset", "own", (req, res) -> res.accept(250, "Forgotten")));
				TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250 2.0.0 OK");
			client.command("RSET", "250 2.0.0 Forgotten");
		}
	}

	@Test
	void rejectingSendsTheReplyAtOnce() {
		try (SmtpServer server = start(
				(builder) -> builder.handler("mail", "no", (req, res) -> res.reject(550, "Not you")));
				TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<a@client.example>", "550 5.7.1 Not you");
			client.command("NOOP", "250");
		}
	}

	@Test
	void endingClosesTheConnectionWithOrWithoutAReply() {
		try (SmtpServer server = start((builder) -> builder.handler("noop", "silent", (req, res) -> res.end())
			.handler("vrfy", "polite", (req, res) -> res.end(554, "Good bye")))) {
			try (TestClient client = TestClient.hello(server.port())) {
				client.send("NOOP\r\n").expectClose();
			}
			try (TestClient client = TestClient.hello(server.port())) {
				client.command("VRFY x", "554 5.0.0 Good bye");
				client.expectClose();
			}
		}
	}

	@Test
	void aHandlerMayTalkWithTheClient() {
		try (SmtpServer server = start((builder) -> builder.handler("xname", "ask", (req, res) -> {
			res.write("350 What is your name?");
			return res.accept(250, "Hello " + res.read());
		}).reactiveHandler("xage", "ask", (spec) -> {
		}, (req, res) -> res.receive()
			.doOnSubscribe((subscription) -> res.write("350 How old are you?"))
			.map((age) -> res.accept(250, "Only " + age)))); TestClient client = TestClient.hello(server.port())) {
			client.command("XNAME", "350 What is your name?");
			client.command("Jane", "250 2.0.0 Hello Jane");
			client.command("XAGE", "350 How old are you?");
			client.command("42", "250 2.0.0 Only 42");
		}
	}

	@Test
	void valuesGoFromHandlerToHandler() {
		List<Object> seen = new CopyOnWriteArrayList<>();
		try (SmtpServer server = start(
				(builder) -> builder.handler("queue", "score", (spec) -> spec.before("mailroom"), (req, res) -> {
					res.set(7.5);
					return res.accept();
				}).handler("queue", "look", (spec) -> spec.after("score"), (req, res) -> {
					seen.add(res.get("queue/score", Double.class).orElse(0.0));
					seen.add(res.get("queue"));
					seen.add(req.session().data().get("queue"));
					return res.accept();
				})); TestClient client = TestClient.hello(server.port())) {
			client.message("a@example.com", "x");
		}
		assertThat(seen).containsExactly(7.5, Map.of("score", 7.5), Map.of("score", 7.5));
	}

	@Test
	void aHandlerLogsUnderItsName() {
		try (LogWatch log = LogWatch.of("io.mailio.handler.noop.mine", Level.INFO);
				SmtpServer server = start((builder) -> builder.handler("noop", "mine", (req, res) -> {
					res.log().info("Said {}", "nothing");
					return res.accept();
				}));
				TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250");
			assertThat(log.events()).singleElement()
				.satisfies((event) -> assertThat(event.getFormattedMessage()).isEqualTo("Said nothing"));
		}
	}

	@Test
	void eachRowOfThePageNamesATestThatExists() throws IOException {
		Pattern test = Pattern.compile("\\| `(\\w+Tests)(?:\\.(\\w+))?` \\|$");
		List<String> rows = Files.readAllLines(Path.of("../docs/from-mail-io.md"))
			.stream()
			.filter((line) -> line.startsWith("| ") && !line.startsWith("| in mail-io"))
			.toList();
		assertThat(rows).hasSizeGreaterThan(30);
		for (String row : rows) {
			Matcher named = test.matcher(row);
			assertThat(named.find()).as(row).isTrue();
			assertThat(source(named.group(1))).as(row)
				.contains((named.group(2) != null) ? "void " + named.group(2) + "(" : "@Test");
		}
	}

	private static String source(String className) throws IOException {
		try (Stream<Path> files = Files.walk(Path.of(".."))) {
			List<Path> found = files.filter((file) -> file.endsWith(className + ".java")).toList();
			assertThat(found).as(className).hasSize(1);
			return Files.readString(found.get(0));
		}
	}

}
