/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.session.LogIds;
import io.mailio.session.Transaction;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static io.mailio.handler.ManualHost.blocking;
import static io.mailio.handler.ManualHost.inline;
import static io.mailio.handler.ManualHost.reactive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** Whatever handlers do, a run has exactly one outcome. */
class ChainRunTests {

	private final ManualHost host = new ManualHost();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger(ChainRun.class);

	@BeforeEach
	void listen() {
		this.log.start();
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.log);
	}

	@Test
	void anEmptyChainAccepts() {
		this.host.start("noop");
		assertThat(outcome()).isEqualTo(new ChainOutcome(Decision.Kind.ACCEPT, null, "", false, List.of(), Map.of()));
	}

	@Test
	void handlersLogUnderTheNamesOfSessionAndTransaction() {
		MDC.put(LogIds.SESSION, "outer");
		try {
			this.host.state.begin(new Transaction(new Envelope(ReversePath.NULL, Parameters.NONE, List.of())));
			List<String> seen = new ArrayList<>();
			this.host.start("rcpt", inline("rcpt", "a", (req, res) -> note(seen, res.accept())),
					blocking("rcpt", "b", (req, res) -> note(seen, res.accept())),
					reactive("rcpt", "c", (req, res) -> Mono.just(note(seen, res.accept()))));
			this.host.runAll();
			assertThat(seen).containsExactly("s1 s1.0", "s1 s1.0", "s1 s1.0");
			assertThat(MDC.get(LogIds.SESSION)).isEqualTo("outer");
			assertThat(MDC.get(LogIds.TRANSACTION)).isNull();
		}
		finally {
			MDC.clear();
		}
	}

	@Test
	void theNamesAreGoneAfterAHandlerThatFails() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> {
			throw new IllegalStateException("no");
		}));
		this.host.start("rcpt", reactive("rcpt", "b", (req, res) -> {
			throw new IllegalStateException("no");
		}));
		assertThat(MDC.get(LogIds.SESSION)).isNull();
		assertThat(this.host.outcomes).hasSize(2);
	}

	/** That has nothing to say to no session, since it cannot tell. */
	private static final class Confused implements CommandHandler, Selective {

		@Override
		public boolean concerns(SmtpSession session) {
			throw new IllegalStateException("no idea");
		}

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			throw new AssertionError("is not asked");
		}

	}

	@ParameterizedTest
	@CsvSource({ "connect, 421", "auth, 454", "rcpt, 451", "queue, 451" })
	void aHandlerThatCannotTellWhomItConcernsHasFailed(String command, int code) {
		this.host.start(command, inline(command, "a", new Confused()),
				inline(command, "b", (req, res) -> res.accept()));
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(outcome().decidedBy()).isEqualTo("a");
		assertThat(outcome().reply()).extracting(Reply::code).isEqualTo(code);
		assertThat(this.log.list).singleElement()
			.satisfies((event) -> assertThat(event.getFormattedMessage()).startsWith("Handler " + command + "/a"));
	}

	@Test
	void whatAClientHasPutIntoAFailureIsEscapedInTheLog() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> {
			throw new IllegalStateException("No such user: x\r\nINFO forged");
		}));
		assertThat(this.log.list).singleElement()
			.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage())
				.isEqualTo("java.lang.IllegalStateException: No such user: x\\u{d}\\u{a}INFO forged"));
	}

	private static Decision note(List<String> seen, Decision decision) {
		seen.add(MDC.get(LogIds.SESSION) + " " + MDC.get(LogIds.TRANSACTION));
		return decision;
	}

	@Test
	void theLastReplyOfThoseWhoAcceptWins() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> res.accept(250, "first")),
				blocking("rcpt", "b", (req, res) -> res.accept(251, "second")),
				reactive("rcpt", "c", (req, res) -> Mono.just(res.accept())));
		this.host.runAll();
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.ACCEPT);
		assertThat(outcome().reply()).isEqualTo(new Reply(251, "second"));
		assertThat(outcome().taken()).isTrue();
		assertThat(this.host.openDeadlines()).isZero();
	}

	@Test
	void nobodyIsAskedAfterARejection() {
		List<String> asked = new ArrayList<>();
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> res.accept(250, "fine")),
				blocking("rcpt", "b", (req, res) -> res.reject(550, "no")), inline("rcpt", "c", (req, res) -> {
					asked.add("c");
					return res.accept();
				}));
		this.host.runAll();
		assertThat(asked).isEmpty();
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(outcome().reply()).isEqualTo(new Reply(550, "no"));
		assertThat(outcome().decidedBy()).isEqualTo("b");
	}

	@Test
	void anEndWithoutReplyForgetsTheReplyOfEarlierHandlers() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> res.accept(250, "fine")),
				inline("rcpt", "b", (req, res) -> res.end()));
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.END);
		assertThat(outcome().reply()).isNull();
	}

	@Test
	void builtInHandlersTakeNothing() {
		this.host.start("queue", HandlerRegistration.builtIn("queue", "headers", (spec) -> spec.blocking(false),
				(req, res) -> res.accept()));
		assertThat(outcome().taken()).isFalse();
	}

	static Stream<HandlerRegistration> misbehaving() {
		return each((req, res) -> null, (req, res) -> {
			throw new IllegalStateException("secret");
		}, (req, res) -> {
			throw new Exception("secret");
		}, (req, res) -> {
			throw new StackOverflowError("secret");
		}, (req, res) -> {
			res.accept();
			return res.reject(550, "secret");
		}, (req, res) -> {
			res.accept();
			return Decision.reject(550, "secret");
		}, (req, res) -> {
			res.accept();
			throw new IOException("secret");
		}, (req, res) -> res.accept(354, "secret"), (req, res) -> res.accept(550, "secret"),
				(req, res) -> res.reject(250, "secret"), (req, res) -> res.accept(250, "a\r\nb"), (req, res) -> {
					throw new SmtpReplyException(new Reply(250, "secret"));
				}, (req, res) -> {
					res.accept();
					return null;
				});
	}

	private static Stream<HandlerRegistration> each(CommandHandler... handlers) {
		return Stream.of(handlers)
			.flatMap((handler) -> Stream.of(inline("rcpt", "bad", handler), blocking("rcpt", "bad", handler),
					reactive("rcpt", "bad", (req, res) -> Mono.fromCallable(() -> handler.handle(req, res))),
					reactive("rcpt", "bad", (req, res) -> Mono.fromCallable(() -> handler.handle(req, res)).hide())));
	}

	@ParameterizedTest
	@MethodSource("misbehaving")
	void misbehaviourIsATemporaryFailure(HandlerRegistration bad) {
		this.host.start("rcpt", inline("rcpt", "good", (req, res) -> res.accept(250, "fine")), bad);
		this.host.runAll();
		this.host.passDeadline();
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
		assertThat(outcome().decidedBy()).isEqualTo("bad");
		assertThat(this.log.list).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.ERROR);
			assertThat(event.getFormattedMessage()).contains("rcpt/bad (").contains("session s1");
		});
	}

	@ParameterizedTest
	@CsvSource({ "connect, 421", "auth, 454", "data, 451", "queue, 451", "noop, 451", "xfoo, 451" })
	void theCodeOfAFailureFitsTheCommand(String command, int code) {
		this.host.start(command, inline(command, "bad", (req, res) -> null));
		assertThat(outcome().reply().code()).isEqualTo(code);
	}

	@Test
	void anExceptionWithAReplyIsARejection() {
		Reply reply = new Reply(552, "full");
		CommandHandler handler = (req, res) -> {
			throw new SmtpReplyException(reply);
		};
		this.host.start("rcpt", inline("rcpt", "a", handler));
		this.host.start("rcpt", blocking("rcpt", "a", handler));
		this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> Mono.error(new SmtpReplyException(reply))));
		this.host.runAll();
		assertThat(this.host.outcomes).hasSize(3).extracting(ChainOutcome::reply).containsOnly(reply);
		assertThat(this.log.list).isEmpty();
	}

	@Test
	void theFirstAnswerStandsIfTheSecondIsCaught() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> {
			Decision first = res.reject(550, "first");
			assertThat(res.answer()).contains(first);
			assertThatIllegalStateException().isThrownBy(res::accept).withMessageContaining("rcpt/a");
			return first;
		}));
		assertThat(outcome().reply()).isEqualTo(new Reply(550, "first"));
		assertThat(this.log.list).isEmpty();
	}

	@Test
	void a354IsForDataOnly() {
		this.host.start("data", inline("data", "a", (req, res) -> res.accept(354, "go on")));
		this.host.start("data", inline("data", "a", (req, res) -> res.accept(250, "wrong")));
		assertThat(this.host.outcomes).extracting(ChainOutcome::reply)
			.containsExactly(new Reply(354, "go on"), Replies.LOCAL_ERROR);
	}

	@Test
	void aHandlerThatDoesNotAnswerInTimeIsInterruptedAndTooLate() {
		AtomicReference<SmtpResponse> late = new AtomicReference<>();
		this.host.start("rcpt", reactive("rcpt", "slow", (req, res) -> {
			late.set(res);
			return Mono.never();
		}));
		assertThat(this.host.outcomes).isEmpty();
		assertThat(this.host.deadlines).singleElement()
			.satisfies((deadline) -> assertThat(deadline.delay).isEqualTo(Duration.ofSeconds(30)));
		this.host.passDeadline();
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
		assertThatIllegalStateException().isThrownBy(() -> late.get().accept()).withMessageContaining("rcpt/slow");
		assertThatIllegalStateException().isThrownBy(() -> late.get().write("250-late"));
		assertThatIllegalStateException().isThrownBy(() -> late.get().set("late"));
		this.host.runAll();
		assertThat(this.host.outcomes).hasSize(1);
		assertThat(this.host.written).isEmpty();
	}

	@Test
	void aHandlerMayHaveADeadlineOfItsOwn() {
		this.host.start("rcpt", HandlerRegistration.of("rcpt", "slow", (spec) -> spec.timeout(Duration.ofSeconds(2)),
				(ReactiveCommandHandler) (req, res) -> Mono.never()));
		assertThat(this.host.deadlines).extracting((deadline) -> deadline.delay).containsExactly(Duration.ofSeconds(2));
	}

	@Test
	void aBlockingHandlerThatHasNotBegunAtItsDeadlineNeverBegins() {
		List<String> asked = new ArrayList<>();
		this.host.start("rcpt", blocking("rcpt", "a", (req, res) -> {
			asked.add("a");
			return res.accept();
		}));
		this.host.passDeadline();
		this.host.runAll();
		assertThat(asked).isEmpty();
		assertThat(this.host.outcomes).hasSize(1);
	}

	@Test
	void anAnswerThatCrossesTheDeadlineIsDropped() {
		this.host.start("rcpt", blocking("rcpt", "a", (req, res) -> res.accept()),
				inline("rcpt", "b", (req, res) -> res.accept(250, "never asked")));
		this.host.runHandlers();
		this.host.passDeadline();
		this.host.runAll();
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
	}

	@Test
	void aLateAnswerDoesNotMoveTheChainOn() {
		Sinks.One<Decision> first = Sinks.one();
		this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> first.asMono()),
				reactive("rcpt", "b", (req, res) -> Mono.never()));
		first.tryEmitValue(Decision.accept());
		this.host.runAll();
		first.tryEmitValue(Decision.reject(550, "late"));
		this.host.runAll();
		assertThat(this.host.outcomes).isEmpty();
		assertThat(this.host.openDeadlines()).isEqualTo(1);
		this.host.passDeadline();
		assertThat(outcome().decidedBy()).isEqualTo("b");
	}

	@Test
	void aHandlerIsInterruptedWhenTheClientLeaves() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		CountDownLatch entered = new CountDownLatch(1);
		ChainRun run = this.host.run("rcpt", Subject.NONE, blocking("rcpt", "a", (req, res) -> {
			entered.countDown();
			try {
				Thread.currentThread().join();
			}
			catch (InterruptedException ex) {
				thrown.set(ex);
				throw ex;
			}
			return res.accept();
		}));
		run.start();
		Thread handlers = new Thread(this.host.executorTasks::runAll);
		handlers.start();
		entered.await();
		run.cancel();
		handlers.join(10_000);
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
		this.host.loopTasks.runAll();
		this.host.passDeadline();
		assertThat(this.host.outcomes).isEmpty();
	}

	@Test
	void aMonoIsCancelledAtItsDeadlineAndWhenTheClientLeaves() {
		List<String> cancelled = new ArrayList<>();
		ReactiveCommandHandler never = (req, res) -> Mono.<Decision>never()
			.doOnCancel(() -> cancelled.add(req.command().name()));
		this.host.start("rcpt", reactive("rcpt", "a", never));
		this.host.passDeadline();
		this.host.start("mail", reactive("mail", "a", never)).cancel();
		assertThat(cancelled).containsExactly("rcpt", "mail");
		assertThat(this.host.outcomes).hasSize(1);
	}

	@Test
	void aCancellationThatFailsDoesNotSwallowTheOutcome() {
		Mono<Decision> stubborn = Mono.fromDirect((subscriber) -> subscriber.onSubscribe(new Subscription() {
			@Override
			public void request(long n) {
			}

			@Override
			public void cancel() {
				throw new IllegalStateException("cannot be cancelled");
			}
		}));
		this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> stubborn));
		this.host.passDeadline();
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
	}

	@Test
	void aMonoMayEndAtOnceOrLaterAndOnAnyThread() {
		Sinks.One<Decision> later = Sinks.one();
		Sinks.One<Decision> elsewhere = Sinks.one();
		this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> Mono.just(res.accept())),
				reactive("rcpt", "b", (req, res) -> later.asMono()),
				reactive("rcpt", "c", (req, res) -> elsewhere.asMono()));
		assertThat(this.host.deadlines).hasSize(1);
		later.tryEmitValue(Decision.accept());
		this.host.runAll();
		this.host.offLoop(() -> elsewhere.tryEmitValue(Decision.accept(250, "from elsewhere")));
		assertThat(this.host.outcomes).isEmpty();
		this.host.runAll();
		assertThat(outcome().reply()).isEqualTo(new Reply(250, "from elsewhere"));
		assertThat(this.host.openDeadlines()).isZero();
	}

	@Test
	void anEmptyMonoAndANullMonoAreFailures() {
		this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> Mono.empty()));
		this.host.start("rcpt", reactive("rcpt", "b", (req, res) -> null));
		Sinks.Empty<Decision> later = Sinks.empty();
		this.host.start("rcpt", reactive("rcpt", "c", (req, res) -> later.asMono()));
		later.tryEmitEmpty();
		this.host.runAll();
		assertThat(this.host.outcomes).hasSize(3).extracting(ChainOutcome::reply).containsOnly(Replies.LOCAL_ERROR);
	}

	@Test
	void inlineHandlersNeverLeaveTheLoopNorStartAClock() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> res.accept()),
				inline("rcpt", "b", (req, res) -> res.accept()));
		assertThat(this.host.outcomes).hasSize(1);
		assertThat(this.host.loopTasks.isEmpty()).isTrue();
		assertThat(this.host.executorTasks.isEmpty()).isTrue();
		assertThat(this.host.deadlines).isEmpty();
	}

	@Test
	void aFullExecutorIsATemporaryFailure() {
		this.host.executorTasks.closed = true;
		this.host.start("rcpt", blocking("rcpt", "a", (req, res) -> res.accept()));
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
	}

	@Test
	void aStoppedLoopIsNoError() {
		this.host.start("rcpt", blocking("rcpt", "a", (req, res) -> res.accept()));
		this.host.loopTasks.closed = true;
		this.host.runHandlers();
		assertThat(this.host.outcomes).isEmpty();
		assertThat(this.log.list).noneMatch((event) -> event.getLevel().isGreaterOrEqual(Level.WARN));
	}

	@Test
	void aRunThatIsCancelledFromWithinAHandlerHasNoOutcome() {
		AtomicReference<ChainRun> run = new AtomicReference<>();
		List<String> asked = new ArrayList<>();
		run.set(this.host.run("rcpt", Subject.NONE, inline("rcpt", "a", (req, res) -> {
			run.get().cancel();
			return res.accept();
		}), inline("rcpt", "b", (req, res) -> {
			asked.add("b");
			return res.accept();
		})));
		run.get().start();
		run.get().cancel();
		assertThat(asked).isEmpty();
		assertThat(this.host.outcomes).isEmpty();
	}

	@Test
	void whatTheEngineThrowsIsNotTheHandlersFault() {
		List<ChainOutcome> outcomes = new ArrayList<>();
		this.host.listener = (outcome) -> {
			outcomes.add(outcome);
			throw new IllegalStateException("engine");
		};
		assertThatIllegalStateException()
			.isThrownBy(() -> this.host.start("rcpt", inline("rcpt", "a", (req, res) -> res.reject(550, "no"))))
			.withMessage("engine");
		assertThatIllegalStateException().isThrownBy(
				() -> this.host.start("rcpt", reactive("rcpt", "a", (req, res) -> Mono.just(res.reject(550, "no")))))
			.withMessage("engine");
		assertThat(outcomes).hasSize(2);
		assertThat(this.log.list).isEmpty();
	}

	@Test
	void stagedDeliveriesGoToTheOutcome() {
		Shelf one = new Shelf();
		Shelf other = new Shelf();
		this.host.start("queue", inline("queue", "a", staging(one)), blocking("queue", "b", staging(other)));
		this.host.runAll();
		assertThat(outcome().deliveries()).containsExactly(one, other);
		assertThat(one.rolledBack + other.rolledBack).isZero();
	}

	@Test
	void stagedDeliveriesAreRolledBackUnlessEverybodyAccepts() {
		Shelf one = new Shelf();
		one.stubborn = true;
		Shelf other = new Shelf();
		this.host.start("queue", inline("queue", "a", staging(one)), inline("queue", "b", staging(other)),
				inline("queue", "c", (req, res) -> res.reject(550, "no")));
		assertThat(outcome().deliveries()).isEmpty();
		this.host.runAll();
		assertThat(one.rolledBack).isEqualTo(1);
		assertThat(other.rolledBack).isEqualTo(1);
	}

	@Test
	void stagedDeliveriesAreRolledBackWhenTheClientLeavesOrTheDeadlinePasses() {
		Shelf left = new Shelf();
		this.host
			.start("queue", inline("queue", "a", staging(left)), reactive("queue", "b", (req, res) -> Mono.never()))
			.cancel();
		Shelf late = new Shelf();
		this.host.start("queue", inline("queue", "a", staging(late)),
				reactive("queue", "b", (req, res) -> Mono.never()));
		this.host.passDeadline();
		this.host.runAll();
		assertThat(left.rolledBack).isEqualTo(1);
		assertThat(late.rolledBack).isEqualTo(1);
	}

	@Test
	void stagedDeliveriesAreRolledBackEvenIfTheExecutorIsFull() {
		Shelf shelf = new Shelf();
		this.host.executorTasks.closed = true;
		this.host.start("queue", inline("queue", "a", staging(shelf)),
				inline("queue", "b", (req, res) -> res.reject(550, "no")));
		assertThat(shelf.rolledBack).isEqualTo(1);
	}

	@Test
	void aDeliveryThatComesTooLateIsRolledBackAtOnce() {
		AtomicReference<SmtpResponse> response = new AtomicReference<>();
		ChainRun run = this.host.start("queue", reactive("queue", "a", (req, res) -> {
			response.set(res);
			return Mono.never();
		}));
		run.cancel();
		Shelf late = new Shelf();
		assertThatIllegalStateException().isThrownBy(() -> response.get().stage(late)).withMessageContaining("queue/a");
		assertThat(late.rolledBack).isEqualTo(1);
	}

	@Test
	void onlyQueueHandlersStageDeliveries() {
		Shelf shelf = new Shelf();
		this.host.start("rcpt", inline("rcpt", "a", staging(shelf)));
		assertThat(outcome().reply()).isEqualTo(Replies.LOCAL_ERROR);
		assertThat(shelf.rolledBack).isEqualTo(1);
	}

	/** Stages race with the end of the run: each delivery ends in exactly one place. */
	@Test
	void noDeliveryIsForgottenInARace() throws Exception {
		for (int round = 0; round < 300; round++) {
			ManualHost host = new ManualHost();
			AtomicReference<SmtpResponse> response = new AtomicReference<>();
			ChainRun run = host.start("queue", reactive("queue", "a", (req, res) -> {
				response.set(res);
				return Mono.never();
			}));
			List<Shelf> shelves = new ArrayList<>();
			Thread stager = new Thread(() -> {
				try {
					while (shelves.size() < 1000) {
						Shelf shelf = new Shelf();
						shelves.add(shelf);
						response.get().stage(shelf);
					}
				}
				catch (IllegalStateException ex) {
					// Too late: what this test is about.
				}
			});
			stager.start();
			run.cancel();
			stager.join();
			host.runAll();
			assertThat(shelves).allSatisfy((shelf) -> assertThat(shelf.rolledBack).isEqualTo(1));
		}
	}

	@Test
	void aDialogueGoesThroughTheLoop() {
		AtomicReference<String> heard = new AtomicReference<>();
		this.host.start("xfoo", reactive("xfoo", "a", (req, res) -> {
			res.write("334 more");
			return res.receive().doOnNext(heard::set).map((line) -> res.accept(250, "heard"));
		}));
		assertThat(this.host.written).containsExactly("334 more");
		this.host.asked.get(0).complete("hello");
		this.host.runAll();
		assertThat(heard).hasValue("hello");
		assertThat(outcome().reply()).isEqualTo(new Reply(250, "heard"));
	}

	@Test
	void aLineWrittenElsewhereGoesOutBeforeTheAnswer() {
		this.host.listener = (outcome) -> this.host.written.add("outcome");
		this.host.start("xfoo", blocking("xfoo", "a", (req, res) -> {
			res.write("250-one");
			return res.accept();
		}));
		this.host.runHandlers();
		assertThat(this.host.written).isEmpty();
		this.host.runAll();
		assertThat(this.host.written).containsExactly("250-one", "outcome");
	}

	@Test
	void aLineWithControlCharactersIsNotWritten() {
		this.host.start("xfoo", inline("xfoo", "a", (req, res) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> res.write("250 a\r\n250 b"));
			return res.accept();
		}));
		assertThat(this.host.written).isEmpty();
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.ACCEPT);
	}

	@Test
	void readWouldBlockTheLoop() {
		this.host.start("xfoo", inline("xfoo", "a", (req, res) -> {
			assertThatIllegalStateException().isThrownBy(res::read).withMessageContaining("receive()");
			return res.accept();
		}));
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.ACCEPT);
	}

	@Test
	void readIsInterruptedWhenNoLineComes() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		ChainRun run = this.host.start("xfoo", blocking("xfoo", "a", (req, res) -> {
			try {
				res.read();
			}
			catch (Throwable ex) {
				thrown.set(ex);
			}
			return res.accept();
		}));
		this.host.inLoop = false;
		Thread handler = new Thread(this.host.executorTasks::runAll);
		handler.start();
		await().until(() -> !this.host.loopTasks.isEmpty());
		this.host.inLoop = true;
		this.host.loopTasks.runAll();
		this.host.asked.get(0).cancel(false);
		handler.join(10_000);
		assertThat(thrown.get()).isInstanceOf(CancellationException.class);
		run.cancel();
	}

	@Test
	void aRefusedLineAnswersTheCommandThatWaitsForIt() throws Exception {
		this.host.start("xfoo", blocking("xfoo", "a", (req, res) -> res.accept(250, res.read())));
		this.host.inLoop = false;
		Thread handler = new Thread(this.host.executorTasks::runAll);
		handler.start();
		await().until(() -> !this.host.loopTasks.isEmpty());
		this.host.inLoop = true;
		this.host.loopTasks.runAll();
		this.host.asked.get(0).completeExceptionally(new SmtpReplyException(Replies.LINE_TOO_LONG));
		handler.join(10_000);
		this.host.runAll();
		this.host.start("xfoo", reactive("xfoo", "b", (req, res) -> res.receive().map((line) -> res.accept())));
		this.host.asked.get(1).completeExceptionally(new SmtpReplyException(Replies.LINE_TOO_LONG));
		this.host.runAll();
		assertThat(this.host.outcomes).extracting(ChainOutcome::reply)
			.containsExactly(Replies.LINE_TOO_LONG, Replies.LINE_TOO_LONG);
		assertThat(this.log.list).isEmpty();
	}

	@Test
	void receiveFailsWhenNoLineComes() {
		this.host.start("xfoo",
				reactive("xfoo", "a", (req, res) -> res.receive()
					.map((line) -> res.accept())
					.onErrorResume(CancellationException.class, (ex) -> Mono.just(res.reject(450, "no line")))));
		this.host.asked.get(0).cancel(false);
		this.host.runAll();
		assertThat(outcome().reply()).isEqualTo(new Reply(450, "no line"));
	}

	@Test
	void aLineThatNobodyWaitsForAnyMoreIsGivenUp() {
		ChainRun run = this.host.start("xfoo",
				reactive("xfoo", "a", (req, res) -> res.receive().map((line) -> res.accept())));
		assertThat(this.host.asked).singleElement().satisfies((line) -> assertThat(line).isNotDone());
		run.cancel();
		this.host.runAll();
		assertThat(this.host.asked.get(0)).isCancelled();
	}

	@Test
	void aStoppedLoopEndsTheDialogue() {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		this.host.start("xfoo", blocking("xfoo", "a", (req, res) -> {
			this.host.loopTasks.closed = true;
			res.write("250-lost");
			try {
				res.read();
			}
			catch (CancellationException ex) {
				thrown.set(ex);
			}
			return res.accept();
		}));
		this.host.runHandlers();
		assertThat(thrown.get()).isInstanceOf(CancellationException.class);
	}

	@Test
	void aRequestKnowsWhatItsCommandIsAbout() {
		Mailbox mailbox = Mailbox.of("a@b");
		List<Object> seen = new ArrayList<>();
		this.host.run("rcpt", Subject.recipient(mailbox, Parameters.NONE), inline("rcpt", "a", (req, res) -> {
			seen.addAll(List.of(req.command().name(), req.to(), req.parameters()));
			assertThatIllegalStateException().isThrownBy(req::from).withMessageContaining("mail, rcpt, data and queue");
			assertThatIllegalStateException().isThrownBy(req::message).withMessageContaining("queue");
			assertThatIllegalStateException().isThrownBy(req::user);
			return res.accept();
		})).start();
		this.host.run("mail", Subject.sender(ReversePath.NULL, Parameters.NONE), inline("mail", "a", (req, res) -> {
			seen.add(req.from());
			assertThatIllegalStateException().isThrownBy(req::to).withMessageContaining("rcpt");
			return res.accept();
		})).start();
		this.host.run("auth", Subject.login(User.withPassword("u", "p")), inline("auth", "a", (req, res) -> {
			seen.add(req.user().password());
			assertThatIllegalStateException().isThrownBy(req::parameters);
			return res.accept();
		})).start();
		assertThat(seen).containsExactly("rcpt", mailbox, Parameters.NONE, ReversePath.NULL, "p");
		assertThat(this.host.outcomes).extracting(ChainOutcome::kind).containsOnly(Decision.Kind.ACCEPT);
	}

	@Test
	void valuesAreKeptUnderTheHandlersName() {
		this.host.start("rcpt", inline("rcpt", "a", (req, res) -> {
			res.set(42);
			return res.accept();
		}), inline("rcpt", "b", (req, res) -> {
			assertThat(res.get("rcpt/a", Integer.class)).contains(42);
			assertThat(res.get("rcpt/b", Integer.class)).isEmpty();
			assertThat(res.get("rcpt")).containsEntry("a", 42);
			assertThatIllegalArgumentException().isThrownBy(() -> res.get("a", Integer.class));
			return res.accept();
		}));
		assertThat(outcome().kind()).isEqualTo(Decision.Kind.ACCEPT);
	}

	private ChainOutcome outcome() {
		assertThat(this.host.outcomes).hasSize(1);
		return this.host.outcomes.get(0);
	}

	private static CommandHandler staging(Delivery delivery) {
		return (req, res) -> {
			res.stage(delivery);
			return res.accept();
		};
	}

	private static final class Shelf implements Delivery {

		private volatile int rolledBack;

		private boolean stubborn;

		@Override
		public Collection<Mailbox> recipients() {
			return List.of();
		}

		@Override
		public void commit() {
		}

		@Override
		public void rollback() {
			this.rolledBack++;
			if (this.stubborn) {
				throw new IllegalStateException("cannot be rolled back");
			}
		}

	}

}
