/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

import io.mailio.smtp.AddressText;
import io.mailio.smtp.Mailbox;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@code Received} field that this server puts in front of a message (RFC 5321
 * section 4.4).
 *
 * <p>
 * What the client chose (its HELO name, its name in the DNS, the recipient) cannot end a
 * line or change the meaning of the field: outside of comments everything but the
 * characters of names and addresses becomes {@code ?}, in comments parentheses are quoted
 * and what is not printable US-ASCII becomes {@code ?}. Names are cut at 255 characters,
 * so no line reaches 998 (RFC 5322 section 2.1.1).
 */
public final class TraceHeader {

	private static final int MAX_NAME = 255;

	private static final String NAME_SPECIALS = ".-_:[]";

	private static final String[][] PROTOCOLS = { { "ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA" },
			{ "UTF8SMTP", "UTF8SMTPS", "UTF8SMTPA", "UTF8SMTPSA" }, { "LMTP", "LMTPS", "LMTPA", "LMTPSA" },
			{ "UTF8LMTP", "UTF8LMTPS", "UTF8LMTPA", "UTF8LMTPSA" } };

	private static final String FOR = "\r\n\tfor <";

	private static final String BEFORE_DATE = ";\r\n\t";

	private static final DateTimeFormatter DATE = DateTimeFormatter
		.ofPattern("EEE, d MMM yyyy HH:mm:ss '+0000'", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private record Stamp(long second, String text) {
	}

	private static volatile Stamp lastStamp = new Stamp(0, DATE.format(Instant.EPOCH));

	private static final byte[] NOTHING = {};

	private static final int SMALLEST = 128;

	private byte[] field;

	private int length;

	/** With room for so many octets to begin with. */
	private TraceHeader(int room) {
		this.field = new byte[room];
	}

	/**
	 * What is the same in the trace headers of all messages of a session, as long as it
	 * does not introduce itself anew.
	 */
	public static final class Origin {

		private final byte[] beginning;

		private final byte[] encryption;

		private Origin(byte[] beginning, byte[] encryption) {
			this.beginning = beginning;
			this.encryption = encryption;
		}

		/**
		 * The same over TLS: with the clause {@code tls} (RFC 8314 section 4.3).
		 * @param version the version of TLS, which stands in a comment
		 * @param cipher the registered name of the cipher suite
		 */
		public Origin encrypted(String version, String cipher) {
			TraceHeader clause = new TraceHeader(SMALLEST);
			clause.ours("\r\n\ttls ").name(cipher).ours(" (").comment(version).ours(")");
			return new Origin(this.beginning, clause.octets());
		}

	}

	/**
	 * The word for the protocol of a transmission (RFC 3848, RFC 6531 section 3.7.3).
	 * @param lmtp whether it is LMTP (RFC 2033)
	 * @param utf8 whether the message was declared with SMTPUTF8
	 * @param extended whether the client began with EHLO or LHLO
	 * @param secure whether TLS is in use
	 * @param authenticated whether the client is logged in
	 * @return {@code SMTP}, or one of {@code ESMTP}, {@code UTF8SMTP}, {@code LMTP} and
	 * {@code UTF8LMTP} with {@code S} for TLS and {@code A} for AUTH behind it
	 */
	public static String protocol(boolean lmtp, boolean utf8, boolean extended, boolean secure, boolean authenticated) {
		if (!extended) {
			return "SMTP";
		}
		String[] protocols = PROTOCOLS[(lmtp ? 2 : 0) + (utf8 ? 1 : 0)];
		return protocols[(secure ? 1 : 0) + (authenticated ? 2 : 0)];
	}

	/**
	 * The beginning of the field.
	 * @param helo how the client introduced itself; the address is used if it is empty
	 * @param clientHostname its name by reverse lookup; left out if it is empty or
	 * {@code [address]}
	 * @param clientAddress where it connects from
	 * @param serverHostname our name
	 * @param protocol see {@link #protocol}
	 * @return what is the same for all messages
	 */
	public static Origin origin(String helo, String clientHostname, InetAddress clientAddress, String serverHostname,
			String protocol) {
		TraceHeader header = new TraceHeader(SMALLEST);
		String literal = literal(clientAddress);
		header.ours("Received: from ").name(helo.isEmpty() ? literal : helo).ours(" (");
		if (!clientHostname.isEmpty() && clientHostname.charAt(0) != '[') {
			header.comment(clientHostname).ours(" ");
		}
		header.ours(literal).ours(")\r\n\tby ").name(serverHostname);
		return new Origin(header.ours(" with ").name(protocol).ours(" id ").octets(), NOTHING);
	}

	/**
	 * Writes the field.
	 * @param origin see {@link #origin}
	 * @param id session and transaction, as we name them
	 * @param onlyRecipient the recipient if there is just one; with several it must be
	 * {@code null}, because they must not learn of each other (RFC 5321 section 7.2)
	 * @param millis when the content was complete, in milliseconds since 1970
	 * @return the octets of the field, folded, with CRLF at the end
	 */
	public static byte[] received(Origin origin, String id, @Nullable Mailbox onlyRecipient, long millis) {
		String date = date(millis);
		TraceHeader header = new TraceHeader(origin.beginning.length + id.length() + room(onlyRecipient)
				+ origin.encryption.length + BEFORE_DATE.length() + date.length() + 2);
		header.ours(origin.beginning).ours(id);
		if (onlyRecipient != null) {
			header.ours(FOR).path(onlyRecipient).ours(">");
		}
		return header.ours(origin.encryption).ours(BEFORE_DATE).ours(date).ours("\r\n").octets();
	}

	/** Exact for US-ASCII. */
	private static int room(@Nullable Mailbox recipient) {
		return (recipient != null) ? FOR.length() + recipient.localPart().length() + recipient.domain().length() + 2
				: 0;
	}

	/**
	 * A date as header fields have it (RFC 5322 section 3.3), in UTC.
	 * @param millis milliseconds since 1970
	 * @return for example {@code Tue, 3 Jun 2008 11:05:30 +0000}
	 */
	public static String date(long millis) {
		long second = Math.floorDiv(millis, 1000L);
		Stamp stamp = lastStamp;
		if (stamp.second() != second) {
			stamp = new Stamp(second, DATE.format(Instant.ofEpochSecond(second)));
			lastStamp = stamp;
		}
		return stamp.text();
	}

	/** RFC 5321 section 4.1.3, without a zone, which means nothing to anyone else. */
	private static String literal(InetAddress address) {
		String text = AddressText.of(address);
		int zone = text.indexOf('%');
		String plain = (zone < 0) ? text : text.substring(0, zone);
		return (address instanceof Inet6Address) ? "[IPv6:" + plain + "]" : "[" + plain + "]";
	}

	private TraceHeader ours(String text) {
		reserve(text.length());
		for (int i = 0; i < text.length(); i++) {
			this.field[this.length++] = (byte) text.charAt(i);
		}
		return this;
	}

	private TraceHeader ours(byte[] octets) {
		reserve(octets.length);
		System.arraycopy(octets, 0, this.field, this.length, octets.length);
		this.length += octets.length;
		return this;
	}

	private TraceHeader name(String name) {
		int end = Math.min(name.length(), MAX_NAME);
		reserve(end);
		for (int i = 0; i < end; i++) {
			char c = name.charAt(i);
			boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
					|| NAME_SPECIALS.indexOf(c) >= 0;
			this.field[this.length++] = (byte) (allowed ? c : '?');
		}
		return this;
	}

	/** RFC 5322 section 3.2.2: {@code ctext} and {@code quoted-pair}. */
	private TraceHeader comment(String text) {
		int end = Math.min(text.length(), MAX_NAME);
		reserve(2 * end);
		for (int i = 0; i < end; i++) {
			char c = text.charAt(i);
			if (c == '(' || c == ')' || c == '\\') {
				this.field[this.length++] = '\\';
			}
			this.field[this.length++] = (byte) ((c > ' ' && c < 0x7f) ? c : '?');
		}
		return this;
	}

	/**
	 * A path whose syntax was checked, also its length; it may hold spaces within quotes,
	 * and UTF-8 if the message was declared with SMTPUTF8 (RFC 6531 section 3.7.3).
	 */
	private TraceHeader path(Mailbox mailbox) {
		if (mailbox.isAscii()) {
			return printable(mailbox.localPart()).ours("@").printable(mailbox.domain());
		}
		byte[] octets = mailbox.toString().getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < octets.length; i++) {
			octets[i] = (octets[i] < 0) ? octets[i] : printable(octets[i]);
		}
		return ours(octets);
	}

	private TraceHeader printable(String text) {
		reserve(text.length());
		for (int i = 0; i < text.length(); i++) {
			this.field[this.length++] = printable(text.charAt(i));
		}
		return this;
	}

	private static byte printable(int c) {
		return (byte) ((c >= ' ' && c < 0x7f) ? c : '?');
	}

	private void reserve(int more) {
		if (this.length + more > this.field.length) {
			this.field = Arrays.copyOf(this.field, Math.max(2 * this.field.length, this.length + more));
		}
	}

	private byte[] octets() {
		return (this.length == this.field.length) ? this.field : Arrays.copyOf(this.field, this.length);
	}

}
