/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The sender of a message as MAIL names it: a mailbox, or the null path {@code <>} of
 * notifications (RFC 5321 sections 4.1.2 and 4.5.5). Immutable.
 */
public final class ReversePath {

	/** The null path {@code <>}. */
	public static final ReversePath NULL = new ReversePath(null);

	private final @Nullable Mailbox mailbox;

	private ReversePath(@Nullable Mailbox mailbox) {
		this.mailbox = mailbox;
	}

	/**
	 * The path of a mailbox.
	 * @param mailbox the sender
	 * @return the path
	 */
	public static ReversePath of(Mailbox mailbox) {
		return new ReversePath(mailbox);
	}

	/** Whether this is {@code <>}. */
	public boolean isNull() {
		return this.mailbox == null;
	}

	/** The sender's mailbox, empty for the null path. */
	public Optional<Mailbox> mailbox() {
		return Optional.ofNullable(this.mailbox);
	}

	/** Whether it is an address of RFC 5321, or the null path. */
	boolean isAscii() {
		return this.mailbox == null || this.mailbox.isAscii();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ReversePath that && java.util.Objects.equals(this.mailbox, that.mailbox);
	}

	@Override
	public int hashCode() {
		return java.util.Objects.hashCode(this.mailbox);
	}

	/** {@code local@domain}, empty for the null path. */
	@Override
	public String toString() {
		return (this.mailbox != null) ? this.mailbox.toString() : "";
	}

}
