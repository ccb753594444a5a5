/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import io.mailio.message.Headers;
import io.mailio.message.StoredMessage;
import io.mailio.message.TraceHeader;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.DsnReturn;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;

/**
 * Tells senders what became of their mail (RFC 3461, 3464, 6522, 6533): a text for
 * people, a report for programs, and the header section or, if the sender asked for it
 * and it failed, the whole of the original.
 *
 * <p>
 * Only what the sender wants to hear is told; the null sender and mail that was written
 * by a program (RFC 3834) get no answer at all. Whatever others have said stands in the
 * message as text: it cannot end a line, a field or a part. No line is longer than 998
 * octets, and all is US-ASCII but for a returned message that is not.
 *
 * <p>
 * Safe for use by several threads.
 */
public final class DeliveryStatusNotifications {

	/** How large a message may be to be returned, unless configured otherwise: 1 MiB. */
	public static final long DEFAULT_MAX_RETURNED = 1024 * 1024;

	/** RFC 5322 section 2.1.1 allows 998; a Message-ID that long is nobody's. */
	private static final int MAX_MESSAGE_ID = 500;

	private static final int MAX_BOUNDARIES = 10;

	private static final Parameters NO_ANSWER = Parameters.of("NOTIFY=NEVER");

	private final String hostname;

	private final long maxReturned;

	private final InstantSource clock;

	private final Supplier<String> ids;

	/**
	 * A writer of notifications.
	 * @param hostname our name
	 * @param maxReturned how many octets a message may have to be returned as a whole; of
	 * a larger one the header section is
	 * @throws IllegalArgumentException if the name is none
	 */
	public DeliveryStatusNotifications(String hostname, long maxReturned) {
		this(hostname, maxReturned, InstantSource.system(), () -> UUID.randomUUID().toString().replace("-", ""));
	}

	DeliveryStatusNotifications(String hostname, long maxReturned, InstantSource clock, Supplier<String> ids) {
		this.hostname = DomainNames.toAscii(hostname);
		if (!AddressParser.isDomain(this.hostname)) {
			throw new IllegalArgumentException("Reports to senders come from a host with a name, for example"
					+ " mx.example.org, but '" + hostname + "' is none");
		}
		this.maxReturned = maxReturned;
		this.clock = clock;
		this.ids = ids;
	}

	/**
	 * Writes a notification. Reads the original's header section, and all of it if it is
	 * to be returned, so it blocks.
	 * @param original the message
	 * @param reports what became of it for some of its recipients
	 * @return the notification; empty if the sender is not to be told
	 * @throws IOException if the original cannot be read
	 */
	public Optional<DeliveryStatusNotification> of(OriginalMessage original, List<RecipientReport> reports)
			throws IOException {
		Optional<Mailbox> sender = original.envelope().from().mailbox();
		List<RecipientReport> wanted = reports.stream()
			.filter((report) -> report.action().isWanted(report.recipient().notifications()))
			.toList();
		if (sender.isEmpty() || wanted.isEmpty()) {
			return Optional.empty();
		}
		Headers headers = headers(original);
		return isAutomatic(headers) ? Optional.empty() : Optional.of(write(original, sender.get(), headers, wanted));
	}

	private static Headers headers(OriginalMessage original) throws IOException {
		try {
			return new StoredMessage(new byte[0], original.content()).headers();
		}
		catch (UncheckedIOException ex) {
			throw new IOException("The original of a notification cannot be read", ex);
		}
	}

	/** RFC 3834 section 5: everything but {@code no}, with or without a comment. */
	private static boolean isAutomatic(Headers headers) {
		return headers.all("Auto-Submitted").stream().anyMatch((value) -> {
			String keyword = value.split("[;(\\s]", 2)[0];
			return !keyword.isEmpty() && !keyword.equalsIgnoreCase("no");
		});
	}

	private DeliveryStatusNotification write(OriginalMessage original, Mailbox sender, Headers headers,
			List<RecipientReport> reports) throws IOException {
		boolean failed = reports.stream().anyMatch((report) -> report.action() == DeliveryAction.FAILED);
		boolean full = failed && original.envelope().dsnReturn().equals(Optional.of(DsnReturn.FULL));
		OriginalHeader header = OriginalHeader.read(original.content());
		StatusReport status = new StatusReport(this.hostname, original, reports);
		for (int i = 0; i < MAX_BOUNDARIES; i++) {
			String boundary = "=_" + this.ids.get();
			OriginalPart part = OriginalPart.of(original.content(), header, full ? this.maxReturned : -1, boundary);
			String text = new ReportText(this.hostname, original.arrival(), reports).write(part.isMessage());
			byte[] beginning = beginning(sender, headers, status, part, text, boundary);
			if (!part.holdsBoundary() && occurrences(beginning, boundary) == 4) {
				byte[] end = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
				return new DeliveryStatusNotification(envelope(original.envelope(), sender, part),
						new ReportContent(beginning, part.content(), end));
			}
		}
		throw new IOException("No boundary was found that does not stand in the message itself");
	}

