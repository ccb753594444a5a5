/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import reactor.core.publisher.Mono;

/**
 * {@code rcpt/mailbox}: finds the mailboxes of a recipient of a served domain, and
 * refuses it with 550 5.1.1 if there are none, or one that cannot be a directory of the
 * maildir, and with what the quota says if one is full. What it finds is there for later
 * handlers as {@link RecipientMailboxes}. Safe for use by several threads.
 */
public final class MailboxLookup {

	private static final String NAME = "rcpt/mailbox";

	private final Mailboxes mailboxes;

	private final Predicate<Mailbox> possible;

	private final MailboxQuota quota;

	private final Meters meters;

	/**
	 * Looks recipients up.
	 * @param mailboxes where addresses lead
	 * @param possible which mailboxes there can be
	 * @param quota which have room
	 * @param meters counts what becomes of recipients
	 */
	public MailboxLookup(Mailboxes mailboxes, Predicate<Mailbox> possible, MailboxQuota quota, Meters meters) {
		this.mailboxes = mailboxes;
		this.possible = possible;
		this.quota = quota;
		this.meters = meters;
	}

	/** Whether {@link #decide} never blocks. */
	public boolean isImmediate() {
		return this.mailboxes.isImmediate() && this.quota == MailboxQuota.UNLIMITED;
	}

	/** Whether {@link #decideLater} never blocks. */
	public boolean isReactive() {
		return this.mailboxes.isReactive() && this.quota == MailboxQuota.UNLIMITED;
	}

	/** Decides on this thread. */
	public Decision decide(SmtpRequest req, SmtpResponse res) throws Exception {
		if (!isOurs(req)) {
			return res.accept();
		}
		Set<Mailbox> found = this.mailboxes.of(req.to());
		Optional<Reply> full = (this.quota != MailboxQuota.UNLIMITED) ? full(found, declaredSize(req))
				: Optional.empty();
		if (full.isPresent()) {
			this.meters.count(MeterName.MAILBOX_LOOKUPS, "full");
			return res.reject(full.get());
		}
		return decide(found, req, res);
	}

	private Optional<Reply> full(Set<Mailbox> found, long size) throws Exception {
		for (Mailbox mailbox : found) {
			Optional<Reply> full = this.quota.refusal(mailbox, size);
			if (full.isPresent()) {
				return full;
			}
		}
		return Optional.empty();
	}

	/** Decides when the resolver has answered. */
	public Mono<Decision> decideLater(SmtpRequest req, SmtpResponse res) {
		if (!isOurs(req)) {
			return Mono.just(res.accept());
		}
		return this.mailboxes.later(req.to()).map((found) -> decide(found, req, res));
	}

	private Decision decide(Set<Mailbox> found, SmtpRequest req, SmtpResponse res) {
		if (found.isEmpty()) {
			this.meters.count(MeterName.MAILBOX_LOOKUPS, "unknown");
			return res.reject(Replies.UNKNOWN_MAILBOX);
		}
		for (Mailbox mailbox : found) {
			if (!this.possible.test(mailbox)) {
				this.meters.count(MeterName.MAILBOX_LOOKUPS, "unknown");
				return res.reject(Replies.NO_SUCH_MAILBOX);
			}
		}
		if (!this.mailboxes.isPlain()) {
			keep(found, req, res);
			this.meters.count(MeterName.MAILBOX_LOOKUPS, "found");
		}
		return res.accept();
	}

	private static void keep(Set<Mailbox> found, SmtpRequest req, SmtpResponse res) {
		RecipientMailboxes kept = res.get(NAME, RecipientMailboxes.class).orElseGet(() -> {
			RecipientMailboxes none = new RecipientMailboxes();
			res.set(none);
			return none;
		});
		kept.add(req.to(), found);
	}

	private static boolean isOurs(SmtpRequest req) {
		return req.session().server().serves(req.to().domain());
	}

	/** SIZE was checked at MAIL: at most 20 digits (RFC 1870). */
	private static long declaredSize(SmtpRequest req) {
		return req.session()
			.envelope()
			.parameters()
			.value("SIZE")
			.map((digits) -> new BigInteger(digits).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue())
			.orElse(0L);
	}

}
