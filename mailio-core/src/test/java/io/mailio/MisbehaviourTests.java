/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Rule 3 of a chain: a session never hangs and never answers twice, whatever a handler
 * does, however it runs and whatever it was asked about.
 */
class MisbehaviourTests {

	private static final Duration SOON = Duration.ofMillis(500);

	/** How a handler may misbehave; all of these are failures of the handler. */
	enum Misdeed {

		FORGETS {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				return null;
			}
		},
		ANSWERS_AND_FORGETS {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				res.accept();
				return null;
			}
		},
		ANSWERS_TWICE {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				res.accept();
				return res.reject(550, "no");
			}
		},
		RECORDS_ONE_AND_RETURNS_ANOTHER {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				res.accept();
				return Decision.reject(550, "no");
			}
		},
		THROWS {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				throw new IllegalArgumentException("a secret of ours");
			}
		},
		THROWS_AN_ERROR {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				throw new AssertionError("a secret of ours");
			}
		},
		ASKS_WHAT_IS_NOT_KNOWN {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				req.message();
				req.to();
				return res.accept();
			}
		},
		SENDS_TWO_LINES_IN_ONE {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				return res.reject(550, "no\r\n250 yes");
			}
		},
		ACCEPTS_WITH_A_REJECTION {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) {
				return res.accept(550, "no");
			}
		},
		MISSES_ITS_DEADLINE {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) throws Exception {
				new CountDownLatch(1).await();
				return res.accept();
			}

			@Override
			Mono<Decision> reactive(SmtpRequest req, SmtpResponse res) {
				return Mono.never();
			}

			@Override
			boolean blocks() {
				return true;
			}
		},
		ANSWERS_AND_STAYS {
			@Override
			Decision handle(SmtpRequest req, SmtpResponse res) throws Exception {
				Decision decision = res.accept();
				new CountDownLatch(1).await();
				return decision;
			}

			@Override
			Mono<Decision> reactive(SmtpRequest req, SmtpResponse res) {
				res.accept();
				return Mono.never();
			}

			@Override
			boolean blocks() {
				return true;
			}
		};

		abstract Decision handle(SmtpRequest req, SmtpResponse res) throws Exception;

		Mono<Decision> reactive(SmtpRequest req, SmtpResponse res) {
			return Mono.fromCallable(() -> handle(req, res));
		}

		boolean blocks() {
			return false;
		}

	}

	/** How a handler may run. */
	enum Style {

		BLOCKING, INLINE, REACTIVE, REACTIVE_ELSEWHERE

	}

	private static final List<String> COMMANDS = List.of("connect", "ehlo", "mail", "rcpt", "data", "queue", "auth",
			"xfoo");

	/** The deadline is waited for at these only: it takes its time. */
	private static final List<String> WAITED_FOR = List.of("connect", "mail", "queue", "auth");

	static Stream<Arguments> cases() {
		return COMMANDS.stream()
			.flatMap((command) -> Arrays.stream(Misdeed.values())
				.flatMap((misdeed) -> Arrays.stream(Style.values())
					.filter((style) -> style != Style.INLINE || !misdeed.blocks())
					.filter((style) -> !misdeed.blocks() || WAITED_FOR.contains(command))
					.filter((style) -> misdeed != Misdeed.ASKS_WHAT_IS_NOT_KNOWN
							|| !(command.equals("rcpt") || command.equals("queue")))
					.map((style) -> Arguments.of(command, misdeed, style))));
	}

	private static final Map<Style, SmtpServer> SERVERS = new EnumMap<>(Style.class);

	/** What the handlers of all servers do at one command; they accept all others. */
	private static volatile Misdeed misdeed = Misdeed.FORGETS;

	private static volatile String command = "";

	@BeforeAll
	static void startServers() {
		for (Style style : Style.values()) {
			SmtpServer.Builder builder = new Mailroom().open().authRequiresTls(false);
			COMMANDS.forEach((name) -> add(builder, name, style));
			SmtpServer server = builder.build();
			server.start();
			SERVERS.put(style, server);
		}
	}

	@AfterAll
	static void stopServers() {
		SERVERS.values().forEach(SmtpServer::close);
	}

	@ParameterizedTest(name = "{1} at {0}, {2}")
	@MethodSource("cases")
	void isATemporaryFailureAndTheSessionGoesOn(String at, Misdeed what, Style style) {
		command = at;
		misdeed = what;
		try (TestClient client = TestClient.connect(SERVERS.get(style).port())) {
			String failure = talk(client, at);
			assertThat(failure).doesNotContain("secret").doesNotContain("\n").doesNotContain("yes");
			if (at.equals("connect")) {
				client.expectClose();
			}
			else {
				client.command("NOOP", "250 2.0.0 OK");
				client.command("QUIT", "221");
				client.expectClose();
			}
		}
	}

	/** Goes as far as the command; returns its reply. */
	private static String talk(TestClient client, String command) {
		if (command.equals("connect")) {
			return client.expect("421 4.3.0 ");
		}
		client.expect("220");
		if (command.equals("ehlo")) {
			return client.command("EHLO c", "451 4.3.0 ");
		}
		client.command("EHLO c", "250");
		switch (command) {
			case "auth" -> {
				return client.command("AUTH PLAIN AGpvaG4AZG9l", "454 4.7.0 ");
			}
			case "xfoo" -> {
				return client.command("XFOO", "451 4.3.0 ");
			}
			case "mail" -> {
				return client.command("MAIL FROM:<a@b.example>", "451 4.3.0 ");
			}
			default -> client.command("MAIL FROM:<a@b.example>", "250");
		}
		if (command.equals("rcpt")) {
			return client.command("RCPT TO:<a@example.com>", "451 4.3.0 ");
		}
		client.command("RCPT TO:<a@example.com>", "250");
		if (command.equals("data")) {
			return client.command("DATA", "451 4.3.0 ");
		}
		client.command("DATA", "354");
		return client.command("Subject: x\r\n\r\nx\r\n.", "451 4.3.0 ");
	}

	private static void add(SmtpServer.Builder builder, String name, Style style) {
		CommandHandler handler = (req, res) -> name.equals(command) ? misdeed.handle(req, res) : res.accept();
		ReactiveCommandHandler reactive = (req, res) -> name.equals(command) ? misdeed.reactive(req, res)
				: Mono.fromSupplier(res::accept);
		switch (style) {
			case BLOCKING -> builder.handler(name, "bad", (spec) -> spec.timeout(SOON), handler);
			case INLINE -> builder.handler(name, "bad", (spec) -> spec.timeout(SOON).blocking(false), handler);
			case REACTIVE -> builder.reactiveHandler(name, "bad", (spec) -> spec.timeout(SOON), reactive);
			case REACTIVE_ELSEWHERE -> builder.reactiveHandler(name, "bad", (spec) -> spec.timeout(SOON),
					(req, res) -> Mono.defer(() -> reactive.handle(req, res)).subscribeOn(Schedulers.parallel()));
		}
	}

	@Test
	void aReactiveHandlerWithoutAMonoIsAFailure() {
		SmtpServer server = new Mailroom().open()
			.reactiveHandler("noop", "bad", (spec) -> spec.timeout(SOON), (req, res) -> null)
			.build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "451 4.3.0 ");
		}
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void aSecondAnswerThatIsCaughtLeavesTheFirst(Style style) {
		AtomicReference<Throwable> second = new AtomicReference<>();
		CommandHandler handler = (req, res) -> {
			Decision first = res.reject(550, "First");
			try {
				res.accept();
			}
			catch (IllegalStateException ex) {
				second.set(ex);
			}
			return first;
		};
		try (SmtpServer server = started("noop", handler, style); TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "550 5.0.0 First");
			assertThat(second.get()).hasMessageContaining("noop/one").hasMessageContaining("already answered");
		}
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void anExceptionWithAReplyIsARejection(Style style) {
		CommandHandler handler = (req, res) -> {
			throw new SmtpReplyException(new Reply(550, "No such thing"));
		};
		try (SmtpServer server = started("mail", handler, style); TestClient client = TestClient.hello(server.port())) {
			client.command("MAIL FROM:<>", "550 5.7.1 No such thing");
			client.command("RCPT TO:<a@example.com>", "503");
		}
	}

	@Test
	void aHandlerThatMissesItsDeadlineIsInterruptedAndItsLateAnswerIsRefused() {
		CountDownLatch done = new CountDownLatch(1);
		AtomicReference<Throwable> late = new AtomicReference<>();
		SmtpServer server = new Mailroom().open().handler("noop", "slow", (spec) -> spec.timeout(SOON), (req, res) -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				try {
					return res.accept(250, "late");
				}
				catch (IllegalStateException tooLate) {
					late.set(tooLate);
				}
				finally {
					done.countDown();
				}
			}
			return res.accept();
		}).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "451 4.3.0");
			await().until(() -> done.getCount() == 0);
			assertThat(late.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("Too late");
			client.command("HELP", "214");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING", "REACTIVE" })
	void aHandlerWhoseClientLeavesIsGivenUp(Style style) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		Mailroom mailroom = new Mailroom();
		SmtpServer.Builder builder = mailroom.open();
		if (style == Style.BLOCKING) {
			builder.handler("queue", "slow", (spec) -> spec.before("mailroom"), (req, res) -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
					throw ex;
				}
				return res.accept();
			});
		}
		else {
			builder.reactiveHandler("queue", "slow", (spec) -> spec.before("mailroom"), (req, res) -> {
				running.countDown();
				return Mono.<Decision>never().doOnCancel(interrupted::countDown);
			});
		}
		SmtpServer server = builder.build();
		server.start();
		try (server) {
			TestClient client = TestClient.hello(server.port());
			client.data("a@example.com").send("x\r\n.\r\n");
			assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
			client.reset();
			assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
			await().until(() -> server.connections() == 0);
			assertThat(mailroom.letters()).isEmpty();
		}
	}

	@Test
	void aHandlerThatWaitsForALineOfAClientThatLeavesIsInterrupted() throws InterruptedException {
		CountDownLatch interrupted = new CountDownLatch(1);
		SmtpServer server = new Mailroom().open().handler("xask", "ask", (req, res) -> {
			res.write("334 well?");
			try {
				return res.accept(250, res.read());
			}
			catch (CancellationException ex) {
				interrupted.countDown();
				throw ex;
			}
		}).build();
		server.start();
		try (server) {
			TestClient client = TestClient.hello(server.port());
			client.command("XASK", "334");
			client.close();
			assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void aBlockingHandlerTalksWithAPipeliningClient() {
		SmtpServer server = new Mailroom().open().handler("xask", "ask", (req, res) -> {
			res.write("334 first?");
			String first = res.read();
			res.write("334 second?");
			return res.accept(250, first + " and " + res.read());
		}).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.send("XASK x\r\none\r\ntwo\r\nNOOP\r\n");
			assertThat(List.of(client.readLine(), client.readLine(), client.readLine(), client.readLine()))
				.containsExactly("334 first?", "334 second?", "250 2.0.0 one and two", "250 2.0.0 OK");
		}
	}

	@Test
	void aThreadOfTheHandlersThatStillReadsIsReleasedWhenTheCommandIsAnswered() throws InterruptedException {
		CountDownLatch released = new CountDownLatch(1);
		SmtpServer server = new Mailroom().open().handler("xask", "ask", (req, res) -> {
			Thread reader = new Thread(() -> {
				try {
					res.read();
				}
				catch (CancellationException ex) {
					released.countDown();
				}
			});
			reader.setDaemon(true);
			reader.start();
			await().until(() -> reader.getState() == Thread.State.WAITING);
			return res.accept();
		}).build();
		server.start();
		try (server; TestClient client = TestClient.hello(server.port())) {
			client.command("XASK", "250");
			assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
			client.command("NOOP", "250");
		}
	}

	@Test
	void readIsRefusedOnTheEventLoop() {
		AtomicReference<SmtpResponse> response = new AtomicReference<>();
		CommandHandler handler = (req, res) -> {
			response.set(res);
			assertThatIllegalStateException().isThrownBy(res::read).withMessageContaining("receive()");
			return res.accept();
		};
		try (SmtpServer server = started("noop", handler, Style.INLINE);
				TestClient client = TestClient.hello(server.port())) {
			client.command("NOOP", "250");
			assertThatIllegalStateException().isThrownBy(() -> response.get().write("late"));
		}
	}

	private static SmtpServer started(String command, CommandHandler handler, Style style) {
		SmtpServer.Builder builder = new Mailroom().open();
		switch (style) {
			case BLOCKING -> builder.handler(command, "one", handler);
			case INLINE -> builder.handler(command, "one", (spec) -> spec.blocking(false), handler);
			case REACTIVE -> builder.reactiveHandler(command, "one", (spec) -> {
			}, (req, res) -> Mono.fromCallable(() -> handler.handle(req, res)));
			case REACTIVE_ELSEWHERE -> builder.reactiveHandler(command, "one", (spec) -> {
			}, (req, res) -> Mono.fromCallable(() -> handler.handle(req, res)).subscribeOn(Schedulers.parallel()));
		}
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

}
