/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.queue.Claim;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageState;
import io.mailio.queue.Messages;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What two nodes with one database make of it. Time stands still unless a test moves it,
 * and nothing happens by itself.
 */
@Timeout(300)
abstract class JdbcQueueNodes {

	private static final Duration LEASE = Duration.ofMinutes(1);

	private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	private final TestDatabase database;

	private final AtomicBoolean away = new AtomicBoolean();

	private final Logger logger = (Logger) LoggerFactory.getLogger(JdbcQueue.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final AtomicBoolean broken = new AtomicBoolean();

	private final AtomicInteger errors = new AtomicInteger();

	private volatile CountDownLatch gate = new CountDownLatch(0);

	private Instant now = START;

	private JdbcQueue one;

	private JdbcQueue other;

	JdbcQueueNodes(TestDatabase database) {
		this.database = database;
	}

	@BeforeEach
	void open() throws IOException {
		this.log.start();
		this.logger.addAppender(this.log);
		this.database.timeIs(this.now);
		this.one = this.database.open(losing(this.database.dataSource()), "one", LEASE, () -> this.now);
		this.other = this.database.open("other", LEASE, () -> this.now);
	}

	@AfterEach
	void close() {
		this.away.set(false);
		this.broken.set(false);
		this.gate.countDown();
		this.logger.detachAppender(this.log);
		this.one.close();
		this.other.close();
		this.database.clear();
	}

	/** Makes no connections while it is away. */
	private DataSource losing(DataSource dataSource) {
		return new DelegatingDataSource(dataSource) {
			@Override
			public Connection getConnection() throws SQLException {
				if (JdbcQueueNodes.this.away.get()) {
					throw new SQLTransientConnectionException("Nobody is there");
				}
				awaitGate();
				Connection connection = super.getConnection();
				return JdbcQueueNodes.this.broken.get() ? broken(connection) : connection;
			}
		};
	}

	/** The threads of the queue wait for a connection while it is closed. */
	private void awaitGate() throws SQLException {
		try {
			if (Thread.currentThread().getName().startsWith("mailio-queue-")) {
				this.gate.await();
			}
		}
		catch (InterruptedException ex) {
			throw new SQLException(ex);
		}
	}

	/** In which nothing works. */
	private Connection broken(Connection connection) {
		return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
				(proxy, method, arguments) -> {
					if (Set.of("createStatement", "prepareStatement").contains(method.getName())) {
						this.errors.incrementAndGet();
						throw new StackOverflowError("Broken for a test");
					}
					return method.invoke(connection, arguments);
				});
	}

	/** What the queue says from now on. */
	private ListAppender<ILoggingEvent> log() {
		this.log.list.clear();
		return this.log;
	}

	private void pass(Duration time) {
		this.now = this.now.plus(time);
		this.database.timeIs(this.now);
	}

	private static QueueId keep(MessageQueue queue, String content, String... recipients) {
		return queue.enqueue(Messages.message(content, recipients)).toCompletableFuture().join();
	}

	private static Claim claim(MessageQueue queue) throws IOException {
		return queue.claim("example.com").orElseThrow();
	}

	private void settle(MessageQueue queue, Claim claim, Outcome.Kind kind) {
		queue.settle(claim, Messages.all(claim, kind), this.now.plusSeconds(60)).toCompletableFuture().join();
	}

	private MessageState state(QueueId id) throws IOException {
		return this.other.find(id).orElseThrow().waiting().get(0).state();
	}

	@Test
	void oneHearsOfWhatAnotherHasQueuedWhenItLooks() throws IOException {
		AtomicInteger calls = new AtomicInteger();
		this.other.onReady(calls::incrementAndGet);
		assertThat(this.other.nextReady()).isEmpty();
		keep(this.one, "x", "a@example.com");
		assertThat(this.other.ready()).isEmpty();
		this.other.poll();
		assertThat(calls).hasValue(1);
		assertThat(this.other.ready()).containsExactly("example.com");
		settle(this.other, claim(this.other), Outcome.Kind.DEFERRED);
		assertThat(this.other.claim("example.com")).isEmpty();
		assertThat(this.one.ready()).as("told of what was there").containsExactly("example.com");
		assertThat(this.one.claim("example.com")).isEmpty();
		this.one.poll();
		assertThat(this.one.ready()).isEmpty();
		pass(Duration.ofMinutes(2));
		this.one.poll();
		assertThat(this.one.ready()).containsExactly("example.com");
	}

