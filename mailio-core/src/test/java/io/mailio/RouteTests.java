/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteHandler;
import io.mailio.handler.RouteRequest;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueuedMessage;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;
import io.mailio.relay.TlsPolicy;
import io.mailio.smtp.Mailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/** Handlers of {@code route}: one server that sends on, and two others. */
class RouteTests {

	private static final RelayOptions ONCE = new RelayOptions(20, 5, 0,
			new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4), Duration.ofDays(2)), Duration.ZERO);

	private static final RelayOptions AGAIN = new RelayOptions(20, 5, 0,
			new RetrySchedule(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofDays(2)), Duration.ZERO);

	@TempDir
	Path directory;

	private final Mailroom configured = new Mailroom();

	private final Mailroom chosen = new Mailroom();

	private SmtpServer first;

	private SmtpServer second;

	private SmtpServer server;

	@BeforeEach
	void start() {
		this.first = this.configured.open().domains("elsewhere.example").build();
		this.first.start();
		this.second = this.chosen.open().domains("elsewhere.example", "other.example").build();
		this.second.start();
	}

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
		this.first.close();
		this.second.close();
	}

	private RoutingOptions throughFirst(boolean allowPrivateTargets) {
		RoutingOptions defaults = RoutingOptions.defaults();
		return new RoutingOptions(List.of(RoutingRule.all(new SmartHost("127.0.0.1", this.first.port()))),
				this.second.port(), allowPrivateTargets, defaults.addressOrder(), defaults.maxHosts(),
				defaults.maxAddresses());
	}

	private void startServer(Consumer<SmtpServer.Builder> more, Consumer<RelaySpec> relaying) {
		SmtpServer.Builder builder = Mailroom.server()
			.authRequiresTls(false)
			.handler("auth", "anybody", (req, res) -> res.accept())
			.maildir(this.directory.resolve("mail") + "/%d/%n")
			.relay((relay) -> {
				relay.directory(this.directory.resolve("queue")).options(ONCE).routing(throughFirst(true));
				relaying.accept(relay);
			});
		more.accept(builder);
		this.server = builder.build();
		this.server.start();
	}

	private void startServer(RouteHandler handler) {
		startServer((builder) -> builder.handler("route", "mine", handler), (relay) -> {
		});
	}

	private void send(String... recipients) {
		try (TestClient client = TestClient.hello(this.server.port())) {
			client.command(SmtpRelayTests.LOGIN, "235");
			SmtpRelayTests.send(client, "user@example.com", recipients);
		}
	}

	private static List<String> recipients(Mailroom room) {
		return room.letters()
			.stream()
			.flatMap((letter) -> letter.envelope().to().stream())
			.map(Mailbox::toString)
			.toList();
	}

	private List<String> maildir(String mailbox) throws IOException {
		Path folder = this.directory.resolve("mail").resolve(mailbox).resolve("new");
		if (!Files.isDirectory(folder)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.map(RouteTests::read).toList();
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void awaitEmpty() {
		Awaitility.await().until(() -> this.server.relay().orElseThrow().queue().counts().messages() == 0);
	}

	private String awaitReply() throws IOException {
		Awaitility.await().until(() -> waiting().lastReply() != null);
		return String.valueOf(waiting().lastReply());
	}

	private QueuedMessage.Waiting waiting() throws IOException {
		return this.server.relay().orElseThrow().queue().list(QueueFilter.first(1)).get(0).waiting().get(0);
	}

	@Test
	void recipientsGoWhereHandlersSendThemAndTheOthersAsConfigured() {
		startServer((req) -> req.to().localPart().startsWith("vip")
				? RouteDecision.host("127.0.0.1", this.second.port()) : RouteDecision.pass());
		send("vip@elsewhere.example", "friend@elsewhere.example");
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("vip@elsewhere.example");
		assertThat(recipients(this.configured)).containsExactly("friend@elsewhere.example");
		assertThat(this.server.handlers()).containsEntry("route", List.of("mine", "core"));
	}

	@Test
	void aHostWithoutAPortIsThatOfMailExchangers() {
		startServer((req) -> RouteDecision.host("127.0.0.1"));
		send("friend@elsewhere.example");
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("friend@elsewhere.example");
	}

	@Test
	void reactiveHandlersDecideToo() {
		startServer((builder) -> builder.reactiveHandler("route", "mine", (spec) -> {
		}, (req) -> Mono.delay(Duration.ofMillis(1)).map((tick) -> RouteDecision.host("127.0.0.1"))), (relay) -> {
		});
		send("friend@elsewhere.example");
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("friend@elsewhere.example");
	}

	@Test
	void theMessageItselfMayDecide() {
		startServer((req) -> req.message().headers().first("Subject").equals(Optional.of("hello"))
				? RouteDecision.host("127.0.0.1") : RouteDecision.pass());
		send("friend@elsewhere.example");
		awaitEmpty();
		assertThat(this.chosen.letter().content()).contains("Subject: hello");
	}

	@Test
	void aPrivateHostThatIsChosenIsRefusedUnlessItIsConfigured() throws Exception {
		RouteHandler handler = (req) -> req.to().localPart().equals("named") ? RouteDecision.smartHost("partner")
				: RouteDecision.host("localhost", this.second.port());
		startServer((builder) -> builder.handler("route", "mine", handler), (relay) -> relay
			.routing(throughFirst(false))
			.smartHost("partner",
					new SmartHostAccess(new SmartHost("127.0.0.1", this.second.port()), TlsPolicy.NONE, false, null)));
		send("named@elsewhere.example");
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("named@elsewhere.example");
		send("friend@elsewhere.example");
		assertThat(awaitReply()).startsWith("451 4.4.4 ").contains("private");
		assertThat(this.chosen.letters()).hasSize(1);
	}

	@Test
	void mailGoesIntoAMailboxThatIsChosen() throws Exception {
		startServer((req) -> RouteDecision.local(Mailbox.of("archive@example.org")));
		send("a@elsewhere.example", "b@elsewhere.example");
		awaitEmpty();
		assertThat(maildir("example.org/archive")).singleElement()
			.asString()
			.contains("Delivered-To: archive@example.org", "Subject: hello");
		assertThat(this.configured.letters()).isEmpty();
	}

	@Test
	void aRouteThatDoesNotExistLetsTheMessageWait() throws Exception {
		startServer((req) -> switch (req.to().localPart()) {
			case "host" -> RouteDecision.smartHost("nobody");
			case "name" -> RouteDecision.host("no host");
			case "null" -> RouteDecision.host(nothing());
			case "box" -> RouteDecision.local(Mailbox.of("x@elsewhere.example"));
			default -> RouteDecision.domain("-.-");
		});
		for (String slip : List.of("host", "name", "null", "box", "domain")) {
			send(slip + "@elsewhere.example");
			assertThat(awaitReply()).as(slip).startsWith("451 4.3.5 ");
			this.server.relay().orElseThrow().queue().delete(list().get(0).id());
		}
	}

	@SuppressWarnings("NullAway")
	private static String nothing() {
		return null;
	}

	private List<QueuedMessage> list() {
		try {
			return this.server.relay().orElseThrow().queue().list(QueueFilter.first(10));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whatIsRefusedForGoodIsReturnedToItsSender() throws Exception {
		startServer((req) -> req.local() ? RouteDecision.pass()
				: RouteDecision.reject(550, "5.7.1 Nothing is sent to this country"));
		send("friend@elsewhere.example");
		Awaitility.await().until(() -> !maildir("example.com/user").isEmpty());
		assertThat(maildir("example.com/user").get(0)).contains("Final-Recipient: rfc822; friend@elsewhere.example",
				"Status: 5.7.1", "Nothing is sent to this country");
		assertThat(this.configured.letters()).isEmpty();
	}

	@Test
	void handlersAreAskedAtEachAttempt() {
		List<Integer> attempts = new CopyOnWriteArrayList<>();
		startServer((builder) -> builder.handler("route", "mine", (req) -> {
			attempts.add(req.attempts());
			return (req.attempts() < 2) ? RouteDecision.reject(450, "Not yet") : RouteDecision.pass();
		}), (relay) -> relay.options(AGAIN));
		send("friend@elsewhere.example");
		awaitEmpty();
		assertThat(attempts).containsExactly(0, 1, 2);
		assertThat(recipients(this.configured)).containsExactly("friend@elsewhere.example");
	}

	@Test
	void handlersAreAskedAgainAfterARestart() throws Exception {
		startServer((req) -> RouteDecision.reject(450, "Not yet"));
		send("friend@elsewhere.example");
		assertThat(awaitReply()).contains("Not yet");
		this.server.close();
		startServer((req) -> RouteDecision.host("127.0.0.1"));
		this.server.relay().orElseThrow().queue().retryNow(list().get(0).id());
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("friend@elsewhere.example");
	}

	@Test
	void aHandlerThatFailsOrIsLateLosesNothing() {
		AtomicInteger failures = new AtomicInteger(1);
		AtomicInteger delays = new AtomicInteger(1);
		try (LogWatch log = LogWatch.of("io.mailio.handler", Level.ERROR)) {
			startServer((builder) -> builder.handler("route", "a", (RouteRequest req) -> {
				if (failures.getAndDecrement() > 0) {
					throw new IllegalStateException("no database");
				}
				return RouteDecision.pass();
			}).handler("route", "b", (spec) -> spec.timeout(Duration.ofMillis(1)), (RouteRequest req) -> {
				if (delays.getAndDecrement() > 0) {
					new CountDownLatch(1).await();
				}
				return RouteDecision.pass();
			}), (relay) -> relay.options(AGAIN));
			send("friend@elsewhere.example");
			awaitEmpty();
			assertThat(recipients(this.configured)).containsExactly("friend@elsewhere.example");
			assertThat(String.join("\n", log.lines())).contains("route/a", "failed", "route/b",
					"did not decide in time");
		}
	}

	/** It serves the whole JVM, and whoever blocks it holds up every time-out. */
	@Test
	void noHandlerRunsOnTheTimerOfTheJvm() throws Exception {
		List<String> threads = new CopyOnWriteArrayList<>();
		startServer((builder) -> builder.reactiveHandler("route", "mine", (spec) -> spec.timeout(Duration.ofMillis(1)),
				(req) -> Mono.<RouteDecision>never().doOnCancel(() -> threads.add(Thread.currentThread().getName()))),
				(relay) -> {
				});
		send("friend@elsewhere.example");
		assertThat(awaitReply()).contains("not decided in time");
		assertThat(threads).singleElement().asString().doesNotContain("Delay");
	}

	@Test
	void whoIsBehindOneThatIsLateIsNotAskedAboutAndWaits() throws Exception {
		List<String> asked = new CopyOnWriteArrayList<>();
		startServer((builder) -> builder.handler("route", "mine", (spec) -> spec.timeout(Duration.ofMillis(1)),
				(RouteRequest req) -> {
					asked.add(req.to().localPart());
					new CountDownLatch(1).await();
					return RouteDecision.pass();
				}), (relay) -> {
				});
		send(IntStream.range(0, 100).mapToObj((number) -> "r" + number + "@elsewhere.example").toArray(String[]::new));
		assertThat(awaitReply()).startsWith("451 4.3.5 ");
		assertThat(waiting().recipients()).hasSize(100);
		assertThat(asked).hasSizeLessThanOrEqualTo(16);
	}

	@Test
	void handlersThatMayBlockRunOnTheHandlerExecutor() {
		List<String> threads = new CopyOnWriteArrayList<>();
		startServer((builder) -> builder.handlerExecutor((task) -> new Thread(task, "my-executor").start())
			.handler("route", "mine", (RouteRequest req) -> {
				threads.add(Thread.currentThread().getName());
				return RouteDecision.pass();
			}), (relay) -> {
			});
		send("friend@elsewhere.example");
		awaitEmpty();
		assertThat(threads).containsExactly("my-executor");
	}

	@Test
	void handlersComeAndGoWhileTheServerRuns() {
		startServer((builder) -> {
		}, (relay) -> {
		});
		this.server.addHandler("route", "mine", (req) -> RouteDecision.host("127.0.0.1"));
		send("first@elsewhere.example");
		awaitEmpty();
		this.server.disableHandler("route", "mine");
		send("second@elsewhere.example");
		awaitEmpty();
		assertThat(recipients(this.chosen)).containsExactly("first@elsewhere.example");
		assertThat(recipients(this.configured)).containsExactly("second@elsewhere.example");
	}

	@Test
	void clientsCannotSayRoute() {
		startServer((req) -> RouteDecision.pass());
		try (TestClient client = TestClient.hello(this.server.port())) {
			client.command("ROUTE", "500 ");
		}
	}

	@Test
	void aHostThatIsThisServerIsNotSpokenTo() throws Exception {
		InetSocketAddress[] own = new InetSocketAddress[1];
		startServer((req) -> RouteDecision.host("127.0.0.1", own[0].getPort()));
		own[0] = this.server.address();
		send("friend@elsewhere.example");
		assertThat(awaitReply()).startsWith("451 4.4.6 ");
	}

	@Test
	void aServerThatSendsNothingWarnsOfItsRouteHandlers() {
		try (LogWatch log = LogWatch.of("io.mailio", Level.WARN);
				SmtpServer receiving = Mailroom.server()
					.handler("route", "mine", (req) -> RouteDecision.pass())
					.build()) {
			receiving.start();
			assertThat(String.join("\n", log.lines())).contains("handlers of route are never asked");
		}
	}

}
