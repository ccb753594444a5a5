/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Instant;

import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What the sender of a message may be told of one recipient.
 *
 * @param recipient the recipient with the parameters of its RCPT command
 * @param action what became of the message
 * @param reply why, in the form of a reply: that of the other server, or one of ours,
 * such as {@code 451 4.4.7} for mail that has waited too long. Its enhanced status code
 * is the report's
 * @param said the last reply of the other server, {@code null} if there was none
 * @param remote the other server, {@code null} if none was reached for
 * @param lastAttempt when delivery was tried for the last time, {@code null} for never
 * @param retryUntil until when it is tried further, for what is delayed; else
 * {@code null}
 */
public record RecipientReport(Recipient recipient, DeliveryAction action, Reply reply, @Nullable Reply said,
		@Nullable NextHop remote, @Nullable Instant lastAttempt, @Nullable Instant retryUntil) {

	public RecipientReport {
		if (action.isSuccess() != reply.isPositive() || reply.isIntermediate()) {
			throw new IllegalArgumentException("A " + reply.code() + " is no reason for '" + action.word() + "'");
		}
	}

	/**
	 * A report that no other server has taken part in.
	 * @param recipient the recipient
	 * @param action what became of the message
	 * @param reply why, in the form of a reply
	 * @return the report
	 */
	public static RecipientReport of(Recipient recipient, DeliveryAction action, Reply reply) {
		return new RecipientReport(recipient, action, reply, null, null, null, null);
	}

	/**
	 * The same, with another server.
	 * @param remote the server
	 * @param said what it said last, {@code null} if nothing
	 */
	public RecipientReport by(NextHop remote, @Nullable Reply said) {
		return new RecipientReport(this.recipient, this.action, this.reply, said, remote, this.lastAttempt,
				this.retryUntil);
	}

	/** The same, with the time of the last attempt. */
	public RecipientReport attempted(Instant lastAttempt) {
		return new RecipientReport(this.recipient, this.action, this.reply, this.said, this.remote, lastAttempt,
				this.retryUntil);
	}

	/** The same, with the time when it will be given up. */
	public RecipientReport retriedUntil(Instant retryUntil) {
		return new RecipientReport(this.recipient, this.action, this.reply, this.said, this.remote, this.lastAttempt,
				retryUntil);
	}

	/** Class, subject and detail (RFC 3464 section 2.3.4). */
	String status() {
		EnhancedStatusCode status = this.reply.withStatus(EnhancedStatusCode.UNDEFINED).status();
		return ((status != null) ? status : EnhancedStatusCode.UNDEFINED).in(this.reply.code());
	}

}
