/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.mailio.queue.Attempt;
import io.mailio.queue.NewMessage;
import io.mailio.queue.NewMessage.Addressee;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of a queue. Each method is a transaction of its own, also for callers that
 * have one. Fails as Spring's JDBC does. Safe for use by several threads.
 */
final class QueueTables {

	/** Contents are written and read in pieces of as many octets. */
	static final int PIECE = 256 * 1024;

	private final JdbcTemplate jdbc;

	private final NamedParameterJdbcTemplate named;

	private final TransactionTemplate transaction;

	private final Statements statements;

	private final DatabaseClock clock;

	/**
	 * Held by who writes to several leases, or two of us would wait for each other's
	 * rows. Taken after the connection, so that nobody who waits for one holds it; in
	 * turns, so that leases are renewed while much is settled.
	 */
	private final ReentrantLock leasing = new ReentrantLock(true);

	/**
	 * Makes no connection.
	 * @param clock is told what time it is whenever the database has said so
	 */
	QueueTables(DataSource dataSource, Statements statements, DatabaseClock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.named = new NamedParameterJdbcTemplate(this.jdbc);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
		this.statements = statements;
		this.clock = clock;
	}

	/** The same rows, for those who look after them. */
	QueueListing listing() {
		return new QueueListing(this.named, this.transaction, this.statements);
	}

	private <T> T inTransaction(Supplier<T> work) {
		return twice(() -> once(work));
	}

	private <T> T once(Supplier<T> work) {
		return Objects.requireNonNull(this.transaction.execute((status) -> work.get()));
	}

	/** Where two have waited for each other, the database lets one of them go on. */
	private static <T> T twice(Supplier<T> transaction) {
		try {
			return transaction.get();
		}
		catch (PessimisticLockingFailureException ex) {
			return transaction.get();
		}
	}

	private <T> T leasing(Supplier<T> work) {
		return twice(() -> {
			try {
				return once(() -> {
					this.leasing.lock();
					return work.get();
				});
			}
			finally {
				if (this.leasing.isHeldByCurrentThread()) {
					this.leasing.unlock();
				}
			}
		});
	}

