/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import javax.sql.DataSource;

import io.mailio.queue.Claim;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueCounts;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.spring.jdbc.QueueTables.Change;
import io.mailio.spring.jdbc.QueueTables.Claimant;
import io.mailio.spring.jdbc.QueueTables.Found;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.TransactionException;

/**
 * A {@link MessageQueue} in a database that several nodes share: PostgreSQL, or H2 for
 * tests and demonstrations. What waits can be claimed by each of them, and by one at a
 * time: a claim is a lease, which is renewed as long as its node lives, and which another
 * node takes over when it has ended. Whoever settles after that changes nothing.
 *
 * <p>
 * A message is accepted when its transaction is committed. While the database cannot be
 * reached, messages are refused and what becomes of others waits in memory. Each
 * transaction is the queue's own, whatever its caller has begun.
 */
public final class JdbcQueue implements MessageQueue {

	private static final Logger logger = LoggerFactory.getLogger(JdbcQueue.class);

	/** How many octets of contents wait in memory for the database, in units of 1 KiB. */
	private static final int MAX_WAITING = 64 * 1024;

	private static final int UNIT = 1024;

	private static final int MAX_REPLY = 1000;

	/** Transactions that take longer show what they have inserted to the next sweep. */
	private static final Duration OVERLAP = Duration.ofSeconds(5);

	private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

	/** Clocks of databases are not set back by less. */
	private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(10);

	private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

	/** None of those that wait for a connection keeps another from its thread. */
	private static final int TASKS = 3;

	/** Of a message with more destinations some are told of for nothing. */
	private static final int MAX_LOOKS = 100;

	private final JdbcQueueOptions options;

	private final DatabaseClock clock;

	private final QueueTables tables;

	private final QueueListing listing;

	private final Readiness readiness = new Readiness();

	private final Semaphore room = new Semaphore(MAX_WAITING);

	private final BatchWriter<Arrival> arrivals;

	private final BatchWriter<Ending> endings;

	private final ScheduledThreadPoolExecutor watch;

	private final ReentrantLock lock = new ReentrantLock();

	// The rest is guarded by the lock.

	private final Map<Claim, Claimed> claims = new IdentityHashMap<>();

	/** By the number of the lease: what is in flight, or not yet written. */
	private final Map<Long, Claimed> leases = new HashMap<>();

	/** The numbers of leases that are being written. */
	private final Set<Long> claiming = new HashSet<>();

	/** What became of messages while it could not be written. */
	private final List<Ending> unwritten = new ArrayList<>();

	/** Whether somebody was told that there is something unwritten. */
	private boolean toldUnwritten;

	/** When leases were renewed last. */
	private Instant renewed = Instant.MIN;

	/** Until when was looked for news. */
	private Instant looked = Instant.MIN;

	private boolean unreachable;

	private boolean closed;

	private JdbcQueue(JdbcQueueOptions options, DatabaseClock clock, QueueTables tables) {
		this.options = options;
		this.clock = clock;
		this.tables = tables;
		this.listing = tables.listing();
		this.looked = begin();
		this.arrivals = new BatchWriter<>("mailio-queue-arrivals", this::insert, this::abandon);
		this.endings = new BatchWriter<>("mailio-queue-endings", this::end, this::keepEndings);
		this.watch = new ScheduledThreadPoolExecutor(TASKS, (task) -> {
			Thread thread = new Thread(task, "mailio-queue-watch");
			thread.setDaemon(true);
			return thread;
		});
		every(options.pollInterval(), this::poll);
		every(options.lease().dividedBy(3), this::renew);
		every(SWEEP_INTERVAL, this::sweep);
	}

	/**
	 * Opens a queue whose tables are there.
	 * @param dataSource makes connections to the database; several at a time: two for
	 * what comes and goes, up to three for those that look after the queue from time to
	 * time, one for each message of more than 256 KiB as long as it is being queued, and
	 * one for each that claims, reads, lists or changes something
	 * @param options how it is used
	 * @return the queue, to be closed
	 * @throws QueueDatabaseException if the database cannot be reached, is not a
	 * supported one, or has not the tables
	 */
	public static JdbcQueue open(DataSource dataSource, JdbcQueueOptions options) throws QueueDatabaseException {
		return open(dataSource, options, Statements.DATABASE_TIME, InstantSource.system());
	}

