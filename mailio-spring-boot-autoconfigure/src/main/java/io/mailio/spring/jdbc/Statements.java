/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is said to the database. Names of tables and the time of the database are put in
 * here, everything else is a parameter. Those that begin a transaction also ask for the
 * time.
 */
final class Statements {

	/** The time of the database, when its transaction has begun. */
	static final String DATABASE_TIME = "CURRENT_TIMESTAMP";

	/** What nobody has in flight, or not any more. */
	private static final String FREE = "claimable IS NOT NULL AND NOT held AND (lease IS NULL OR claimable <= {now})";

	private static final String STATE = "CASE WHEN lease IS NOT NULL AND claimable > {now} THEN 'IN_FLIGHT'"
			+ " WHEN held THEN 'HELD' WHEN due <= {now} THEN 'READY' ELSE 'DEFERRED' END";

	private final String prefix;

	private final String now;

	private final Database database;

	/** Each is written once. */
	private final Map<String, String> written = new ConcurrentHashMap<>();

	/**
	 * Statements for the tables of a queue.
	 * @param prefix what their names begin with
	 * @param now the expression for the time
	 */
	Statements(Database database, String prefix, String now) {
		this.database = database;
		this.prefix = prefix;
		this.now = now;
	}

	private String sql(String text) {
		return this.written.computeIfAbsent(text, this::write);
	}

	private String write(String text) {
		return text.replace("{free}", FREE)
			.replace("{unforced}", this.database.unforced())
			.replace("{patience}", this.database.patience())
			.replace("{state}", STATE)
			.replace("{now}", this.now)
			.replace("{p}", this.prefix);
	}

	/** Nobody waits for long for what a node has locked that does not go on. */
	String now() {
		return sql("SELECT {now}, {patience}");
	}

	// ---- Messages come ----

	String nextIds() {
		return this.database.nextIds(this.prefix, this.now);
	}

	String insertMessage() {
		return sql("INSERT INTO {p}message (id, enqueued, begun, size, sender, parameters) VALUES (?, ?, ?, ?, ?, ?)");
	}

	String insertDelivery() {
		return sql("INSERT INTO {p}delivery (message_id, destination, due, claimable, held, attempts)"
				+ " VALUES (?, ?, ?, ?, FALSE, 0)");
	}

	String insertRecipient() {
		return sql("INSERT INTO {p}recipient (message_id, destination, number, address, parameters)"
				+ " VALUES (?, ?, ?, ?, ?)");
	}

	String insertContent() {
		return sql("INSERT INTO {p}content (message_id, piece, octets) VALUES (?, ?, ?)");
	}

	String readContent() {
		return sql("SELECT octets FROM {p}content WHERE message_id = ? AND piece = ?");
	}

	// ---- Somebody delivers them ----

	/**
	 * Others who claim do not wait for each other: each takes the next row. A claim that
	 * a crash of the database forgets is one that anybody may have again, as after a
	 * crash of the node; so nobody waits until it is on the disk.
	 */
	String next() {
		return sql("""
				SELECT message_id, attempts, last_attempt, lease, {now}, {unforced}
				FROM {p}delivery
				WHERE destination = ? AND claimable <= {now} AND NOT held
					AND NOT EXISTS (SELECT 1 FROM {p}suspension s WHERE s.destination = ?)
				ORDER BY claimable, message_id
				FETCH FIRST 1 ROW ONLY
				FOR UPDATE SKIP LOCKED""");
	}

	String lease() {
		return sql("UPDATE {p}delivery SET claimable = ?, lease = ?, leased_by = ?"
				+ " WHERE message_id = ? AND destination = ?");
	}

	String renew() {
		return sql("UPDATE {p}delivery SET claimable = ? WHERE message_id = ? AND destination = ? AND lease = ?");
	}

	String readClaimed() {
		return sql("""
				SELECT m.enqueued, m.begun, m.size, m.sender, m.parameters,
					r.number, r.address, r.parameters AS recipient_parameters
				FROM {p}message m JOIN {p}recipient r ON r.message_id = m.id
				WHERE m.id = ? AND r.destination = ?
				ORDER BY r.number""");
	}

	String holdUnreadable() {
		return sql("UPDATE {p}delivery SET held = TRUE, claimable = NULL WHERE message_id = ? AND destination = ?");
	}

	/**
	 * Whoever settles the last destinations of a message at the same time takes turns, or
	 * none of them would see that nothing is left.
	 */
	String lockMessages() {
		return sql("SELECT id FROM {p}message WHERE id IN (:ids) ORDER BY id FOR UPDATE");
	}

	String deleteDelivery() {
		return sql("DELETE FROM {p}delivery WHERE message_id = ? AND destination = ? AND lease = ?");
	}

	String deferDelivery() {
		return sql("""
				UPDATE {p}delivery SET due = ?, attempts = ?, last_attempt = ?,
					claimable = CASE WHEN held THEN NULL ELSE CAST(? AS TIMESTAMP WITH TIME ZONE) END,
					lease = NULL, leased_by = NULL
				WHERE message_id = ? AND destination = ? AND lease = ?""");
	}

	String insertAttempt() {
		return sql("INSERT INTO {p}attempt (message_id, destination, number, ended, reply) VALUES (?, ?, ?, ?, ?)");
	}

	String forgetAttempts() {
		return sql("DELETE FROM {p}attempt WHERE message_id = ? AND destination = ? AND number <= ?");
	}

