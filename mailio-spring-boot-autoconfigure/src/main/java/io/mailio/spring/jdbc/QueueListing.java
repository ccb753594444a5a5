/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.mailio.queue.Attempt;
import io.mailio.queue.MessageState;
import io.mailio.queue.QueueCounts;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of a queue as those see them who look after it. Fails as Spring's JDBC does.
 * Safe for use by several threads.
 */
final class QueueListing {

	/** How many messages are read at a time. */
	private static final int PAGE = 500;

	private final NamedParameterJdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final Statements statements;

	QueueListing(NamedParameterJdbcTemplate jdbc, TransactionTemplate transaction, Statements statements) {
		this.jdbc = jdbc;
		this.transaction = transaction;
		this.statements = statements;
	}

	/** How much there is. */
	QueueCounts counts() {
		Map<String, Map<MessageState, Integer>> destinations = new TreeMap<>();
		return Objects.requireNonNull(this.transaction.execute((status) -> {
			this.jdbc.query(this.statements.countDeliveries(), (row) -> {
				destinations.computeIfAbsent(row.getString(1), (name) -> new EnumMap<>(MessageState.class))
					.put(MessageState.valueOf(row.getString(2)), row.getInt(3));
			});
			return this.jdbc.queryForObject(this.statements.countMessages(), Map.of(),
					(row, number) -> new QueueCounts(row.getLong(1), row.getLong(2), destinations));
		}));
	}

	/** Lists messages. */
	List<QueuedMessage> list(QueueFilter filter) {
		Map<String, Object> parameters = new HashMap<>();
		parameters.put("after", (filter.after() != null) ? filter.after().value() : 0L);
		parameters.put("anyDestination", filter.destination() == null);
		parameters.put("destination", (filter.destination() != null) ? filter.destination() : "");
		parameters.put("anyState", filter.state() == null);
		parameters.put("state", (filter.state() != null) ? filter.state().name() : "");
		parameters.put("limit", filter.limit());
		List<Long> ids = Objects.requireNonNull(this.transaction
			.execute((status) -> this.jdbc.queryForList(this.statements.list(), parameters, Long.class)));
		List<QueuedMessage> messages = new ArrayList<>();
		for (int from = 0; from < ids.size(); from += PAGE) {
			messages.addAll(read(ids.subList(from, Math.min(ids.size(), from + PAGE))));
		}
		return messages;
	}

	/** A message as it stands in its rows. */
	private record Row(long id, Instant enqueued, long size, String sender, Map<String, Part> parts) {
	}

	/** What waits for one destination. */
	private record Part(String destination, String state, int attempts, Instant due, List<String> recipients,
			List<Attempt> history) {
	}

	/** Reads messages; those that are gone are left out. */
	List<QueuedMessage> read(List<Long> ids) {
		List<QueuedMessage> messages = new ArrayList<>();
		for (Row row : Objects.requireNonNull(this.transaction.execute((status) -> rows(Map.of("ids", ids))))) {
			try {
				messages.add(queued(row));
			}
			catch (IllegalArgumentException ex) {
				messages.add(unreadable(row, ex));
			}
		}
		return messages;
	}

	private List<Row> rows(Map<String, Object> parameters) {
		Map<Long, Row> rows = new LinkedHashMap<>();
		this.jdbc.query(this.statements.readMessages(), parameters, (row) -> {
			rows.put(row.getLong(1), new Row(row.getLong(1), QueueTables.instant(row, 2), row.getLong(3),
					row.getString(4), new LinkedHashMap<>()));
		});
		// What has come or gone in between belongs to none.
		this.jdbc.query(this.statements.readDeliveries(), parameters, (row) -> {
			Row message = rows.get(row.getLong(1));
			if (message != null) {
				message.parts()
					.put(row.getString(2), new Part(row.getString(2), row.getString(3), row.getInt(4),
							QueueTables.instant(row, 5), new ArrayList<>(), new ArrayList<>()));
			}
		});
		this.jdbc.query(this.statements.readRecipients(), parameters, (row) -> {
			Part part = part(rows, row);
			if (part != null) {
				part.recipients().add(row.getString(3));
			}
		});
		this.jdbc.query(this.statements.readAttempts(), parameters, (row) -> {
			Part part = part(rows, row);
			if (part != null) {
				part.history().add(new Attempt(QueueTables.instant(row, 3), row.getString(4)));
			}
		});
		return List.copyOf(rows.values());
	}

	private static @Nullable Part part(Map<Long, Row> rows, ResultSet row) throws SQLException {
		Row message = rows.get(row.getLong(1));
		return (message != null) ? message.parts().get(row.getString(2)) : null;
	}

	/** Whoever looks after the queue must see it to get rid of it. */
	private static QueuedMessage unreadable(Row row, IllegalArgumentException why) {
		List<Attempt> reason = List
			.of(new Attempt(row.enqueued(), "The rows of the message mean nothing to this version: "
					+ Printable.of(String.valueOf(why.getMessage()))));
		List<QueuedMessage.Waiting> waiting = row.parts()
			.values()
			.stream()
			.map((part) -> new QueuedMessage.Waiting(part.destination(), List.of(), MessageState.valueOf(part.state()),
					part.attempts(), part.due(), reason))
			.toList();
		return new QueuedMessage(new QueueId(row.id()), ReversePath.NULL, row.size(), row.enqueued(), waiting);
	}

	private static QueuedMessage queued(Row row) {
		List<QueuedMessage.Waiting> waiting = row.parts()
			.values()
			.stream()
			.map((part) -> new QueuedMessage.Waiting(part.destination(),
					part.recipients().stream().map(Mailbox::of).toList(), MessageState.valueOf(part.state()),
					part.attempts(), part.due(), List.copyOf(part.history())))
			.toList();
		return new QueuedMessage(new QueueId(row.id()), QueueTables.sender(row.sender()), row.size(), row.enqueued(),
				waiting);
	}

}
