/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.mailio.message.Content;
import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * A message that is to be kept.
 *
 * @param from the sender
 * @param parameters those of the MAIL command, kept as they are
 * @param recipients who is to get it, each with the destination that it waits for; a
 * mailbox that is named again gets it once, as it was named first
 * @param content the octets
 * @param notBefore when it may be sent at the earliest; {@code null} for at once
 */
public record NewMessage(ReversePath from, Parameters parameters, List<Addressee> recipients, Source content,
		@Nullable Instant notBefore) {

	/** The most recipients that a message may have. */
	public static final int MAX_RECIPIENTS = 30_000;

	public NewMessage {
		recipients = eachOnce(recipients);
		if (recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
			throw new IllegalArgumentException(
					"A message has 1 to " + MAX_RECIPIENTS + " recipients, not " + recipients.size());
		}
	}

	private static List<Addressee> eachOnce(List<Addressee> recipients) {
		if (recipients.size() < 2) {
			return List.copyOf(recipients);
		}
		Set<Mailbox> known = new HashSet<>();
		return recipients.stream().filter((one) -> known.add(one.recipient().mailbox())).toList();
	}

	/**
	 * A recipient and where it is served.
	 *
	 * @param recipient the recipient with the parameters of its RCPT command
	 * @param destination recipients of one destination wait, and are claimed, together;
	 * any text of 1 to 255 characters, most often a domain
	 */
	public record Addressee(Recipient recipient, String destination) {

		public Addressee {
			if (destination.isEmpty() || destination.length() > 255) {
				throw new IllegalArgumentException(
						"The name of a destination has 1 to 255 characters, not " + destination.length());
			}
		}

	}

	/** Where the octets come from. */
	public interface Source {

		/** Their number. */
		long size();

		/**
		 * Opens them; called once, and read to the end by the caller of
		 * {@link MessageQueue#enqueue}.
		 * @throws IOException if they cannot be read
		 */
		InputStream openStream() throws IOException;

		/** Content that somebody else releases, once it is queued. */
		static Source of(Content content) {
			return new Octets(content.size(), content::openStream);
		}

		/** A message that somebody else releases, once it is queued. */
		static Source of(ReceivedMessage message) {
			return new Octets(message.size(), message::openStream);
		}

	}

	private interface Opener {

		InputStream open() throws IOException;

	}

	private record Octets(long size, Opener opener) implements Source {

		@Override
		public InputStream openStream() throws IOException {
			return this.opener.open();
		}

	}

}
