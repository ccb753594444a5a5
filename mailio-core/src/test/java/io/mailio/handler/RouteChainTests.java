/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.mailio.message.Content;
import io.mailio.message.StoredMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class RouteChainTests {

	private static final Consumer<HandlerSpec> DEFAULT = (spec) -> {
	};

	private static final RouteSubject SUBJECT = new RouteSubject("00", ReversePath.of(Mailbox.of("ann@example.com")),
			Mailbox.of("bob@example.net"), Parameters.of("NOTIFY=NEVER"), Instant.EPOCH, 3, false,
			() -> new StoredMessage("Subject: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII), new Nothing()));

	private record Nothing() implements Content {

		@Override
		public long size() {
			return 0;
		}

		@Override
		public InputStream openStream() {
			return InputStream.nullInputStream();
		}

		@Override
		public void release() {
		}

	}

	private final ExecutorService executor = Executors.newSingleThreadExecutor((task) -> new Thread(task, "blocking"));

	private final List<HandlerRegistration> handlers = new ArrayList<>();

	@AfterEach
	void stop() {
		this.executor.shutdownNow();
	}

	private RouteDecision ask(Executor executor, Duration timeout) {
		HandlerChain chain = HandlerChains.of(this.handlers, null, Set.of()).chain("route");
		return new RouteChain(chain, executor, timeout).ask(SUBJECT).toCompletableFuture().join();
	}

	private RouteDecision ask() {
		return ask(this.executor, Duration.ofSeconds(30));
	}

	private void add(String name, Consumer<HandlerSpec> spec, RouteHandler handler) {
		this.handlers.add(HandlerRegistration.of("route", name, spec, handler));
	}

	private void addReactive(String name, ReactiveRouteHandler handler) {
		this.handlers.add(HandlerRegistration.of("route", name, DEFAULT, handler));
	}

	private static void assertWaits(RouteDecision decision) {
		assertThat(decision).isInstanceOfSatisfying(RouteDecision.Reject.class,
				(reject) -> assertThat(reject.reply().toString()).startsWith("451 4.3.5 "));
	}

	@Test
	void theFirstThatDecidesIsTheLastToBeAsked() {
		add("a", DEFAULT, (req) -> RouteDecision.pass());
		addReactive("b", (req) -> Mono.just(RouteDecision.host("h.example", 26)));
		add("c", DEFAULT, (req) -> RouteDecision.host("never.example"));
		assertThat(ask()).isEqualTo(RouteDecision.host("h.example", 26));
	}

	@Test
	void whenNobodyDecidesTheConfigurationDoes() {
		assertThat(ask()).isEqualTo(RouteDecision.pass());
		add("a", DEFAULT, (req) -> RouteDecision.pass());
		assertThat(ask()).isEqualTo(RouteDecision.pass());
	}

	@Test
	void whoMayBlockRunsOnTheExecutorAndWhoPromisesNotToDoesNot() {
		List<String> threads = new ArrayList<>();
		add("a", DEFAULT, (req) -> {
			threads.add(Thread.currentThread().getName());
			return RouteDecision.pass();
		});
		assertThat(ask()).isEqualTo(RouteDecision.pass());
		this.handlers.clear();
		add("b", (spec) -> spec.blocking(false), (req) -> {
			threads.add(Thread.currentThread().getName());
			return RouteDecision.pass();
		});
		assertThat(ask()).isEqualTo(RouteDecision.pass());
		assertThat(threads).containsExactly("blocking", Thread.currentThread().getName());
	}

	@Test
	void knowsWhatItIsAskedAbout() {
		CompletableFuture<RouteRequest> asked = new CompletableFuture<>();
		add("mine", (spec) -> spec.config(Map.of("k", "v")), (req) -> {
			asked.complete(req);
			return RouteDecision.pass();
		});
		ask();
		RouteRequest req = asked.join();
		assertThat(req.queueId()).isEqualTo("00");
		assertThat(req.from()).hasToString("ann@example.com");
		assertThat(req.to()).hasToString("bob@example.net");
		assertThat(req.parameters().value("NOTIFY")).contains("NEVER");
		assertThat(req.queued()).isEqualTo(Instant.EPOCH);
		assertThat(req.attempts()).isEqualTo(3);
		assertThat(req.local()).isFalse();
		assertThat(req.message().headers().first("Subject")).contains("x");
		assertThat(req.config()).containsExactly(Map.entry("k", "v"));
		assertThat(req.log().getName()).isEqualTo("io.mailio.handler.route.mine");
	}

	@Test
	void whatFailsLetsTheRecipientWait() {
		for (RouteHandler failing : List.<RouteHandler>of((req) -> {
			throw new IllegalStateException("no database");
		}, (req) -> {
			throw new StackOverflowError();
		}, RouteChainTests::nothing)) {
			this.handlers.clear();
			add("failing", DEFAULT, failing);
			add("next", (spec) -> spec.after("failing"), (req) -> RouteDecision.host("never.example"));
			assertWaits(ask());
		}
		for (ReactiveRouteHandler failing : List.<ReactiveRouteHandler>of((req) -> Mono.empty(),
				(req) -> Mono.error(new IllegalStateException("no database")), (req) -> {
					throw new IllegalStateException("no database");
				}, RouteChainTests::nothing)) {
			this.handlers.clear();
			addReactive("failing", failing);
			assertWaits(ask());
		}
	}

	@SuppressWarnings("NullAway")
	private static <T> T nothing(RouteRequest req) {
		return null;
	}

	@Test
	void whoeverIsLateIsInterruptedOrCancelled() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		add("late", (spec) -> spec.timeout(Duration.ofMillis(1)), (req) -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
			return RouteDecision.pass();
		});
		assertWaits(ask());
		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
		this.handlers.clear();
		AtomicBoolean cancelled = new AtomicBoolean();
		addReactive("late", (req) -> Mono.<RouteDecision>never().doOnCancel(() -> cancelled.set(true)));
		assertWaits(ask(this.executor, Duration.ofMillis(1)));
		await().untilTrue(cancelled);
	}

	@Test
	void anExecutorThatTakesNothingLosesNothing() {
		add("a", DEFAULT, (req) -> RouteDecision.pass());
		assertWaits(ask((task) -> {
			throw new RejectedExecutionException("full");
		}, Duration.ofSeconds(30)));
	}

	@Test
	void aReplyCanBeThrown() {
		Reply reply = new Reply(550, "No route");
		add("a", DEFAULT, (req) -> {
			throw new SmtpReplyException(reply);
		});
		assertThat(ask()).isEqualTo(RouteDecision.reject(reply));
	}

	@Test
	void decisionsMakeSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> RouteDecision.reject(250, "Yes"));
		assertThatIllegalArgumentException().isThrownBy(() -> RouteDecision.host("h.example", 0));
	}

}