	/**
	 * Opens a queue with a time of its own.
	 * @param time the expression for the time of the database
	 * @param node the time of the node
	 */
	static JdbcQueue open(DataSource dataSource, JdbcQueueOptions options, String time, InstantSource node)
			throws QueueDatabaseException {
		Database database = Database.of(dataSource);
		DatabaseClock clock = new DatabaseClock(node);
		Statements statements = new Statements(database, options.tablePrefix(), time);
		try {
			return new JdbcQueue(options, clock, new QueueTables(dataSource, statements, clock));
		}
		catch (BadSqlGrammarException ex) {
			throw new QueueDatabaseException(
					"The tables of the queue, %s..., are not in the database, or not as they should be: %s"
						.formatted(options.tablePrefix() + "message", JdbcFailures.messageOf(ex)),
					"Let them be made with 'mailio.queue.jdbc.initialize-schema=always', or make them with "
							+ "'io/mailio/spring/jdbc/schema-%s.sql' of the jar mailio-spring-boot-autoconfigure."
								.formatted(database.platform()),
					ex);
		}
		catch (RuntimeException ex) {
			throw new QueueDatabaseException("The queue in the database cannot be read: " + JdbcFailures.messageOf(ex),
					"Look at the rights of the user, and at the properties below 'spring.datasource'.", ex);
		}
	}

	private Instant begin() {
		try {
			this.tables.beginToWatchClock();
		}
		catch (DuplicateKeyException ex) {
			logger.debug("Another node opens it for the first time, too");
		}
		watchClock();
		Instant time = this.clock.now();
		this.readiness.suspended(this.tables.suspended());
		this.tables.destinations().forEach(this.readiness::expect);
		return time;
	}

	private void every(Duration interval, Runnable task) {
		this.watch.scheduleWithFixedDelay(() -> again(task), interval.toMillis(), Math.max(1, interval.toMillis()),
				TimeUnit.MILLISECONDS);
	}