	private static OffsetDateTime at(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	static Instant instant(ResultSet row, int column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private static @Nullable Instant nullableInstant(ResultSet row, int column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	private Instant now() {
		Instant now = Objects
			.requireNonNull(this.jdbc.queryForObject(this.statements.now(), (row, number) -> instant(row, 1)));
		this.clock.is(now);
		return now;
	}

	// ---- Messages come ----

	/** A message that is in the database now. */
	record Inserted(QueueId id, Instant due) {
	}

	/**
	 * Inserts messages.
	 * @throws UncheckedIOException if a content cannot be read
	 */
	List<Inserted> insert(List<Arrival> arrivals) {
		return inTransaction(() -> {
			List<Instant> times = new ArrayList<>();
			List<Long> ids = this.jdbc.query(this.statements.nextIds(), (row, number) -> {
				times.add(instant(row, 2));
				return row.getLong(1);
			}, arrivals.size());
			ids.sort(Comparator.naturalOrder());
			this.clock.is(times.get(0));
			return insert(arrivals, ids, times.get(0));
		});
	}

	private List<Inserted> insert(List<Arrival> arrivals, List<Long> ids, Instant now) {
		List<Inserted> inserted = new ArrayList<>();
		List<Object[]> messages = new ArrayList<>();
		List<Object[]> deliveries = new ArrayList<>();
		List<Object[]> recipients = new ArrayList<>();
		List<Object[]> contents = new ArrayList<>();
		for (int i = 0; i < arrivals.size(); i++) {
			NewMessage message = arrivals.get(i).message();
			long id = ids.get(i);
			Instant wished = (message.notBefore() != null) ? this.clock.of(message.notBefore()) : now;
			Instant begun = wished.isAfter(now) ? wished : now;
			inserted.add(new Inserted(new QueueId(id), begun));
			messages.add(new Object[] { id, at(now), at(begun), message.content().size(), message.from().toString(),
					message.parameters().toString() });
			addRows(id, message.recipients(), begun, deliveries, recipients);
			byte[] content = arrivals.get(i).content();
			if (content != null && content.length > 0) {
				contents.add(new Object[] { id, 0, content });
			}
		}
		this.jdbc.batchUpdate(this.statements.insertMessage(), messages);
		this.jdbc.batchUpdate(this.statements.insertDelivery(), deliveries);
		this.jdbc.batchUpdate(this.statements.insertRecipient(), recipients);
		this.jdbc.batchUpdate(this.statements.insertContent(), contents);
		for (int i = 0; i < arrivals.size(); i++) {
			if (arrivals.get(i).content() == null) {
				insertPieces(ids.get(i), arrivals.get(i).message().content());
			}
		}
		return inserted;
	}

	private static void addRows(long id, List<Addressee> addressees, Instant due, List<Object[]> deliveries,
			List<Object[]> recipients) {
		Set<String> destinations = new HashSet<>();
		int number = 0;
		for (Addressee addressee : addressees) {
			if (destinations.add(addressee.destination())) {
				deliveries.add(new Object[] { id, addressee.destination(), at(due), at(due) });
			}
			Recipient recipient = addressee.recipient();
			recipients.add(new Object[] { id, addressee.destination(), number++, recipient.mailbox().toString(),
					recipient.parameters().toString() });
		}
	}

	private void insertPieces(long id, NewMessage.Source source) {
		try (InputStream in = source.openStream()) {
			long left = source.size();
			for (int number = 0; left > 0; number++) {
				byte[] piece = in.readNBytes((int) Math.min(PIECE, left));
				if (piece.length == 0) {
					throw new EOFException("The content has not the size that it was said to have");
				}
				this.jdbc.update(this.statements.insertContent(), id, number, piece);
				left -= piece.length;
			}
			if (in.read() >= 0) {
				throw new IOException("The content has not the size that it was said to have");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads a piece of a content.
	 * @throws IOException if it is not there
	 */
	byte[] piece(long id, int number) throws IOException {
		List<byte[]> found = JdbcFailures.reading(() -> inTransaction(
				() -> this.jdbc.query(this.statements.readContent(), (row, index) -> row.getBytes(1), id, number)));
		if (found.isEmpty()) {
			throw new IOException("The content of message " + new QueueId(id) + " is not there, or not any more");
		}
		return found.get(0);
	}

	// ---- Somebody delivers them ----

	private record Row(long id, int attempts, @Nullable Instant lastAttempt, @Nullable Long lease, Instant now) {
	}

	/** What came of looking for something to claim. */
	sealed interface Found {

	}

	/** Nothing is to be claimed now. */
	record Nothing() implements Found {
	}

	/** This is leased now. */
	record Leased(Claimed claimed) implements Found {
	}

	/** This makes no sense, and is held now. */
	record Unreadable(QueueId id, RuntimeException reason) implements Found {
	}

	/**
	 * Who wants to lease something.
	 *
	 * @param lease the number of the new lease
	 * @param owner who says so
	 * @param length for how long
	 * @param own the numbers of the leases that he has: where one of them has ended and
	 * nobody has taken it over, it goes on
	 */
	record Claimant(long lease, String owner, Duration length, LongPredicate own) {
	}

	/** Leases what has waited longest for a destination. */
	Found claim(String destination, Claimant claimant) {
		return inTransaction(() -> {
			for (Row row = next(destination); row != null; row = next(destination)) {
				OffsetDateTime until = at(row.now().plus(claimant.length()));
				if (row.lease() == null || !claimant.own().test(row.lease())) {
					return claim(row, destination, claimant, until);
				}
				this.jdbc.update(this.statements.renew(), until, row.id(), destination, row.lease());
			}
			return new Nothing();
		});
	}

	private @Nullable Row next(String destination) {
		List<Row> rows = this.jdbc.query(this.statements.next(), (row, number) -> new Row(row.getLong(1), row.getInt(2),
				nullableInstant(row, 3), row.getObject(4, Long.class), instant(row, 5)), destination, destination);
		if (rows.isEmpty()) {
			return null;
		}
		this.clock.is(rows.get(0).now());
		return rows.get(0);
	}

	private Found claim(Row row, String destination, Claimant claimant, OffsetDateTime until) {
		try {
			Claimed claimed = read(row, destination, claimant.lease());
			this.jdbc.update(this.statements.lease(), until, claimant.lease(), claimant.owner(), row.id(), destination);
			return new Leased(claimed);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			this.jdbc.update(this.statements.holdUnreadable(), row.id(), destination);
			return new Unreadable(new QueueId(row.id()), ex);
		}
	}

	private Claimed read(Row row, String destination, long lease) {
		List<Integer> numbers = new ArrayList<>();
		List<Recipient> recipients = new ArrayList<>();
		List<Claimed> claimed = this.jdbc.query(this.statements.readClaimed(), (result, number) -> {
			recipients.add(new Recipient(Mailbox.of(result.getString(7)), Parameters.of(result.getString(8))));
			numbers.add(result.getInt(6));
			Envelope sender = new Envelope(sender(result.getString(4)), Parameters.of(result.getString(5)), List.of());
			return new Claimed(row.id(), destination, lease, sender, numbers, result.getLong(3), instant(result, 1),
					instant(result, 2), row.attempts(), row.lastAttempt());
		}, row.id(), destination);
		if (claimed.isEmpty()) {
			throw new IllegalStateException("It has no recipients");
		}
		Claimed first = claimed.get(0);
		Envelope envelope = new Envelope(first.envelope().from(), first.envelope().parameters(), recipients);
		return new Claimed(first.id(), destination, lease, envelope, List.copyOf(numbers), first.size(),
				first.enqueued(), first.begun(), first.attempts(), first.lastAttempt());
	}

	static ReversePath sender(String text) {
		return text.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(text));
	}

	/**
	 * Renews leases.
	 * @return those that were lost
	 */
	List<Claimed> renew(Collection<Claimed> leases, Duration length) {
		List<Claimed> ordered = leases.stream().sorted(ORDER).toList();
		return leasing(() -> {
			OffsetDateTime until = at(now().plus(length));
			List<Object[]> rows = ordered.stream()
				.map((one) -> new Object[] { until, one.id(), one.destination(), one.lease() })
				.toList();
			int[] counts = this.jdbc.batchUpdate(this.statements.renew(), rows);
			List<Claimed> lost = new ArrayList<>();
			for (int i = 0; i < counts.length; i++) {
				if (counts[i] == 0) {
					lost.add(ordered.get(i));
				}
			}
			return lost;
		});
	}

	/** Rows are locked in one order by all who lock several. */
	private static final Comparator<Claimed> ORDER = Comparator.comparingLong(Claimed::id)
		.thenComparing(Claimed::destination);

	/**
	 * What came of the ends of claims.
	 *
	 * @param lost those whose lease was somebody else's by then: they have changed
	 * nothing
	 * @param claimable what can be claimed again, by destination
	 */
	record Ended(Set<Ending> lost, Map<String, Instant> claimable) {
	}

	/** Ends claims. */
	Ended end(List<Ending> endings) {
		List<Ending> ordered = endings.stream().sorted(Comparator.comparing(Ending::claimed, ORDER)).toList();
		return leasing(() -> {
			Instant now = now();
			List<Long> ids = ordered.stream().map((one) -> one.claimed().id()).distinct().toList();
			this.named.queryForList(this.statements.lockMessages(), Map.of("ids", ids), Long.class);
			Set<Ending> lost = new HashSet<>();
			for (Ending.Kind kind : Ending.Kind.values()) {
				end(ordered.stream().filter((one) -> one.kind() == kind).toList(), kind, now, lost);
			}
			return new Ended(lost, claimable(ordered));
		});
	}

	private void end(List<Ending> some, Ending.Kind kind, Instant now, Set<Ending> lost) {
		if (some.isEmpty()) {
			return;
		}
		String statement = switch (kind) {
			case DONE -> this.statements.deleteDelivery();
			case DEFERRED -> this.statements.deferDelivery();
			case RETURNED -> this.statements.returnDelivery();
		};
		int[] counts = this.jdbc.batchUpdate(statement, some.stream().map((one) -> parameters(one, now)).toList());
		List<Ending> valid = new ArrayList<>();
		for (int i = 0; i < counts.length; i++) {
			(counts[i] != 0 ? valid : lost).add(some.get(i));
		}
		this.jdbc.batchUpdate(this.statements.deleteRecipient(),
				valid.stream().flatMap((one) -> one.done().stream().map((number) -> recipient(one, number))).toList());
		if (kind == Ending.Kind.DEFERRED) {
			rememberAttempts(valid, now);
		}
		if (kind == Ending.Kind.DONE) {
			this.jdbc.batchUpdate(this.statements.deleteMessageWithoutDeliveries(),
					valid.stream().map((one) -> new Object[] { one.claimed().id(), one.claimed().id() }).toList());
		}
	}

	private void rememberAttempts(List<Ending> deferred, Instant now) {
		this.jdbc.batchUpdate(this.statements.insertAttempt(),
				deferred.stream()
					.map((one) -> new Object[] { one.claimed().id(), one.claimed().destination(),
							one.claimed().attempts() + 1, at(now), Objects.requireNonNull(one.reply()) })
					.toList());
		this.jdbc.batchUpdate(this.statements.forgetAttempts(),
				deferred.stream()
					.filter((one) -> one.claimed().attempts() >= Attempt.KEPT)
					.map((one) -> new Object[] { one.claimed().id(), one.claimed().destination(),
							one.claimed().attempts() + 1 - Attempt.KEPT })
					.toList());
	}

	private static Object[] recipient(Ending ending, int number) {
		return new Object[] { ending.claimed().id(), ending.claimed().destination(), number };
	}

	private @Nullable Object[] parameters(Ending ending, Instant now) {
		Claimed claimed = ending.claimed();
		OffsetDateTime due = (ending.due() != null) ? at(this.clock.of(ending.due())) : null;
		return switch (ending.kind()) {
			case DONE -> new Object[] { claimed.id(), claimed.destination(), claimed.lease() };
			case DEFERRED -> new @Nullable Object[] { due, claimed.attempts() + 1, at(now), due, claimed.id(),
					claimed.destination(), claimed.lease() };
			case RETURNED -> new @Nullable Object[] { due, due, claimed.id(), claimed.destination(), claimed.lease() };
		};
	}

	private Map<String, Instant> claimable(List<Ending> endings) {
		List<Long> ids = endings.stream()
			.filter((one) -> one.kind() != Ending.Kind.DONE)
			.map((one) -> one.claimed().id())
			.distinct()
			.toList();
		return ids.isEmpty() ? Map.of() : claimableOf(ids);
	}

	private Map<String, Instant> claimableOf(List<Long> ids) {
		Map<String, Instant> claimable = new HashMap<>();
		this.named.query(this.statements.claimableOfMessages(), Map.of("ids", ids), (row) -> {
			claimable.put(row.getString(1), instant(row, 2));
		});
		return claimable;
	}

	// ---- What is ready ----

	/** When something will be there to be claimed for a destination. */
	@Nullable Instant nextClaimable(String destination) {
		List<Instant> next = inTransaction(() -> {
			now();
			return this.jdbc.query(this.statements.nextClaimable(), (row, number) -> instant(row, 1), destination);
		});
		return next.isEmpty() ? null : next.get(0);
	}

	/** When something will be there to be claimed, for all destinations. */
	Map<String, Instant> destinations() {
		return inTransaction(() -> {
			Map<String, Instant> claimable = new HashMap<>();
			this.jdbc.query(this.statements.destinations(), (row) -> {
				Instant first = nullableInstant(row, 2);
				if (first != null) {
					claimable.put(row.getString(1), first);
				}
			});
			return claimable;
		});
	}

	/**
	 * News since the last look.
	 *
	 * @param time until when was looked
	 * @param claimable what has become claimable, by destination
	 * @param suspended all destinations that are suspended
	 */
	record News(Instant time, Map<String, Instant> claimable, Set<String> suspended) {
	}

	/** Looks for news. */
	News news(Instant since, Duration overlap) {
		return inTransaction(() -> {
			Instant now = now();
			Instant from = (since.isBefore(now) ? since : now).minus(overlap);
			Map<String, Instant> claimable = new HashMap<>();
			this.jdbc.query(this.statements.becameClaimable(), (row) -> {
				claimable.put(row.getString(1), instant(row, 2));
			}, at(from), at(now));
			return new News(now, claimable,
					Set.copyOf(this.jdbc.queryForList(this.statements.suspensions(), String.class)));
		});
	}

	void suspend(String destination) {
		inTransaction(() -> this.jdbc.update(this.statements.suspend(), destination));
	}

	void resume(String destination) {
		inTransaction(() -> this.jdbc.update(this.statements.resume(), destination));
	}

	Set<String> suspended() {
		return inTransaction(() -> Set.copyOf(this.jdbc.queryForList(this.statements.suspensions(), String.class)));
	}

	// ---- Somebody looks after them ----

	/** Somebody's wish for a message. */
	enum Change {

		/** Nobody is to claim it. */
		HOLD,

		/** Somebody may. */
		RELEASE,

		/** It is due now. */
		RETRY,

		/** It is to go. */
		DELETE

	}

	/**
	 * What came of a change.
	 *
	 * @param there whether there was such a message
	 * @param destinations those that it had
	 * @param claimable what can be claimed of it now or later, by destination
	 */
	record Changed(boolean there, List<String> destinations, Map<String, Instant> claimable) {
	}

	/** Changes a message. */
	Changed change(QueueId id, Change change) {
		List<Long> ids = List.of(id.value());
		return inTransaction(() -> {
			now();
			boolean there = !this.named.queryForList(this.statements.lockMessages(), Map.of("ids", ids), Long.class)
				.isEmpty();
			if (!there) {
				return new Changed(false, List.of(), Map.of());
			}
			List<String> destinations = this.jdbc.queryForList(this.statements.destinationsOfMessage(), String.class,
					id.value());
			this.jdbc.update(switch (change) {
				case HOLD -> this.statements.hold();
				case RELEASE -> this.statements.release();
				case RETRY -> this.statements.retryNow();
				case DELETE -> this.statements.delete();
			}, id.value());
			return new Changed(true, destinations, claimableOf(ids));
		});
	}

	// ---- The clock ----

	private record Seen(Instant seen, Instant now) {
	}

	/**
	 * Begins to watch the clock of the database, if nobody has.
	 * @throws org.springframework.dao.DuplicateKeyException if another node begins, too
	 */
	void beginToWatchClock() {
		inTransaction(() -> {
			Instant now = now();
			Integer there = this.jdbc.queryForObject(this.statements.isClockThere(), Integer.class);
			return (there != null && there == 0) ? this.jdbc.update(this.statements.beginSeen(), at(now)) : 0;
		});
	}

	/**
	 * Looks whether somebody has set the clock of the database back, and then brings
	 * forward by as much what is to happen later. Does nothing while another node looks.
	 * @param tolerance by how much transactions may overtake each other
	 * @return by how much it was set back; zero if it was not
	 */
	Duration watchClock(Duration tolerance) {
		return inTransaction(() -> {
			now();
			List<Seen> rows = this.jdbc.query(this.statements.seen(),
					(row, number) -> new Seen(instant(row, 1), instant(row, 2)));
			if (rows.isEmpty()) {
				return Duration.ZERO;
			}
			Instant seen = rows.get(0).seen();
			Instant now = rows.get(0).now();
			this.clock.is(now);
			boolean setBack = now.plus(tolerance).isBefore(seen);
			if (setBack) {
				this.jdbc.update(this.statements.setBack(), at(now), at(seen), at(now), at(seen));
			}
			if (setBack || now.isAfter(seen)) {
				this.jdbc.update(this.statements.updateSeen(), at(now));
			}
			return setBack ? Duration.between(now, seen) : Duration.ZERO;
		});
	}

}