	/** The field that names it and the beginnings of three parts. */
	private static int occurrences(byte[] octets, String boundary) {
		String text = new String(octets, StandardCharsets.ISO_8859_1);
		int count = 0;
		for (int i = text.indexOf(boundary); i >= 0; i = text.indexOf(boundary, i + 1)) {
			count++;
		}
		return count;
	}

	/** RFC 3461 section 6.1, and what the octets need (RFC 6152, RFC 6531). */
	private static Envelope envelope(Envelope original, Mailbox sender, OriginalPart part) {
		String body = part.encoding().equals("8bit") ? "BODY=8BITMIME " : "";
		String international = sender.isAscii() ? "" : "SMTPUTF8 ";
		// RFC 8689 section 5: what tells of a message is protected like it.
		String protection = original.requiresTls() ? "REQUIRETLS" : "";
		return new Envelope(ReversePath.NULL, Parameters.of(body + international + protection),
				List.of(new Recipient(sender, NO_ANSWER)));
	}

	private byte[] beginning(Mailbox sender, Headers headers, StatusReport status, OriginalPart original, String text,
			String boundary) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.writeBytes(header(sender, headers, status, original, boundary).getBytes(StandardCharsets.UTF_8));
		boolean ascii = DomainNames.isAscii(text);
		part(out, boundary, "text/plain; charset=" + (ascii ? "us-ascii" : "utf-8"), ascii ? "7bit" : "base64",
				"Notification");
		encode(out, text, ascii);
		String report = status.write();
		boolean plain = DomainNames.isAscii(report);
		part(out, boundary, "message/" + (status.isGlobal() ? "global-delivery-status" : "delivery-status"),
				plain ? "7bit" : "base64", "Delivery report");
		encode(out, report, plain);
		part(out, boundary, original.type(), original.encoding(), original.description());
		return out.toByteArray();
	}

	private String header(Mailbox sender, Headers headers, StatusReport status, OriginalPart original,
			String boundary) {
		StringBuilder header = new StringBuilder();
		header.append("From: Mail Delivery System <MAILER-DAEMON@").append(this.hostname).append(">\r\n");
		header.append("To: <").append(sender).append(">\r\n");
		header.append("Subject: ").append(status.subject()).append("\r\n");
		header.append("Date: ").append(TraceHeader.date(this.clock.millis())).append("\r\n");
		header.append("Message-ID: <").append(this.ids.get()).append('@').append(this.hostname).append(">\r\n");
		headers.first("Message-ID").filter(DeliveryStatusNotifications::isMessageId).ifPresent((id) -> {
			header.append("In-Reply-To: ").append(id).append("\r\n");
			header.append("References: ").append(id).append("\r\n");
		});
		header.append("Auto-Submitted: auto-replied\r\n");
		header.append("MIME-Version: 1.0\r\n");
		header.append("Content-Type: multipart/report; report-type=delivery-status;\r\n");
		header.append("\tboundary=\"").append(boundary).append("\"\r\n");
		if (original.encoding().equals("8bit")) {
			header.append("Content-Transfer-Encoding: 8bit\r\n");
		}
		return header.toString();
	}

	/** RFC 5322 section 3.6.4, no more than needed to be sure that it is one word. */
	private static boolean isMessageId(String value) {
		return value.length() > 2 && value.length() <= MAX_MESSAGE_ID && value.startsWith("<") && value.endsWith(">")
				&& value.chars().allMatch((c) -> c > ' ' && c < 0x7f) && value.indexOf('<', 1) < 0
				&& value.indexOf('>') == value.length() - 1;
	}

	private static void part(ByteArrayOutputStream out, String boundary, String type, String encoding,
			String description) {
		String fields = "\r\n--%s\r\nContent-Type: %s\r\nContent-Description: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n";
		out.writeBytes(fields.formatted(boundary, type, description, encoding).getBytes(StandardCharsets.US_ASCII));
	}

	private static void encode(ByteArrayOutputStream out, String text, boolean plain) {
		byte[] octets = text.getBytes(StandardCharsets.UTF_8);
		out.writeBytes(plain ? octets : Base64.getMimeEncoder().encode(octets));
	}

}
