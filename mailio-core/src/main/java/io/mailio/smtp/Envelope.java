/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the commands of one transaction said about a message, as opposed to its content
 * (RFC 5321 section 2.3.1). Immutable.
 *
 * @param from the sender
 * @param parameters the parameters of the MAIL command
 * @param recipients the accepted recipients in the order of their RCPT commands, each
 * once
 */
public record Envelope(ReversePath from, Parameters parameters, List<Recipient> recipients) {

	public Envelope {
		recipients = List.copyOf(recipients);
	}

	/**
	 * An envelope without parameters.
	 * @param from the sender
	 * @param to the recipients
	 * @return the envelope
	 */
	public static Envelope of(ReversePath from, Mailbox... to) {
		return new Envelope(from, Parameters.NONE,
				Arrays.stream(to).distinct().map((mailbox) -> new Recipient(mailbox, Parameters.NONE)).toList());
	}

	/** How the sender names this transmission (ENVID, RFC 3461 section 4.4), decoded. */
	public Optional<String> envelopeId() {
		return this.parameters.value("ENVID").flatMap(Xtext::decode);
	}

	/** How much a notification of failure brings back (RET, RFC 3461 section 4.3). */
	public Optional<DsnReturn> dsnReturn() {
		return this.parameters.value("RET").flatMap(DsnReturn::parse);
	}

	/** Whether the message may travel over TLS only (RFC 8689). */
	public boolean requiresTls() {
		return this.parameters.has("REQUIRETLS");
	}

	/** Whether addresses and header fields may be UTF-8 (RFC 6531). */
	public boolean isInternational() {
		return this.parameters.has("SMTPUTF8");
	}

	/** The mailboxes of the recipients. */
	public List<Mailbox> to() {
		return (this.recipients.size() == 1) ? List.of(this.recipients.get(0).mailbox())
				: this.recipients.stream().map(Recipient::mailbox).toList();
	}

}
