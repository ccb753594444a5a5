/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * A server's answer to a command (RFC 5321 section 4.2): a three-digit code and at least
 * one line of text. Immutable; constants are encoded once and then written as they are.
 *
 * <p>
 * Nothing foreign reaches the wire: CR, LF, NUL and the other control characters except
 * TAB are refused here, at the only entrance. Characters outside of US-ASCII are sent as
 * {@code ?} (section 4.2: {@code textstring}), lines too long for section 4.5.3.1.5 are
 * sent as several.
 */
public final class Reply {

	private static final AtomicReferenceFieldUpdater<Reply, byte[]> WIRE = AtomicReferenceFieldUpdater
		.newUpdater(Reply.class, byte[].class, "wire");

	/** Section 4.5.3.1.5, less the code, the separator and CRLF. */
	private static final int MAX_TEXT = 512 - 6;

	/** For a line of a server that says nothing. */
	private static final String NO_TEXT = "(no text)";

	private final int code;

	private final @Nullable EnhancedStatusCode status;

	private final List<String> text;

	private volatile byte @Nullable [] wire;

	/**
	 * A reply whose text may begin with an enhanced status code, for example
	 * {@code new Reply(550, "5.7.1 No")}; if it does not, the engine adds a fitting one
	 * where RFC 2034 asks for it.
	 * @param code 200 to 599
	 * @param text one or more lines
	 * @throws IllegalArgumentException if the code is out of range, the first line is
	 * missing or blank, or a line holds a control character other than TAB
	 */
	public Reply(int code, String... text) {
		this(code, null, List.of(text));
	}

	/**
	 * A reply with an enhanced status code, repeated on each line (RFC 2034 section 4).
	 * @param code 200 to 299 or 400 to 599: there is no class 3 (RFC 3463 section 2)
	 * @param status the subject and detail
	 * @param text one or more lines
	 * @throws IllegalArgumentException if the code is out of range, the first line is
	 * missing or blank, or a line holds a control character other than TAB
	 */
	public Reply(int code, EnhancedStatusCode status, String... text) {
		this(code, status, List.of(text));
	}

	private Reply(int code, @Nullable EnhancedStatusCode status, List<String> text) {
		if (code < 200 || code > 599) {
			throw new IllegalArgumentException("A reply code lies between 200 and 599, not " + code);
		}
		if (status != null && code / 100 == 3) {
			throw new IllegalArgumentException("A 3xx reply has no enhanced status code, so " + code + " takes none");
		}
		if (text.isEmpty() || text.get(0).isBlank()) {
			throw new IllegalArgumentException(
					"A reply has a text: say in a few words what the code " + code + " means");
		}
		text.forEach(Reply::requireNoControls);
		this.code = code;
		this.status = status;
		this.text = text;
	}

	/**
	 * A reply as a server has sent it: the enhanced status code that its text begins with
	 * is its status, control characters are question marks, and a first line without text
	 * is {@code (no text)}.
	 * @param code 200 to 599
	 * @param lines the lines behind the codes, one or more
	 * @return the reply
	 * @throws IllegalArgumentException if the code is out of range or there is no line
	 */
	public static Reply received(int code, List<String> lines) {
		List<String> text = new ArrayList<>(lines.size());
		lines.forEach((line) -> text.add(withoutControls(line)));
		EnhancedStatusCode status = (code / 100 == 3 || text.isEmpty()) ? null
				: EnhancedStatusCode.leading(code, text.get(0));
		if (status != null) {
			text.replaceAll((line) -> withoutCode(code, status, line));
		}
		if (!text.isEmpty() && text.get(0).isBlank()) {
			text.set(0, NO_TEXT);
		}
		return new Reply(code, status, List.copyOf(text));
	}

	private static String withoutControls(String line) {
		StringBuilder clean = null;
		for (int i = 0; i < line.length(); i++) {
			char c = line.charAt(i);
			if (Character.isISOControl(c) && c != '\t') {
				clean = (clean != null) ? clean : new StringBuilder(line);
				clean.setCharAt(i, '?');
			}
		}
		return (clean != null) ? clean.toString() : line;
	}

	/**
	 * Refuses what must never reach the wire inside of one line.
	 * @param line a line without its line end
	 * @return the same line
	 * @throws IllegalArgumentException if it holds a control character other than TAB
	 */
	public static String requireNoControls(String line) {
		for (int i = 0; i < line.length(); i++) {
			char c = line.charAt(i);
			if ((c < ' ' && c != '\t') || c == 0x7f) {
				throw new IllegalArgumentException(
						"A line to the client must not hold CR, LF, NUL or another control character (0x%02x at index %d)"
							.formatted((int) c, i));
			}
		}
		return line;
	}

