/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Instant;
import java.util.List;

import io.mailio.message.TraceHeader;
import io.mailio.smtp.OriginalRecipient;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;

/** What people read: who, why in the words of the other server, what happens now. */
final class ReportText {

	/** More stand in the report only. */
	private static final int MAX_RECIPIENTS = 100;

	private static final int MAX_LINE = 500;

	private static final int MAX_LINES = 20;

	private static final String INDENT = "    ";

	private final String hostname;

	private final Instant arrival;

	private final List<RecipientReport> reports;

	private final StringBuilder out = new StringBuilder();

	ReportText(String hostname, Instant arrival, List<RecipientReport> reports) {
		this.hostname = hostname;
		this.arrival = arrival;
		this.reports = reports;
	}

	String write(boolean wholeMessage) {
		paragraph("This is the mail server " + this.hostname + ". It is about your message of "
				+ TraceHeader.date(this.arrival.toEpochMilli()) + ".");
		for (DeliveryAction action : DeliveryAction.values()) {
			section(action);
		}
		paragraph("A report for programs follows, and behind it "
				+ (wholeMessage ? "your message." : "the header of your message."));
		return this.out.toString();
	}

	private void section(DeliveryAction action) {
		List<RecipientReport> reports = this.reports.stream().filter((report) -> report.action() == action).toList();
		if (!reports.isEmpty()) {
			paragraph(meaning(action));
			reports.stream().limit(MAX_RECIPIENTS).forEach(this::recipient);
			if (reports.size() > MAX_RECIPIENTS) {
				paragraph("and " + (reports.size() - MAX_RECIPIENTS) + " more, who are named in the report.");
			}
		}
	}

	private static String meaning(DeliveryAction action) {
		return switch (action) {
			case FAILED -> "It could not be delivered to the following recipients. This is final:"
					+ " it will not be tried again.";
			case DELAYED -> "It has not been delivered to the following recipients yet. This server keeps"
					+ " trying: you need not send it again.";
			case DELIVERED -> "It was delivered to the following recipients.";
			case RELAYED -> "It was handed over to the servers of the following recipients,"
					+ " which do not report when they deliver it.";
			case EXPANDED -> "It was delivered to the following recipients, from where it is sent on to others.";
		};
	}

	private void recipient(RecipientReport report) {
		String mailbox = report.recipient().mailbox().toString();
		String original = report.recipient()
			.originalRecipient()
			.map(OriginalRecipient::address)
			.filter((address) -> !address.equals(mailbox))
			.map((address) -> " (you wrote to " + address + ")")
			.orElse("");
		line("", "<" + mailbox + ">" + original);
		if (report.said() == null || !report.reply().equals(report.said())) {
			lines(report.reply(), reason(report));
		}
		if (report.said() != null) {
			line(INDENT, ((report.remote() != null) ? report.remote() : "The server") + " said:");
			lines(report.said(), said(report.said()));
		}
		if (report.retryUntil() != null) {
			line(INDENT, "This goes on until " + TraceHeader.date(report.retryUntil().toEpochMilli()));
		}
		this.out.append("\r\n");
	}

	private static String reason(RecipientReport report) {
		String where = (report.remote() != null && report.said() == null) ? report.remote() + ": " : "";
		return where + (report.action().isSuccess() ? "" : report.status() + " ");
	}

	private static String said(Reply reply) {
		return reply.code() + " " + ((reply.status() != null) ? reply.status().in(reply.code()) + " " : "");
	}

	private void lines(Reply reply, String prefix) {
		reply.text().stream().limit(MAX_LINES).forEach((text) -> line(INDENT, prefix + text));
	}

	/** What others have said may stand in it. */
	private void line(String indent, String text) {
		FoldedText.append(this.out, indent, indent + INDENT, Printable.of(text, MAX_LINE));
	}

	private void paragraph(String text) {
		FoldedText.append(this.out, "", "", text);
		this.out.append("\r\n");
	}

}
