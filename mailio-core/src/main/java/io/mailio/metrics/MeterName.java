/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.metrics;

import java.util.List;

/**
 * All meters, with their tags. The values of a tag are few and never a client's words.
 */
public enum MeterName {

	/** Users who wanted to send in the name of others. */
	SENDER_LOGIN_REFUSED("mailio.mail.sender.login.refused", Kind.COUNTER,
			"Senders that were refused, since they are none of the user's addresses"),
	/** Who wanted to send where he must not, or in our name. */
	RELAY_REFUSED("mailio.rcpt.relay.refused", Kind.COUNTER,
			"Recipients that were refused, since the client may not send there or in the name of a served domain"),

	/** Messages whose header is too large, or has been through too many hands. */
	HEADERS_REFUSED("mailio.queue.headers.refused", Kind.COUNTER, "Messages that were refused for their header"),
	/** Messages that claimed to have passed checks of ours. */
	HEADERS_FORGED("mailio.queue.headers.forged", Kind.COUNTER,
			"Messages with an Authentication-Results field that only we may write, which was removed"),

	/** Clients that have to wait for the greeting. */
	EARLY_TALKER("mailio.connect.early.talker", Kind.COUNTER,
			"Clients that had to wait for the greeting, by whether they did", "outcome"),
	/** Whether names of clients lead back to their addresses. */
	RDNS("mailio.connect.rdns", Kind.COUNTER, "Clients, by whether a name of their address leads back to it",
			"outcome"),
	/** Clients that lists in the DNS were asked about. */
	DNSBL("mailio.rcpt.dnsbl", Kind.TIMER, "Clients that lists in the DNS were asked about, until all had answered",
			"outcome"),
	/** Recipients of served domains that were looked up by aliases or a resolver. */
	MAILBOX_LOOKUPS("mailio.rcpt.mailbox", Kind.COUNTER,
			"Recipients of served domains that rcpt/mailbox has found, not found, or found to be full", "outcome"),

	/** Files in maildirs, one for each mailbox and message, and what was not written. */
	MAILDIR_DELIVERIES("mailio.queue.maildir", Kind.COUNTER,
			"Messages kept in a mailbox (inbox, junk, sent), or not kept (full, no-space, failed)", "outcome"),

	/** Messages that the relay's queue has taken or refused. */
	QUEUE_ENQUEUE("mailio.queue.relay", Kind.TIMER,
			"Messages brought to the queue of the relay, until they are durable", "outcome"),

	/** Messages that SpamAssassin was to look at. */
	SPAMD_SCAN("mailio.queue.spamd", Kind.TIMER, "Messages that SpamAssassin was to look at, until it has answered",
			"outcome");

	/** What is told of an event. */
	public enum Kind {

		/** How often. */
		COUNTER,
		/** How often, and how long it took. */
		TIMER

	}

	private final String id;

	private final Kind kind;

	private final String description;

	private final List<String> tags;

	MeterName(String id, Kind kind, String description, String... tags) {
		this.id = id;
		this.kind = kind;
		this.description = description;
		this.tags = List.of(tags);
	}

	/** The name that metrics systems show, with dots. */
	public String id() {
		return this.id;
	}

	/** Whether it is counted or timed. */
	public Kind kind() {
		return this.kind;
	}

	/** What it tells. */
	public String description() {
		return this.description;
	}

	/** The names of its tags, in the order in which values are given. */
	public List<String> tags() {
		return this.tags;
	}

}