	String returnDelivery() {
		return sql("""
				UPDATE {p}delivery SET due = COALESCE(CAST(? AS TIMESTAMP WITH TIME ZONE), due),
					claimable = CASE WHEN held THEN NULL ELSE COALESCE(CAST(? AS TIMESTAMP WITH TIME ZONE), due) END,
					lease = NULL, leased_by = NULL
				WHERE message_id = ? AND destination = ? AND lease = ?""");
	}

	String deleteRecipient() {
		return sql("DELETE FROM {p}recipient WHERE message_id = ? AND destination = ? AND number = ?");
	}

	String deleteMessageWithoutDeliveries() {
		return sql("DELETE FROM {p}message WHERE id = ?"
				+ " AND NOT EXISTS (SELECT 1 FROM {p}delivery d WHERE d.message_id = ?)");
	}

	// ---- What is ready ----

	String destinations() {
		return sql("SELECT k.destination, (SELECT MIN(claimable) FROM {p}delivery d"
				+ " WHERE d.destination = k.destination AND {free}) FROM (" + this.database.destinations(this.prefix)
				+ ") k");
	}

	String nextClaimable() {
		return sql("SELECT claimable FROM {p}delivery WHERE destination = ? AND {free}"
				+ " ORDER BY claimable FETCH FIRST 1 ROW ONLY");
	}

	String becameClaimable() {
		return sql("SELECT destination, MIN(claimable) FROM {p}delivery WHERE claimable > ? AND claimable <= ?"
				+ " AND NOT held GROUP BY destination");
	}

	String claimableOfMessages() {
		return sql("SELECT destination, MIN(claimable) FROM {p}delivery WHERE message_id IN (:ids) AND {free}"
				+ " GROUP BY destination");
	}

	String suspensions() {
		return sql("SELECT destination FROM {p}suspension");
	}

	String suspend() {
		return sql("INSERT INTO {p}suspension (destination) VALUES (?)");
	}

	String resume() {
		return sql("DELETE FROM {p}suspension WHERE destination = ?");
	}

	// ---- Somebody looks after them ----

	String hold() {
		return sql("UPDATE {p}delivery SET held = TRUE, claimable = CASE WHEN lease IS NULL THEN NULL"
				+ " ELSE claimable END WHERE message_id = ?");
	}

	String release() {
		return sql("UPDATE {p}delivery SET held = FALSE, claimable = CASE WHEN lease IS NULL THEN due"
				+ " ELSE claimable END WHERE message_id = ?");
	}

	String retryNow() {
		return sql("UPDATE {p}delivery SET due = {now}, claimable = CASE WHEN lease IS NULL AND NOT held THEN {now}"
				+ " ELSE claimable END WHERE message_id = ?");
	}

	String delete() {
		return sql("DELETE FROM {p}message WHERE id = ?");
	}

	/** Locks them, in the order in which leases are renewed. */
	String destinationsOfMessage() {
		return sql("SELECT destination FROM {p}delivery WHERE message_id = ? ORDER BY "
				+ this.database.binary("destination") + " FOR UPDATE");
	}

	String countMessages() {
		return sql("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM {p}message");
	}

	String countDeliveries() {
		return sql("SELECT destination, state, COUNT(*) FROM (SELECT destination, {state} AS state FROM {p}delivery) d"
				+ " GROUP BY destination, state");
	}

	/** The oldest first; each of the last two conditions holds if it is not asked for. */
	String list() {
		return sql("""
				SELECT m.id FROM {p}message m
				WHERE m.id > :after AND EXISTS (SELECT 1 FROM {p}delivery d WHERE d.message_id = m.id
					AND (:anyDestination OR d.destination = :destination)
					AND (:anyState OR {state} = :state))
				ORDER BY m.id FETCH FIRST :limit ROWS ONLY""");
	}

	String readMessages() {
		return sql("SELECT id, enqueued, size, sender FROM {p}message WHERE id IN (:ids) ORDER BY id");
	}

	String readDeliveries() {
		return sql("SELECT message_id, destination, {state} AS state, attempts, due FROM {p}delivery"
				+ " WHERE message_id IN (:ids) ORDER BY message_id, destination");
	}

	String readRecipients() {
		return sql("SELECT message_id, destination, address FROM {p}recipient WHERE message_id IN (:ids)"
				+ " ORDER BY message_id, number");
	}

	String readAttempts() {
		return sql("SELECT message_id, destination, ended, reply FROM {p}attempt WHERE message_id IN (:ids)"
				+ " ORDER BY message_id, destination, number");
	}

	// ---- The clock ----

	String isClockThere() {
		return sql("SELECT COUNT(*) FROM {p}clock WHERE id = 1");
	}

	/** Gives nothing while another node looks: one of them is enough. */
	String seen() {
		return sql("SELECT seen, {now} FROM {p}clock WHERE id = 1 FOR UPDATE SKIP LOCKED");
	}

	String beginSeen() {
		return sql("INSERT INTO {p}clock (id, seen) VALUES (1, ?)");
	}

	String updateSeen() {
		return sql("UPDATE {p}clock SET seen = ? WHERE id = 1");
	}

	/** Parameters: twice the time as it is now, and twice as it was thought to be. */
	String setBack() {
		return sql("UPDATE {p}delivery SET due = CAST(? AS TIMESTAMP WITH TIME ZONE) + (due"
				+ " - CAST(? AS TIMESTAMP WITH TIME ZONE)), claimable = CAST(? AS TIMESTAMP WITH TIME ZONE)"
				+ " + (claimable - CAST(? AS TIMESTAMP WITH TIME ZONE)) WHERE due > {now} OR claimable > {now}");
	}

}
