/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.mailio.message.TraceHeader;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.OriginalRecipient;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What programs read: {@code message/delivery-status} (RFC 3464 section 2), or its
 * international variant (RFC 6533).
 */
final class StatusReport {

	/** Longer ones are cut: nobody reads them, and there may be many recipients. */
	private static final int MAX_TEXT = 1000;

	/** So that with its name in front of it no line gets too long. */
	private static final int MAX_LINE = 900;

	private static final String UTF_8 = "utf-8";

	private final String hostname;

	private final OriginalMessage original;

	private final List<RecipientReport> reports;

	private final boolean global;

	StatusReport(String hostname, OriginalMessage original, List<RecipientReport> reports) {
		this.hostname = hostname;
		this.original = original;
		this.reports = reports;
		this.global = original.envelope().isInternational() && reports.stream().anyMatch(StatusReport::isInternational)
				|| reports.stream().anyMatch((report) -> !report.recipient().mailbox().isAscii());
	}

	private static boolean isInternational(RecipientReport report) {
		return report.recipient()
			.originalRecipient()
			.filter((recipient) -> !DomainNames.isAscii(recipient.address()))
			.isPresent();
	}

	/** Whether it holds addresses in UTF-8. */
	boolean isGlobal() {
		return this.global;
	}

	String subject() {
		if (has(DeliveryAction.FAILED)) {
			return "Your message could not be delivered";
		}
		return has(DeliveryAction.DELAYED) ? "Your message has not been delivered yet" : "Your message was delivered";
	}

	private boolean has(DeliveryAction action) {
		return this.reports.stream().anyMatch((report) -> report.action() == action);
	}

	String write() {
		StringBuilder out = new StringBuilder();
		line(out, "Reporting-MTA", "dns; " + this.hostname);
		this.original.envelope().envelopeId().ifPresent((id) -> line(out, "Original-Envelope-Id", id));
		date(out, "Arrival-Date", this.original.arrival());
		for (RecipientReport report : this.reports) {
			out.append("\r\n");
			write(out, report);
		}
		return out.toString();
	}

	private void write(StringBuilder out, RecipientReport report) {
		Mailbox mailbox = report.recipient().mailbox();
		report.recipient()
			.originalRecipient()
			.ifPresent((recipient) -> line(out, "Original-Recipient", typed(recipient)));
		line(out, "Final-Recipient",
				mailbox.isAscii() ? "rfc822; " + mailbox : UTF_8 + "; " + international(mailbox.toString()));
		line(out, "Action", report.action().word());
		line(out, "Status", report.status());
		if (report.remote() != null) {
			folded(out, "Remote-MTA", "dns; " + name(report.remote()));
		}
		diagnostic(out, report);
		date(out, "Last-Attempt-Date", report.lastAttempt());
		date(out, "Will-Retry-Until", report.retryUntil());
	}

	/** RFC 3464 section 2.3.5: a name; what else is to be said is a comment. */
	private static String name(NextHop hop) {
		String address = AddressLiterals.of(hop.address().getAddress());
		return hop.host().equals(address) ? address : hop.host() + " (" + address + ")";
	}

	/** RFC 3464 section 2.3.6: {@code smtp} stands for what a server has said. */
	private void diagnostic(StringBuilder out, RecipientReport report) {
		Reply said = report.said();
		if (said != null) {
			folded(out, "Diagnostic-Code", "smtp; " + said.code() + " " + text(said));
		}
		else if (!report.action().isSuccess()) {
			folded(out, "Diagnostic-Code", "x-mailio; " + text(report.reply()));
		}
	}

	private static String text(Reply reply) {
		String status = Optional.ofNullable(reply.status()).map((code) -> code.in(reply.code()) + " ").orElse("");
		return status + String.join(" ", reply.text());
	}

	private String typed(OriginalRecipient recipient) {
		boolean international = recipient.type().equalsIgnoreCase(UTF_8);
		return recipient.type() + "; " + (international ? international(recipient.address()) : recipient.address());
	}

	/**
	 * RFC 6533 section 3: {@code \x{HEX}} for what may not stand there itself, which is
	 * everything beyond US-ASCII in the report for those who do not know better.
	 */
	private String international(String address) {
		StringBuilder text = new StringBuilder(address.length() + 16);
		address.codePoints().forEach((point) -> {
			String one = Character.toString(point);
			boolean itself = (point <= 0x7f) ? point > ' ' && point < 0x7f && "+=\\".indexOf(point) < 0
					: this.global && Printable.of(one).equals(one);
			if (itself) {
				text.append(one);
			}
			else {
				text.append("\\x{").append("%02X".formatted(point)).append('}');
			}
		});
		return text.toString();
	}

	/** One line, if it can be: within an address there is nowhere to fold. */
	private static void line(StringBuilder out, String name, String value) {
		if (value.getBytes(StandardCharsets.UTF_8).length > MAX_LINE) {
			FoldedText.append(out, name + ": ", " ", value);
		}
		else {
			out.append(name).append(": ").append(value).append("\r\n");
		}
	}

	private static void date(StringBuilder out, String name, @Nullable Instant instant) {
		if (instant != null) {
			line(out, name, TraceHeader.date(instant.toEpochMilli()));
		}
	}

	/** What others have said. */
	private void folded(StringBuilder out, String name, String value) {
		String visible = Printable.of(value, MAX_TEXT);
		String text = this.global ? visible : visible.replaceAll("[^ -~]", "?");
		FoldedText.append(out, name + ": ", " ", text);
	}

}
