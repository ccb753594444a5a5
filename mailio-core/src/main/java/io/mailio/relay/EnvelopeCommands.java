/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.List;

import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import org.jspecify.annotations.Nullable;

/**
 * MAIL and RCPT for one message and one server: what the message needs, whether the
 * server offers it, and how it is said.
 */
final class EnvelopeCommands {

	private final Capabilities capabilities;

	private final Transmission.@Nullable Encryption encryption;

	private final Envelope envelope;

	private final List<Recipient> recipients;

	private final ContentFacts facts;

	private final boolean binary;

	private final boolean international;

	EnvelopeCommands(ClientConnection connection, Envelope envelope, List<Recipient> recipients, ContentFacts facts) {
		this(connection.capabilities(), connection.encryption(), envelope, recipients, facts);
	}

	EnvelopeCommands(Capabilities capabilities, Transmission.@Nullable Encryption encryption, Envelope envelope,
			List<Recipient> recipients, ContentFacts facts) {
		this.capabilities = capabilities;
		this.encryption = encryption;
		this.envelope = envelope;
		this.recipients = recipients;
		this.facts = facts;
		this.binary = envelope.parameters().value("BODY").filter("BINARYMIME"::equalsIgnoreCase).isPresent();
		this.international = capabilities.has("SMTPUTF8")
				&& (hasRawHeader() || !envelope.from().mailbox().map(Mailbox::isAscii).orElse(true)
						|| !recipients.stream().allMatch((recipient) -> recipient.mailbox().isAscii()));
	}

	/** Declared to be so, and so it is. */
	private boolean hasRawHeader() {
		return this.envelope.isInternational() && this.facts.rawHeader();
	}

	/** Whether the content is BINARYMIME (RFC 3030). */
	boolean isBinary() {
		return this.binary;
	}

	/** Why the server cannot take the message, {@code null} if it can. */
	@Nullable Verdict refusal() {
		if (this.envelope.requiresTls() && !isProtected()) {
			return unable(550, 7, 30, "The message requires TLS, and the server does not offer REQUIRETLS");
		}
		if (!this.capabilities.has("SMTPUTF8")
				&& (hasRawHeader() || this.envelope.from().mailbox().filter((from) -> !isSendable(from)).isPresent())) {
			return unable(553, 6, 7, "The message is internationalised, and the server does not offer SMTPUTF8");
		}
		if (this.facts.size() > this.capabilities.maxSize()) {
			return unable(552, 3, 4, "The message has " + this.facts.size() + " octets, and the server takes only "
					+ this.capabilities.maxSize());
		}
		if (this.binary && !(this.capabilities.has("BINARYMIME") && this.capabilities.has("CHUNKING"))) {
			return unable(554, 6, 3, "The message is BINARYMIME, which the server does not offer");
		}
		if (!this.binary && this.facts.eightBit() && !this.capabilities.has("8BITMIME")) {
			return unable(554, 6, 3, "The message is 8-bit, and the server does not offer 8BITMIME");
		}
		return null;
	}

	/** RFC 8689 section 4.2.1. */
	private boolean isProtected() {
		return this.encryption != null && this.encryption.verified() && this.capabilities.has("REQUIRETLS");
	}

	private static Verdict unable(int code, int subject, int detail, String text) {
		return Verdict.unable(Phase.MAIL, code, subject, detail, text);
	}

	/** Why the server cannot take it for one recipient, {@code null} if it can. */
	@Nullable Verdict refusal(int recipient) {
		boolean sendable = this.international || isSendable(this.recipients.get(recipient).mailbox());
		return sendable ? null : Verdict.unable(Phase.RCPT, 553, 6, 7,
				"The address is internationalised, and the server does not offer SMTPUTF8");
	}

	/** A domain has a form in US-ASCII, a local part has none. */
	private static boolean isSendable(Mailbox mailbox) {
		return DomainNames.isAscii(mailbox.localPart()) && DomainNames.isAscii(mailbox.asciiDomain());
	}

	/** MAIL with all parameters that the server knows. */
	String mail() {
		StringBuilder command = new StringBuilder("MAIL FROM:<");
		this.envelope.from().mailbox().ifPresent((mailbox) -> command.append(address(mailbox)));
		command.append('>');
		if (this.capabilities.has("SIZE")) {
			command.append(" SIZE=").append(this.facts.size());
		}
		if (this.binary) {
			command.append(" BODY=BINARYMIME");
		}
		else if (this.facts.eightBit()) {
			command.append(" BODY=8BITMIME");
		}
		if (this.international) {
			command.append(" SMTPUTF8");
		}
		if (this.envelope.requiresTls()) {
			command.append(" REQUIRETLS");
		}
		if (this.capabilities.has("DSN")) {
			passOn(this.envelope.parameters(), "RET", command);
			passOn(this.envelope.parameters(), "ENVID", command);
		}
		return command.toString();
	}

	/** RCPT with all parameters that the server knows. */
	String rcpt(int recipient) {
		Recipient to = this.recipients.get(recipient);
		StringBuilder command = new StringBuilder("RCPT TO:<").append(address(to.mailbox())).append('>');
		if (this.capabilities.has("DSN")) {
			passOn(to.parameters(), "NOTIFY", command);
			passOn(to.parameters(), "ORCPT", command);
		}
		return command.toString();
	}

	private String address(Mailbox mailbox) {
		boolean asItIs = this.international || mailbox.isAscii();
		return asItIs ? mailbox.toString() : mailbox.localPart() + "@" + mailbox.asciiDomain();
	}

	private void passOn(Parameters parameters, String keyword, StringBuilder command) {
		parameters.value(keyword)
			.ifPresent((value) -> command.append(' ')
				.append(keyword)
				.append('=')
				.append(this.international ? value : inAscii(value)));
	}

	/** {@code utf-8-addr-xtext}: the only value that may be more (RFC 6533 section 3). */
	private static String inAscii(String value) {
		if (DomainNames.isAscii(value)) {
			return value;
		}
		StringBuilder ascii = new StringBuilder();
		value.codePoints().forEach((point) -> {
			if (point < 0x7f) {
				ascii.append((char) point);
			}
			else {
				ascii.append("\\x{").append(Integer.toHexString(point).toUpperCase(java.util.Locale.ROOT)).append('}');
			}
		});
		return ascii.toString();
	}

}