	/** It happens again, whatever has happened. */
	private static void again(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("The queue could not look after what is in the database", JdbcFailures.withoutValues(ex));
		}
	}

	// ---- Messages come ----

	@Override
	public CompletionStage<QueueId> enqueue(NewMessage message) {
		long size = message.content().size();
		if (size > QueueTables.PIECE) {
			return enqueueLarge(message);
		}
		// The thread that makes room does not wait for itself.
		int units = this.arrivals.isWriter() ? 0 : units(size);
		this.room.acquireUninterruptibly(units);
		try {
			Arrival arrival = new Arrival(message, readAll(message.content()), units, new CompletableFuture<>());
			if (!this.arrivals.add(List.of(arrival))) {
				throw new IOException("The queue is closed");
			}
			return arrival.kept();
		}
		catch (IOException | RuntimeException | Error ex) {
			this.room.release(units);
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static int units(long size) {
		return (int) (size / UNIT) + 1;
	}

	/**
	 * As long as half of the room is left, since others may come between the question and
	 * the message.
	 */
	@Override
	public boolean takesAtOnce(long size) {
		return size <= QueueTables.PIECE && this.room.availablePermits() - units(size) >= MAX_WAITING / 2;
	}

	private static byte[] readAll(NewMessage.Source source) throws IOException {
		try (InputStream in = source.openStream()) {
			byte[] octets = in.readNBytes((int) source.size());
			if (octets.length < source.size() || in.read() >= 0) {
				throw new IOException("The content has not the size that it was said to have");
			}
			return octets;
		}
	}

	/** By who brings it, since it is read piece by piece. */
	private CompletionStage<QueueId> enqueueLarge(NewMessage message) {
		Arrival arrival = new Arrival(message, null, 0, new CompletableFuture<>());
		if (isClosed()) {
			return CompletableFuture.failedFuture(new IOException("The queue is closed"));
		}
		insert(List.of(arrival));
		return arrival.kept();
	}

	private void insert(List<Arrival> batch) {
		List<QueueTables.Inserted> inserted;
		try {
			inserted = this.tables.insert(batch);
		}
		catch (RuntimeException | Error ex) {
			refuse(batch, ex);
			return;
		}
		for (int i = 0; i < batch.size(); i++) {
			Instant due = inserted.get(i).due();
			batch.get(i)
				.message()
				.recipients()
				.stream()
				.map(NewMessage.Addressee::destination)
				.distinct()
				.forEach((destination) -> this.readiness.expect(destination, due));
			this.room.release(batch.get(i).units());
		}
		this.readiness.tell();
		for (int i = 0; i < batch.size(); i++) {
			batch.get(i).kept().complete(inserted.get(i).id());
		}
	}

	/** Nobody is refused for the sake of another message. */
	private void refuse(List<Arrival> batch, Throwable failure) {
		if (batch.size() > 1 && JdbcFailures.isOfStatement(failure)) {
			batch.forEach((one) -> insert(List.of(one)));
			return;
		}
		IOException told = JdbcFailures.of(failure);
		List<Arrival> refused = new ArrayList<>(batch);
		if (this.arrivals.isWriter() && !JdbcFailures.isOfStatement(failure)) {
			// They have waited for long enough.
			refused.addAll(this.arrivals.removeWaiting());
		}
		refuseAll(refused, told);
	}

	private void refuseAll(List<Arrival> refused, IOException told) {
		for (Arrival arrival : refused) {
			this.room.release(arrival.units());
			arrival.kept().completeExceptionally(told);
		}
	}

	/** Nobody waits for ever for what has gone wrong here. */
	private void abandon(List<Arrival> batch, Throwable failure) {
		refuseAll(batch.stream().filter((one) -> !one.kept().isDone()).toList(), JdbcFailures.of(failure));
	}

	// ---- Somebody delivers them ----

	@Override
	public List<String> ready() {
		return this.readiness.ready(this.clock.now());
	}

	@Override
	public Optional<Duration> nextReady() {
		return this.readiness.next().map((next) -> {
			Duration wait = Duration.between(this.clock.now(), next);
			return wait.isNegative() ? Duration.ZERO : wait;
		});
	}

	@Override
	public void onReady(Runnable listener) {
		this.readiness.listener(listener);
	}

	@Override
	public Optional<Claim> claim(String destination) throws IOException {
		requireOpen();
		long version = this.readiness.version(destination);
		for (Found found = take(destination); !(found instanceof QueueTables.Nothing); found = take(destination)) {
			if (found instanceof QueueTables.Leased leased) {
				Claim claim = claim(leased.claimed());
				correct(destination);
				return Optional.of(claim);
			}
			if (found instanceof QueueTables.Unreadable unreadable) {
				logger.error("Message {} for {} means nothing to this version and is held: {}", unreadable.id(),
						Printable.of(destination), Printable.of(String.valueOf(unreadable.reason().getMessage())));
			}
		}
		exhausted(destination, version);
		return Optional.empty();
	}

	private Found take(String destination) throws IOException {
		long lease = ThreadLocalRandom.current().nextLong();
		claiming(lease, true);
		try {
			Claimant claimant = new Claimant(lease, this.options.owner(), this.options.lease(), this::isOwn);
			Found found = JdbcFailures.reading(() -> this.tables.claim(destination, claimant));
			if (found instanceof QueueTables.Leased leased) {
				remember(leased.claimed());
			}
			return found;
		}
		finally {
			claiming(lease, false);
		}
	}

	private void claiming(long lease, boolean begins) {
		this.lock.lock();
		try {
			if (begins) {
				this.claiming.add(lease);
			}
			else {
				this.claiming.remove(lease);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** However late it is: what is in flight here is not begun here again. */
	private boolean isOwn(long lease) {
		this.lock.lock();
		try {
			return this.leases.containsKey(lease) || this.claiming.contains(lease);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void remember(Claimed claimed) {
		this.lock.lock();
		try {
			this.leases.put(claimed.lease(), claimed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whoever was told asks until there is nothing; who was not may stop before. */
	private void correct(String destination) {
		if (this.readiness.isTold(destination)) {
			return;
		}
		try {
			look(destination);
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Somebody is told of {} for nothing", Printable.of(destination),
					JdbcFailures.withoutValues(ex));
		}
	}

	private Claim claim(Claimed claimed) {
		Claim claim = new Claim(new QueueId(claimed.id()), claimed.destination(), claimed.envelope(),
				new PiecedContent(this.tables, claimed.id(), claimed.size()), this.clock.nodeTime(claimed.enqueued()),
				this.clock.nodeTime(claimed.begun()), claimed.attempts(), lastAttempt(claimed));
		this.lock.lock();
		try {
			this.claims.put(claim, claimed);
		}
		finally {
			this.lock.unlock();
		}
		return claim;
	}

	private @Nullable Instant lastAttempt(Claimed claimed) {
		return (claimed.lastAttempt() != null) ? this.clock.nodeTime(claimed.lastAttempt()) : null;
	}

	/**
	 * Nothing was found.
	 * @param version what was known before
	 */
	private void exhausted(String destination, long version) throws IOException {
		Instant next = JdbcFailures.<@Nullable Instant>reading(() -> look(destination));
		Instant now = this.clock.now();
		if (next != null && !next.isAfter(now)) {
			// Another node may have suspended it, or locks it while it claims.
			Set<String> suspended = JdbcFailures.reading(this.tables::suspended);
			this.readiness.suspended(suspended);
			if (!suspended.contains(destination)) {
				this.readiness.correct(destination, now.plus(this.options.pollInterval()), version);
			}
		}
		this.readiness.exhausted(destination);
		this.readiness.tell();
	}

	private @Nullable Instant look(String destination) {
		long version = this.readiness.version(destination);
		Instant next = this.tables.nextClaimable(destination);
		this.readiness.correct(destination, next, version);
		return next;
	}

	@Override
	public CompletionStage<Void> settle(Claim claim, List<Outcome> outcomes, @Nullable Instant retryAt) {
		Ending ending;
		this.lock.lock();
		try {
			if (this.closed) {
				return CompletableFuture.failedFuture(new IOException("The queue is closed"));
			}
			ending = settled(claimed(claim), outcomes, retryAt);
			this.claims.remove(claim);
			this.endings.add(List.of(ending));
		}
		finally {
			this.lock.unlock();
		}
		return ending.kept();
	}

	private Claimed claimed(Claim claim) {
		Claimed claimed = this.claims.get(claim);
		if (claimed == null) {
			throw new IllegalStateException("The claim of " + claim.id() + " was settled or given back before");
		}
		return claimed;
	}

	private static Ending settled(Claimed claimed, List<Outcome> outcomes, @Nullable Instant retryAt) {
		Map<Mailbox, Outcome> byMailbox = new HashMap<>();
		outcomes.forEach((outcome) -> byMailbox.put(outcome.recipient(), outcome));
		List<Integer> done = new ArrayList<>();
		String lastReply = "";
		for (int i = 0; i < claimed.numbers().size(); i++) {
			Mailbox mailbox = claimed.envelope().recipients().get(i).mailbox();
			Outcome outcome = Objects.requireNonNull(byMailbox.get(mailbox),
					() -> "The outcome for " + mailbox + " is missing");
			if (outcome.kind() != Outcome.Kind.DEFERRED) {
				done.add(claimed.numbers().get(i));
			}
			else {
				lastReply = outcome.reply().toString();
			}
		}
		if (done.size() == claimed.numbers().size()) {
			return new Ending(claimed, Ending.Kind.DONE, List.of(), null, null, new CompletableFuture<>());
		}
		Objects.requireNonNull(retryAt, "Deferred recipients need a time for the next attempt");
		return new Ending(claimed, Ending.Kind.DEFERRED, done, retryAt, Printable.of(lastReply, MAX_REPLY),
				new CompletableFuture<>());
	}

	@Override
	public void giveBack(Claim claim) {
		giveBack(claim, null);
	}

	/** Returns when others can claim it, unless that cannot be written at present. */
	@Override
	public void giveBack(Claim claim, @Nullable Instant notBefore) {
		Ending ending;
		this.lock.lock();
		try {
			if (this.closed) {
				// It is given back already.
				return;
			}
			ending = Ending.returned(claimed(claim), notBefore);
			this.claims.remove(claim);
			this.endings.add(List.of(ending));
		}
		finally {
			this.lock.unlock();
		}
		if (!this.endings.isWriter() && !this.arrivals.isWriter()) {
			ending.kept().exceptionally((failure) -> null).join();
		}
	}

	private void end(List<Ending> batch) {
		QueueTables.Ended ended;
		try {
			ended = this.tables.end(batch);
		}
		catch (RuntimeException | Error ex) {
			if (batch.size() > 1 && (JdbcFailures.isOfStatement(ex) || JdbcFailures.isOfLock(ex))) {
				batch.forEach((one) -> end(List.of(one)));
			}
			else {
				endLater(batch, ex);
			}
			return;
		}
		this.lock.lock();
		try {
			batch.forEach((one) -> this.leases.remove(one.claimed().lease()));
			this.toldUnwritten = this.toldUnwritten && !this.unwritten.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		ended.lost().forEach((one) -> tellLost(one.claimed()));
		ended.claimable().forEach(this.readiness::expect);
		this.readiness.tell();
		batch.forEach((one) -> one.kept().complete(null));
	}

	/** It has happened all the same: it is written when that is possible. */
	private void endLater(List<Ending> batch, Throwable failure) {
		boolean first;
		this.lock.lock();
		try {
			this.unwritten.addAll(batch);
			first = !this.toldUnwritten;
			this.toldUnwritten = true;
		}
		finally {
			this.lock.unlock();
		}
		IOException told = JdbcFailures.of(failure);
		long more = batch.stream().filter((one) -> one.kept().completeExceptionally(told)).count();
		if (first) {
			logger.warn("What has become of messages cannot be written to the database at present, and is kept in "
					+ "memory: {}", told.getMessage());
		}
		else {
			logger.debug("What has become of {} more messages cannot be written at present: {}", more,
					told.getMessage());
		}
	}

	/** What has gone wrong here is not forgotten. */
	private void keepEndings(List<Ending> batch, Throwable failure) {
		endLater(batch.stream().filter((one) -> !one.kept().isDone()).toList(), failure);
	}

	private static void tellLost(Claimed claimed) {
		logger.warn("Message {} for {} was not this node's any more when its delivery was over: it was deleted, or "
				+ "another node has claimed it after its lease, which was not renewed in time, and may send "
				+ "it again", new QueueId(claimed.id()), Printable.of(claimed.destination()));
	}

	// ---- What happens from time to time ----

	/**
	 * Looks for what other nodes have queued, and for what has become due there. What
	 * this node has in flight, or has not written yet, is not among it.
	 */
	void poll() {
		try {
			catchUp();
			QueueTables.News news = this.tables.news(this.looked, OVERLAP);
			this.looked = news.time();
			this.readiness.suspended(news.suspended());
			news.claimable().forEach(this.readiness::expect);
			reached();
		}
		catch (RuntimeException ex) {
			unreached(ex);
		}
		this.readiness.tell();
	}

	/** Looks at all destinations: something may have come in a long transaction. */
	void sweep() {
		try {
			this.tables.destinations().forEach(this.readiness::expect);
		}
		catch (RuntimeException ex) {
			unreached(ex);
		}
		this.readiness.tell();
	}

	/** Keeps what is in flight. */
	void renew() {
		if (isClosed()) {
			return;
		}
		try {
			renewLeases();
			watchClock();
		}
		catch (RuntimeException ex) {
			unreached(ex);
		}
	}

	private void renewLeases() {
		Instant begun = this.clock.now();
		List<Claimed> held = leases();
		if (!held.isEmpty()) {
			renew(held);
		}
		this.lock.lock();
		try {
			this.renewed = begun;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void renew(List<Claimed> held) {
		try {
			this.tables.renew(held, this.options.lease()).forEach(this::lost);
		}
		catch (DataAccessException ex) {
			if (!JdbcFailures.isOfLock(ex)) {
				throw ex;
			}
			if (held.size() > 1) {
				held.forEach((one) -> renew(List.of(one)));
			}
			else {
				logger.warn("The lease of message {} for {} cannot be renewed at present: somebody has locked it",
						new QueueId(held.get(0).id()), Printable.of(held.get(0).destination()));
			}
		}
	}

	private void watchClock() {
		Duration back = this.tables.watchClock(CLOCK_TOLERANCE);
		if (!back.isZero()) {
			logger.warn("The clock of the database was set back by {}: what waits is sent earlier by as much", back);
		}
	}

	private List<Claimed> leases() {
		this.lock.lock();
		try {
			return List.copyOf(this.leases.values());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** It is told when its delivery is over. */
	private void lost(Claimed claimed) {
		this.lock.lock();
		try {
			this.leases.remove(claimed.lease());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** After the database was away, or this node was. */
	private void catchUp() {
		boolean late;
		this.lock.lock();
		try {
			late = this.clock.now().isAfter(this.renewed.plus(this.options.lease().dividedBy(2)));
			late |= !this.unwritten.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		if (late) {
			// Fails if the database is still away.
			renewLeases();
			writeUnwritten();
		}
	}

	private void writeUnwritten() {
		List<Ending> writable;
		this.lock.lock();
		try {
			writable = List.copyOf(this.unwritten);
			this.unwritten.clear();
		}
		finally {
			this.lock.unlock();
		}
		for (int from = 0; from < writable.size(); from += BatchWriter.MOST) {
			end(writable.subList(from, Math.min(writable.size(), from + BatchWriter.MOST)));
		}
	}

	private void reached() {
		this.lock.lock();
		try {
			if (this.unreachable) {
				this.unreachable = false;
				logger.info("The database of the queue answers again");
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void unreached(RuntimeException failure) {
		if (JdbcFailures.isOfLock(failure)) {
			logger.debug("Somebody has locked what was wanted: it is tried again later");
			return;
		}
		this.lock.lock();
		try {
			if (!this.unreachable && !this.closed) {
				this.unreachable = true;
				logger.error(
						"The database of the queue has failed; no mail is taken or sent until it answers again: {}",
						JdbcFailures.messageOf(failure));
				logger.debug("It has failed here", JdbcFailures.withoutValues(failure));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// ---- Somebody looks after them ----

	@Override
	public boolean hold(QueueId id) {
		return change(id, Change.HOLD);
	}

	@Override
	public boolean release(QueueId id) {
		return change(id, Change.RELEASE);
	}

	@Override
	public boolean retryNow(QueueId id) {
		return change(id, Change.RETRY);
	}

	@Override
	public boolean delete(QueueId id) {
		return change(id, Change.DELETE);
	}

	private boolean change(QueueId id, Change change) {
		requireOpen();
		return JdbcFailures.unchecked(() -> {
			QueueTables.Changed changed = this.tables.change(id, change);
			changed.claimable().forEach(this.readiness::expect);
			changed.destinations()
				.stream()
				.filter((destination) -> !changed.claimable().containsKey(destination))
				.limit(MAX_LOOKS)
				.forEach(this::look);
			this.readiness.tell();
			return changed.there();
		});
	}

	@Override
	public void suspend(String destination) {
		requireOpen();
		this.readiness.suspended(JdbcFailures.unchecked(() -> {
			try {
				this.tables.suspend(destination);
			}
			catch (DuplicateKeyException ex) {
				logger.debug("{} is suspended already", Printable.of(destination));
			}
			return this.tables.suspended();
		}));
	}

	@Override
	public void resume(String destination) {
		requireOpen();
		this.readiness.suspended(JdbcFailures.unchecked(() -> {
			this.tables.resume(destination);
			return this.tables.suspended();
		}));
		this.readiness.tell();
	}

	/** As this node knows them: what others do is known a poll interval later. */
	@Override
	public Set<String> suspended() {
		return new TreeSet<>(this.readiness.suspended());
	}

	/** Reads all of the table of deliveries. */
	@Override
	public QueueCounts counts() {
		return JdbcFailures.unchecked(this.listing::counts);
	}

	@Override
	public List<QueuedMessage> list(QueueFilter filter) throws IOException {
		requireOpen();
		return JdbcFailures.reading(() -> this.listing.list(filter));
	}

	@Override
	public Optional<QueuedMessage> find(QueueId id) throws IOException {
		requireOpen();
		return JdbcFailures.reading(() -> this.listing.read(List.of(id.value()))).stream().findFirst();
	}

	private boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void requireOpen() {
		if (isClosed()) {
			throw new IllegalStateException("The queue is closed");
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		this.watch.shutdown();
		this.arrivals.close(CLOSE_PATIENCE);
		refuseAll(this.arrivals.removeWaiting(), new IOException("The queue is closed"));
		this.endings.add(last());
		this.endings.close(CLOSE_PATIENCE);
		int left = leases().size();
		if (left > 0) {
			logger.error("What became of {} messages was not written: some may be sent again when their leases end",
					left);
			return;
		}
		try {
			watchClock();
		}
		catch (RuntimeException ex) {
			logger.debug("The time was not noted", JdbcFailures.withoutValues(ex));
		}
	}

	/** What was not written, and what is in flight, which is given back. */
	private List<Ending> last() {
		this.lock.lock();
		try {
			List<Ending> last = new ArrayList<>(this.unwritten);
			this.unwritten.clear();
			this.claims.values().stream().map((claimed) -> Ending.returned(claimed, null)).forEach(last::add);
			this.claims.clear();
			return last;
		}
		finally {
			this.lock.unlock();
		}
	}

}