	@Test
	void whatALongTransactionHasInsertedIsFoundLater() {
		pass(Duration.ofHours(1));
		this.other.poll();
		this.database.timeIs(START);
		keep(this.one, "x", "a@example.com");
		this.database.timeIs(this.now);
		this.other.poll();
		assertThat(this.other.ready()).isEmpty();
		this.other.sweep();
		assertThat(this.other.ready()).containsExactly("example.com");
	}

	@Test
	void whatIsInFlightHereIsClaimedNowhereElse() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		assertThat(this.other.claim("example.com")).isEmpty();
		assertThat(state(id)).isEqualTo(MessageState.IN_FLIGHT);
		for (int i = 0; i < 10; i++) {
			pass(LEASE.dividedBy(2));
			this.one.renew();
			this.other.poll();
			assertThat(this.other.claim("example.com")).isEmpty();
		}
		this.one.giveBack(claim);
		assertThat(claim(this.other).attempts()).isZero();
	}

	@Test
	void whatANodeHadThatHasDiedIsClaimedByAnother() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		claim(this.one);
		pass(LEASE.minusMillis(1));
		this.other.poll();
		assertThat(this.other.ready()).isEmpty();
		pass(Duration.ofMillis(1));
		assertThat(state(id)).isEqualTo(MessageState.READY);
		this.other.poll();
		assertThat(this.other.ready()).containsExactly("example.com");
		assertThat(Messages.content(claim(this.other))).isEqualTo("x");
		this.one.renew();
		assertThat(this.one.claim("example.com")).isEmpty();
	}

	@Test
	void whatAllNodesHadIsFoundByTheNextOne() throws IOException {
		keep(this.one, "x", "a@example.com");
		claim(this.one);
		pass(Duration.ofDays(1));
		try (JdbcQueue next = this.database.open("next", LEASE, () -> this.now)) {
			assertThat(next.ready()).containsExactly("example.com");
			assertThat(next.claim("example.com")).isPresent();
		}
	}

	@Test
	void whoeverHasLostALeaseChangesNothing() throws IOException {
		for (Outcome.Kind kind : Outcome.Kind.values()) {
			QueueId id = keep(this.one, "x", "a@example.com", "b@example.com");
			Claim lost = claim(this.one);
			pass(LEASE);
			Claim valid = claim(this.other);
			settle(this.one, lost, kind);
			assertThat(state(id)).as("%s", kind).isEqualTo(MessageState.IN_FLIGHT);
			assertThat(this.other.find(id).orElseThrow().waiting().get(0).recipients()).hasSize(2);
			settle(this.other, valid, Outcome.Kind.DELIVERED);
			assertThat(this.other.find(id)).isEmpty();
		}
	}

	@Test
	void whatWasDeliveredElsewhereDoesNotComeBack() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		Claim lost = claim(this.one);
		pass(LEASE);
		settle(this.other, claim(this.other), Outcome.Kind.DELIVERED);
		this.one.giveBack(lost);
		assertThat(this.one.find(id)).isEmpty();
		assertThat(this.one.claim("example.com")).isEmpty();
	}

	@Test
	void aLeaseThatNobodyElseWantedIsStillGood() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		pass(Duration.ofDays(1));
		settle(this.one, claim, Outcome.Kind.DELIVERED);
		assertThat(this.one.find(id)).isEmpty();
	}

	@Test
	void whatIsInFlightHereIsNotClaimedHereAgainHoweverLateItIs() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		QueueId second = keep(this.one, "y", "a@example.com");
		pass(LEASE.multipliedBy(2));
		Claim free = claim(this.one);
		assertThat(free.id()).as("what is not in flight").isEqualTo(second);
		assertThat(this.one.claim("example.com")).isEmpty();
		assertThat(this.other.claim("example.com")).as("the lease goes on").isEmpty();
		pass(LEASE.multipliedBy(2));
		this.one.poll();
		assertThat(this.one.ready()).isEmpty();
		assertThat(this.one.claim("example.com")).isEmpty();
		assertThat(this.other.claim("example.com")).as("renewed before anybody looks").isEmpty();
		settle(this.one, claim, Outcome.Kind.DELIVERED);
		settle(this.one, free, Outcome.Kind.DELIVERED);
		assertThat(this.one.find(id)).isEmpty();
		assertThat(this.one.counts().messages()).isZero();
	}

	@Test
	void whatWasDeliveredWhileTheDatabaseWasAwayIsNotClaimedAgain() throws IOException {
		keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		this.away.set(true);
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> settle(this.one, claim, Outcome.Kind.DELIVERED));
		this.one.poll();
		pass(LEASE.multipliedBy(2));
		this.away.set(false);
		assertThat(this.one.claim("example.com")).isEmpty();
		this.one.poll();
		assertThat(this.one.ready()).isEmpty();
		assertThat(this.one.counts().messages()).as("written before anybody is told").isZero();
	}

	@Test
	void aNodeThatStandsStillWhileItLooksAtTheClockStopsNobody() throws Exception {
		keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		try (Connection still = locked("SELECT seen FROM mailio_clock FOR UPDATE")) {
			pass(LEASE.minusSeconds(1));
			this.one.renew();
			pass(LEASE.minusSeconds(1));
			assertThat(this.other.claim("example.com")).isEmpty();
			settle(this.one, claim, Outcome.Kind.DELIVERED);
			still.rollback();
		}
		assertThat(this.one.counts().messages()).isZero();
	}

	@Test
	void leasesAreRenewedWhileResultsWaitForAConnection() throws IOException {
		keep(this.one, "x", "a@example.com");
		keep(this.one, "y", "a@example.com");
		Claim claim = claim(this.one);
		claim(this.one);
		this.gate = new CountDownLatch(1);
		CompletionStage<Void> settled = this.one.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null);
		pass(LEASE.minusSeconds(1));
		this.one.renew();
		pass(LEASE.minusSeconds(1));
		assertThat(this.other.claim("example.com")).isEmpty();
		this.gate.countDown();
		settled.toCompletableFuture().join();
		assertThat(this.other.counts().messages()).isEqualTo(1);
	}

	@Test
	void whoeverLooksAfterAMessageDoesNotDisturbTheRenewalOfItsLeases() throws Exception {
		String[] recipients = IntStream.range(0, 60)
			.mapToObj((i) -> "a@" + ((i % 2 == 0) ? "D" : "d") + (99 - i) + ".example")
			.toArray(String[]::new);
		QueueId id = keep(this.one, "x", recipients);
		for (String destination : this.one.ready()) {
			assertThat(this.one.claim(destination)).isPresent();
		}
		ListAppender<ILoggingEvent> log = log();
		CompletableFuture<Void> renewing = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 50; i++) {
				this.one.renew();
			}
		});
		for (int i = 0; i < 50; i++) {
			assertThat(this.other.hold(id)).isTrue();
			assertThat(this.other.release(id)).isTrue();
		}
		renewing.join();
		assertThat(log.list).isEmpty();
		assertThat(this.one.counts().destinations().values()).allMatch(Map.of(MessageState.IN_FLIGHT, 1)::equals);
		this.other.delete(id);
	}

	@Test
	void aMessageThatSomebodyHasLockedKeepsOnlyItselfWaiting() throws Exception {
		keep(this.one, "x", "a@example.com");
		keep(this.one, "y", "a@example.com");
		Claim first = claim(this.one);
		Claim second = claim(this.one);
		try (Connection still = locked(
				"SELECT due FROM mailio_delivery WHERE message_id = " + first.id().value() + " FOR UPDATE")) {
			pass(LEASE.minusSeconds(1));
			this.one.renew();
			pass(LEASE.minusSeconds(1));
			assertThat(this.other.claim("example.com")).as("locked, or renewed").isEmpty();
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> settle(this.one, first, Outcome.Kind.DELIVERED));
			settle(this.one, second, Outcome.Kind.DELIVERED);
			still.rollback();
		}
		this.one.poll();
		assertThat(this.one.counts().messages()).isZero();
	}

	private Connection locked(String statement) throws SQLException {
		Connection connection = this.database.dataSource().getConnection();
		connection.setAutoCommit(false);
		connection.createStatement().executeQuery(statement).next();
		return connection;
	}

	@Test
	void doesNotAskAgainAtOnceForWhatAnotherNodeIsAboutToClaim() throws Exception {
		keep(this.one, "x", "a@example.com");
		assertThat(this.one.ready()).containsExactly("example.com");
		try (Connection claiming = locked("SELECT due FROM mailio_delivery FOR UPDATE")) {
			assertThat(this.one.claim("example.com")).isEmpty();
			assertThat(this.one.ready()).isEmpty();
			assertThat(this.one.nextReady()).as("the poll interval").hasValue(Duration.ofDays(1));
			claiming.rollback();
		}
		pass(Duration.ofDays(1));
		assertThat(this.one.ready()).containsExactly("example.com");
		assertThat(this.one.claim("example.com")).isPresent();
	}

	@Test
	void aNodeThatIsClosedGivesItsClaimsBackAtOnce() throws IOException {
		keep(this.one, "x", "a@example.com");
		Claim claim = claim(this.one);
		this.one.close();
		assertThat(Messages.content(claim(this.other))).isEqualTo("x");
		assertThat(this.one.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null)).isNotNull()
			.satisfies((stage) -> assertThat(stage.toCompletableFuture()).isCompletedExceptionally());
		assertThat(this.one.enqueue(Messages.message("y", "a@example.com")).toCompletableFuture())
			.isCompletedExceptionally();
	}

	@Test
	void suspendsADestinationEverywhere() throws IOException {
		keep(this.one, "x", "a@example.com");
		this.other.poll();
		this.one.suspend("example.com");
		this.one.suspend("example.com");
		assertThat(this.other.ready()).as("not heard of yet").containsExactly("example.com");
		assertThat(this.other.claim("example.com")).isEmpty();
		assertThat(this.other.suspended()).as("heard of now").containsExactly("example.com");
		assertThat(this.other.ready()).isEmpty();
		this.one.resume("example.com");
		assertThat(this.other.ready()).isEmpty();
		this.other.poll();
		assertThat(this.other.ready()).containsExactly("example.com");
		assertThat(this.other.claim("example.com")).isPresent();
	}

	@Test
	void twoNodesNeverHaveTheSameMessageAtOnce() throws Exception {
		long seed = Long.getLong("mailio.queue.seed", System.nanoTime());
		System.out.println(getClass().getSimpleName() + " seed " + seed);
		int messages = 300;
		List<CompletableFuture<QueueId>> kept = new ArrayList<>();
		for (int i = 0; i < messages; i++) {
			kept.add(((i % 2 == 0) ? this.one : this.other)
				.enqueue(Messages.message("m" + i, "a@d" + (i % 3) + ".example", "b@d3.example"))
				.toCompletableFuture());
		}
		kept.forEach(CompletableFuture::join);
		Set<String> inFlight = ConcurrentHashMap.newKeySet();
		Map<String, Integer> delivered = new ConcurrentHashMap<>();
		ExecutorService threads = Executors.newFixedThreadPool(6);
		try {
			List<CompletableFuture<Void>> work = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				Random random = new Random(seed + i);
				MessageQueue queue = (i % 2 == 0) ? this.one : this.other;
				work.add(CompletableFuture.runAsync(() -> deliver(queue, random, 2 * messages, inFlight, delivered),
						threads));
			}
			work.forEach(CompletableFuture::join);
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(delivered).as("seed %d", seed).hasSize(2 * messages);
		assertThat(delivered.values()).as("seed %d", seed).containsOnly(1);
		assertThat(this.one.counts().messages()).isZero();
	}

	private void deliver(MessageQueue queue, Random random, int all, Set<String> inFlight,
			Map<String, Integer> delivered) {
		while (delivered.size() < all) {
			try {
				Claim claim = queue.claim("d" + random.nextInt(4) + ".example").orElse(null);
				if (claim != null) {
					String name = claim.id() + " " + claim.destination();
					assertThat(inFlight.add(name)).as("%s is nobody else's", name).isTrue();
					inFlight.remove(name);
					if (random.nextInt(4) == 0) {
						queue.giveBack(claim);
					}
					else {
						delivered.merge(name, 1, Integer::sum);
						queue.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null)
							.toCompletableFuture()
							.join();
					}
				}
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		}
	}

	@Test
	void whileTheDatabaseIsAwayNothingIsTakenAndNothingIsForgotten() throws IOException {
		QueueId delivered = keep(this.one, "x", "a@example.com");
		QueueId returned = keep(this.one, "y", "a@example.com");
		Claim first = claim(this.one);
		Claim second = claim(this.one);
		this.away.set(true);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> keep(this.one, "z", "a@example.com"))
			.withCauseInstanceOf(IOException.class)
			.withMessageContaining("Nobody is there");
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> keep(this.one, "z".repeat(1_000_000), "a@example.com"))
			.withCauseInstanceOf(IOException.class);
		assertThatIOException().isThrownBy(() -> this.one.claim("example.com"));
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> settle(this.one, first, Outcome.Kind.DELIVERED));
		this.one.giveBack(second);
		this.one.poll();
		this.one.renew();
		pass(LEASE.minusSeconds(1));
		this.away.set(false);
		this.one.renew();
		pass(LEASE.minusSeconds(1));
		assertThat(this.other.claim("example.com")).as("renewed until it is written").isEmpty();
		this.one.poll();
		this.one.close();
		assertThat(this.other.find(delivered)).isEmpty();
		assertThat(claim(this.other).id()).isEqualTo(returned);
		assertThat(this.other.counts().messages()).as("what was refused is not there").isEqualTo(1);
	}

	@Test
	void anErrorForgetsNothing() throws IOException {
		keep(this.one, "x", "a@example.com");
		keep(this.one, "y", "a@example.com");
		Claim first = claim(this.one);
		Claim second = claim(this.one);
		this.broken.set(true);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> keep(this.one, "z", "a@example.com"))
			.withCauseInstanceOf(IOException.class)
			.withMessageContaining("StackOverflowError");
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> keep(this.one, "z".repeat(1_000_000), "a@example.com"))
			.withCauseInstanceOf(IOException.class);
		for (Claim claim : List.of(first, second)) {
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> settle(this.one, claim, Outcome.Kind.DELIVERED))
				.withCauseInstanceOf(IOException.class);
		}
		this.broken.set(false);
		this.one.poll();
		assertThat(this.one.counts().messages()).isZero();
	}

	@Test
	void anErrorStopsNoTimer() throws IOException {
		JdbcQueueOptions options = new JdbcQueueOptions("mailio_", "timed", LEASE, Duration.ofMillis(10));
		try (JdbcQueue timed = JdbcQueue.open(losing(this.database.dataSource()), options,
				"(SELECT moment FROM test_clock)", () -> this.now)) {
			this.broken.set(true);
			Awaitility.await().until(() -> this.errors.get() > 2);
			this.broken.set(false);
			keep(this.other, "x", "a@example.com");
			Awaitility.await().until(() -> timed.ready().contains("example.com"));
		}
	}

	@Test
	void tellsOnceThatResultsCannotBeWritten() throws IOException {
		List<Claim> claims = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			keep(this.one, "x", "a@example.com");
			claims.add(claim(this.one));
		}
		ListAppender<ILoggingEvent> log = log();
		for (int outage = 0; outage < 2; outage++) {
			this.away.set(true);
			for (Claim claim : claims.subList(2 * outage, 2 * outage + 2)) {
				assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> settle(this.one, claim, Outcome.Kind.DELIVERED));
			}
			this.away.set(false);
			this.one.poll();
		}
		assertThat(log.list).filteredOn((event) -> event.getLevel() == Level.WARN)
			.extracting(ILoggingEvent::getFormattedMessage)
			.hasSize(2)
			.allMatch((line) -> line.contains("is kept in memory: "));
		assertThat(this.one.counts().messages()).isEqualTo(1);
	}

	/** It makes the room that others wait for. */
	@Test
	void theWriterOfWhatArrivesNeverWaitsForItself() throws Exception {
		List<CompletableFuture<QueueId>> filling = new CopyOnWriteArrayList<>();
		Thread filler = filler(filling);
		CompletableFuture<CompletableFuture<QueueId>> inside = new CompletableFuture<>();
		this.one.onReady(() -> {
			filler.start();
			Awaitility.await().until(() -> filler.getState() == Thread.State.WAITING && filling.size() > 200);
			inside.complete(large());
		});
		keep(this.one, "x", "a@example.com");
		inside.get(60, TimeUnit.SECONDS).get(60, TimeUnit.SECONDS);
		filler.join();
		for (CompletableFuture<QueueId> one : filling) {
			one.get(60, TimeUnit.SECONDS);
		}
		assertThat(this.one.counts().messages()).isEqualTo(302);
	}

	@Test
	void whoeverWaitsForRoomIsRefusedWhenTheQueueIsClosed() throws Exception {
		this.gate = new CountDownLatch(1);
		List<CompletableFuture<QueueId>> filling = new CopyOnWriteArrayList<>();
		Thread filler = filler(filling);
		filler.start();
		Awaitility.await().until(() -> filler.getState() == Thread.State.WAITING && filling.size() > 200);
		Thread closer = new Thread(this.one::close);
		closer.start();
		filler.join();
		this.gate.countDown();
		closer.join();
		assertThat(filling).hasSize(300);
		assertThat(filling.get(299)).isCompletedExceptionally();
	}

	/** Brings more than there is room for. */
	private Thread filler(List<CompletableFuture<QueueId>> filling) {
		Thread filler = new Thread(() -> {
			for (int i = 0; i < 300; i++) {
				filling.add(large());
			}
		});
		filler.setDaemon(true);
		return filler;
	}

	private CompletableFuture<QueueId> large() {
		return this.one.enqueue(Messages.message(new byte[QueueTables.PIECE], null, "a@example.com"))
			.toCompletableFuture();
	}

	@Test
	void keepsLargeContentsInPieces() throws IOException {
		byte[] content = new byte[5_000_000];
		new Random(7).nextBytes(content);
		NewMessage message = new NewMessage(ReversePath.NULL, Parameters.NONE, List
			.of(new NewMessage.Addressee(new Recipient(Mailbox.of("b@example.com"), Parameters.NONE), "example.com")),
				Messages.source(content), null);
		this.one.enqueue(message).toCompletableFuture().join();
		assertThat(this.database.jdbc()
			.queryForList("SELECT OCTET_LENGTH(octets) FROM mailio_content ORDER BY piece", Integer.class)).hasSize(20)
			.startsWith(QueueTables.PIECE)
			.endsWith(5_000_000 - 19 * QueueTables.PIECE);
		Claim claim = claim(this.other);
		assertThat(claim.content().openStream()).hasBinaryContent(content);
		this.one.delete(claim.id());
		assertThatIOException().isThrownBy(() -> claim.content().openStream().readAllBytes())
			.withMessageContaining("is not there");
	}

	@Test
	void refusesAContentThatIsNotAsLongAsItShouldBe() throws IOException {
		for (int size : new int[] { 10, 1_000_000 }) {
			for (int more : new int[] { -1, 1 }) {
				NewMessage message = Messages.message("", "a@example.com");
				NewMessage.Source right = Messages.source(new byte[size]);
				NewMessage.Source wrong = new NewMessage.Source() {
					@Override
					public long size() {
						return right.size() + more;
					}

					@Override
					public java.io.InputStream openStream() throws IOException {
						return right.openStream();
					}
				};
				assertThat(this.one
					.enqueue(new NewMessage(message.from(), message.parameters(), message.recipients(), wrong, null)))
					.failsWithin(Duration.ofMinutes(1))
					.withThrowableThat()
					.havingRootCause()
					.withMessageContaining("has not the size");
			}
		}
		assertThat(this.one.counts().messages()).isZero();
	}

	@Test
	void doesNotTellWhatItCouldNotWrite() {
		keep(this.one, "x", "private@example.com");
		this.database.jdbc().execute("CREATE UNIQUE INDEX test_addresses ON mailio_recipient (address)");
		try {
			assertThat(this.one.enqueue(Messages.message("a secret", "private@example.com")))
				.failsWithin(Duration.ofMinutes(1))
				.withThrowableThat()
				.satisfies((failure) -> {
					StringWriter text = new StringWriter();
					failure.printStackTrace(new PrintWriter(text));
					assertThat(text.toString()).contains("SQLSTATE 23505")
						.doesNotContain("private", "a secret", "client.example");
				});
		}
		finally {
			this.database.jdbc().execute("DROP INDEX test_addresses");
		}
		assertThat(this.one.counts().messages()).isEqualTo(1);
	}

	@Test
	void holdsWhatCannotBeRead() throws IOException {
		QueueId id = keep(this.one, "x", "a@example.com");
		this.database.jdbc().update("UPDATE mailio_message SET sender = 'nonsense'");
		QueueId next = keep(this.one, "y", "a@example.com");
		QueuedMessage unreadable = this.one.list(QueueFilter.first(10)).get(0);
		assertThat(unreadable.id()).isEqualTo(id);
		assertThat(unreadable.from().isNull()).isTrue();
		assertThat(unreadable.waiting().get(0).recipients()).isEmpty();
		assertThat(unreadable.waiting().get(0).history().get(0).reply()).contains("mean nothing");
		assertThat(this.one.list(QueueFilter.first(10))).as("the others, too").hasSize(2);
		this.database.jdbc().update("UPDATE mailio_message SET sender = '' WHERE id = ?", next.value());
		assertThat(claim(this.other).id()).isEqualTo(next);
		this.one.delete(next);
		assertThat(this.other.claim("example.com")).isEmpty();
		assertThat(this.other.counts().destinations()).containsEntry("example.com", Map.of(MessageState.HELD, 1));
		this.database.jdbc().update("UPDATE mailio_message SET sender = ''");
		assertThat(this.one.release(id)).isTrue();
		assertThat(claim(this.one).envelope().from().isNull()).isTrue();
	}

	@Test
	void goesByTheTimeOfTheDatabase() throws IOException {
		JdbcQueueOptions options = new JdbcQueueOptions("mailio_", "real", LEASE, Duration.ofDays(1));
		Instant wrong = Instant.parse("2001-01-01T00:00:00Z");
		try (JdbcQueue early = JdbcQueue.open(this.database.dataSource(), options, Statements.DATABASE_TIME,
				() -> wrong); JdbcQueue real = JdbcQueue.open(this.database.dataSource(), options)) {
			QueueId id = keep(early, "x", "a@example.com");
			Claim claim = claim(early);
			assertThat(claim.enqueued()).as("by the time of the node").isBetween(wrong.minusSeconds(300), wrong);
			assertThat(real.claim("example.com")).isEmpty();
			this.database.jdbc()
				.update("UPDATE mailio_delivery SET claimable = CURRENT_TIMESTAMP - INTERVAL '1' SECOND");
			assertThat(real.claim("example.com")).isPresent();
			early.settle(claim, Messages.all(claim, Outcome.Kind.DELIVERED), null).toCompletableFuture().join();
			this.database.jdbc()
				.update("UPDATE mailio_delivery SET claimable = CURRENT_TIMESTAMP - INTERVAL '1' SECOND");
			Claim again = claim(early);
			early.settle(again, Messages.all(again, Outcome.Kind.DEFERRED), wrong.plus(Duration.ofHours(1)))
				.toCompletableFuture()
				.join();
			assertThat(real.find(id).orElseThrow().waiting().get(0).nextAttempt())
				.isAfter(real.find(id).orElseThrow().enqueued().plus(Duration.ofMinutes(59)));
			NewMessage later = Messages.message(new byte[1], wrong.plus(Duration.ofHours(1)), "a@later.example");
			QueueId waits = early.enqueue(later).toCompletableFuture().join();
			QueuedMessage waiting = real.find(waits).orElseThrow();
			assertThat(waiting.waiting().get(0).nextAttempt()).isAfter(waiting.enqueued().plus(Duration.ofMinutes(59)));
			assertThat(real.claim("example.com")).isEmpty();
		}
	}

	@Test
	void messagesOfNodesHaveNamesInTheOrderInWhichTheyCame() {
		List<QueueId> ids = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			ids.add(keep((i % 2 == 0) ? this.one : this.other, "x", "a@example.com"));
		}
		assertThat(ids).isSorted().doesNotHaveDuplicates();
	}

}