	/** The three-digit code. */
	public int code() {
		return this.code;
	}

	/** The lines of text, without codes. */
	public List<String> text() {
		return this.text;
	}

	/** The enhanced status code, {@code null} if none was given. */
	public @Nullable EnhancedStatusCode status() {
		return this.status;
	}

	/** 2xx. */
	public boolean isPositive() {
		return this.code < 300;
	}

	/** 3xx: the client is to send more. */
	public boolean isIntermediate() {
		return this.code >= 300 && this.code < 400;
	}

	/** 4xx or 5xx. */
	public boolean isNegative() {
		return this.code >= 400;
	}

	/**
	 * This reply with an enhanced status code on each line: its own, else the one that
	 * its text begins with, else the given one. A code of another class than the reply's
	 * is text like any other (RFC 2034 section 4). A 3xx reply stays as it is.
	 * @param fallback the code to add if there is none
	 * @return a reply that RFC 2034 is content with
	 */
	public Reply withStatus(EnhancedStatusCode fallback) {
		if (this.status != null || isIntermediate()) {
			return this;
		}
		EnhancedStatusCode leading = EnhancedStatusCode.leading(this.code, this.text.get(0));
		return (leading != null) ? withLeading(leading) : new Reply(this.code, fallback, this.text);
	}

	/** Moves the code from the text to its place, so that every line gets it. */
	private Reply withLeading(EnhancedStatusCode leading) {
		List<String> rest = this.text.stream().map((line) -> withoutCode(this.code, leading, line)).toList();
		return rest.get(0).isBlank() ? this : new Reply(this.code, leading, rest);
	}

	private static String withoutCode(int code, EnhancedStatusCode leading, String line) {
		if (!leading.equals(EnhancedStatusCode.leading(code, line))) {
			return line;
		}
		int space = line.indexOf(' ');
		return (space < 0) ? "" : line.substring(space + 1);
	}

	/**
	 * The octets of this reply on the wire, CRLF included.
	 * @return an array that the caller must not change
	 */
	public byte[] wire() {
		byte[] encoded = this.wire;
		if (encoded == null) {
			encoded = encode();
			// Whoever does not see it yet encodes it, too: no reason for a full fence.
			WIRE.lazySet(this, encoded);
		}
		return encoded;
	}

	private byte[] encode() {
		String prefix = (this.status != null) ? this.status.in(this.code) + " " : "";
		int room = MAX_TEXT - prefix.length();
		if (this.text.size() == 1 && this.text.get(0).length() <= room) {
			return encodeLine(prefix, this.text.get(0));
		}
		return encodeLines(prefix, room);
	}

	private byte[] encodeLine(String prefix, String line) {
		byte[] octets = line.getBytes(StandardCharsets.US_ASCII);
		int begin = 4 + prefix.length();
		byte[] encoded = new byte[begin + octets.length + 2];
		encoded[0] = (byte) ('0' + this.code / 100);
		encoded[1] = (byte) ('0' + this.code / 10 % 10);
		encoded[2] = (byte) ('0' + this.code % 10);
		encoded[3] = ' ';
		for (int i = 4; i < begin; i++) {
			encoded[i] = (byte) prefix.charAt(i - 4);
		}
		System.arraycopy(octets, 0, encoded, begin, octets.length);
		encoded[encoded.length - 2] = '\r';
		encoded[encoded.length - 1] = '\n';
		return encoded;
	}

	private byte[] encodeLines(String prefix, int room) {
		List<String> lines = new ArrayList<>(this.text.size());
		for (String line : this.text) {
			for (int from = 0; from == 0 || from < line.length(); from += room) {
				lines.add(line.substring(from, Math.min(line.length(), from + room)));
			}
		}
		StringBuilder encoded = new StringBuilder();
		for (int i = 0; i < lines.size(); i++) {
			boolean last = i == lines.size() - 1;
			encoded.append(this.code).append(last ? ' ' : '-').append(prefix).append(lines.get(i)).append("\r\n");
		}
		return encoded.toString().getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Reply that && this.code == that.code && this.text.equals(that.text)
				&& Objects.equals(this.status, that.status);
	}

	@Override
	public int hashCode() {
		return 31 * this.code + this.text.hashCode();
	}

	/** The reply as one readable line of US-ASCII, for logs. */
	@Override
	public String toString() {
		String prefix = (this.status != null) ? " " + this.status.in(this.code) : "";
		String line = this.code + prefix + " " + String.join(" / ", this.text);
		return new String(line.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
	}

}
