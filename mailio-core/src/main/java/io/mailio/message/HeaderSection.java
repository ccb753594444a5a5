/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The header section of a message as it stands there (RFC 5322 section 2.2): its octets,
 * and where each field begins and ends. Found in one pass; nothing is decoded before
 * somebody asks for it. Fields are known by their place, from 0 on. What is no field,
 * because it has no colon or no name, has a place and a size, too, but no name. Lines may
 * end with LF alone. Immutable.
 */
public final class HeaderSection {

	/** How much of a message is searched for header fields. */
	static final int MAX_OCTETS = 1024 * 1024;

	/** How many fields are found; further ones are not looked at. */
	static final int MAX_FIELDS = 10_000;

	/** Of a message without fields. */
	static final HeaderSection EMPTY = new HeaderSection(new byte[0], new int[1], 0, true);

	private static final int CHUNK = 8 * 1024;

	private static final int USUAL_FIELDS = 31;

	private final byte[] octets;

	/** Where each field begins, and behind the last one where that ends. */
	private final int[] bounds;

	private final int count;

	private final boolean complete;

	private HeaderSection(byte[] octets, int[] bounds, int count, boolean complete) {
		this.octets = octets;
		this.bounds = bounds;
		this.count = count;
		this.complete = complete;
	}

	/**
	 * The section at the beginning of a content; blocks unless a {@link ContentBuffer}
	 * has gathered that.
	 */
	static HeaderSection of(Content content) throws IOException {
		if (content instanceof MemoryContent memory) {
			return memory.header();
		}
		if (content instanceof FileContent file) {
			return file.header();
		}
		try (InputStream in = content.openStream()) {
			return read(in);
		}
	}

	/** Reads the section at the beginning of a message, up to the empty line. */
	static HeaderSection read(InputStream in) throws IOException {
		byte[] section = new byte[CHUNK];
		int length = 0;
		int end = -1;
		while (end < 0 && length < MAX_OCTETS) {
			if (length == section.length) {
				section = Arrays.copyOf(section, Math.min(MAX_OCTETS, 2 * length));
			}
			int count = in.read(section, length, section.length - length);
			if (count < 0) {
				end = length;
			}
			else {
				int from = Math.max(0, length - 2);
				length += count;
				end = emptyLine(section, from, length);
			}
		}
		return scan(section, length, end);
	}

	/** The section at the beginning of some octets, of which the fields are copied. */
	static HeaderSection of(byte[] octets, int length) {
		int most = Math.min(length, MAX_OCTETS);
		int end = emptyLine(octets, 0, most);
		return scan(octets, most, (end < 0 && most == length) ? length : end);
	}

	/**
	 * Finds the fields.
	 * @param end where the section ends, negative if nobody knows
	 */
	private static HeaderSection scan(byte[] octets, int length, int end) {
		// A field that was cut off is no field.
		int to = (end < 0) ? lastLineEnd(octets, length) : end;
		int[] bounds = new int[USUAL_FIELDS + 1];
		int count = 0;
		int at = 0;
		while (at < to && count < MAX_FIELDS) {
			at = nextField(octets, at, to);
			if (++count == bounds.length) {
				bounds = Arrays.copyOf(bounds, 4 * bounds.length);
			}
			bounds[count] = at;
		}
		// What lies beyond the last field stays in the content.
		return new HeaderSection(Arrays.copyOf(octets, at), bounds, count, end >= 0 && at == to);
	}

	/** A field ends where a line begins without a space. */
	private static int nextField(byte[] octets, int from, int to) {
		int at = from;
		do {
			while (at < to && octets[at] != '\n') {
				at++;
			}
			at++;
		}
		while (at < to && isSpace(octets[at]));
		return Math.min(to, at);
	}

	/** Finds the beginning of the first empty line; a CR may stand before each LF. */
	private static int emptyLine(byte[] octets, int from, int to) {
		for (int i = from; i < to; i++) {
			boolean lineStarts = i == 0 || octets[i - 1] == '\n';
			if (lineStarts && (octets[i] == '\n' || (octets[i] == '\r' && i + 1 < to && octets[i + 1] == '\n'))) {
				return i;
			}
		}
		return -1;
	}

	private static int lastLineEnd(byte[] octets, int length) {
		int end = length;
		while (end > 0 && octets[end - 1] != '\n') {
			end--;
		}
		return end;
	}

	/** How many there are. */
	public int count() {
		return this.count;
	}

	/** Whether these are all, and not just as many as are looked at. */
	public boolean isComplete() {
		return this.complete;
	}

	/** The octets of a field, its name and line ends included. */
	public int size(int field) {
		return this.bounds[field + 1] - this.bounds[field];
	}

	/** Whether a field has a name, in any case. */
	public boolean isNamed(int field, String name) {
		int length = name.length();
		return startsWith(field, name) && nameLength(field) == length;
	}

	/** Whether the name of a field begins with some letters, in any case. */
	public boolean isNamedLike(int field, String prefix) {
		return startsWith(field, prefix) && nameLength(field) >= prefix.length();
	}

	private boolean startsWith(int field, String letters) {
		int from = this.bounds[field];
		if (letters.length() > size(field)) {
			return false;
		}
		for (int i = 0; i < letters.length(); i++) {
			int octet = this.octets[from + i];
			int letter = letters.charAt(i);
			if (octet != letter && lowerCase(octet) != lowerCase(letter)) {
				return false;
			}
		}
		return true;
	}

	private static int lowerCase(int octet) {
		return (octet >= 'A' && octet <= 'Z') ? octet + ('a' - 'A') : octet;
	}

	/**
	 * Whether a CR stands alone in a field, as BINARYMIME lets it through. Some readers
	 * take it for the end of a line, and so see fields that are not there.
	 */
	public boolean hasBareCr() {
		int to = this.bounds[this.count];
		for (int i = 0; i < to; i++) {
			if (this.octets[i] == '\r' && (i + 1 == to || this.octets[i + 1] != '\n')) {
				return true;
			}
		}
		return false;
	}

	/** The name of a field; empty for what is no field. */
	String name(int field) {
		int from = this.bounds[field];
		return new String(this.octets, from, nameLength(field), StandardCharsets.US_ASCII);
	}

	/** 0 for what is no field (RFC 5322 section 3.6.8: {@code ftext}). */
	private int nameLength(int field) {
		int from = this.bounds[field];
		int end = colon(field);
		if (end == this.bounds[field + 1]) {
			return 0;
		}
		// Some readers take any control character, and a folded line, for space here.
		while (end > from && this.octets[end - 1] >= 0
				&& (this.octets[end - 1] <= ' ' || this.octets[end - 1] == 0x7f)) {
			end--;
		}
		for (int i = from; i < end; i++) {
			if (this.octets[i] <= ' ' || this.octets[i] == 0x7f) {
				return 0;
			}
		}
		return end - from;
	}

	private int colon(int field) {
		int at = this.bounds[field];
		int to = this.bounds[field + 1];
		while (at < to && this.octets[at] != ':') {
			at++;
		}
		return at;
	}

	/**
	 * The value of a field in one line, as UTF-8 or else each octet as a character. RFC
	 * 5322 section 2.2.3: the line ends go, the white space behind them stays.
	 */
	public String value(int field) {
		int to = this.bounds[field + 1];
		int from = Math.min(colon(field) + 1, to);
		byte[] value = new byte[to - from];
		int length = 0;
		boolean ascii = true;
		for (int i = from; i < to; i++) {
			byte octet = this.octets[i];
			if (octet != '\r' && octet != '\n') {
				value[length++] = octet;
				ascii &= octet >= 0;
			}
		}
		return decoded(value, length, ascii).trim();
	}

	private static String decoded(byte[] value, int length, boolean ascii) {
		if (!ascii) {
			try {
				return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value, 0, length)).toString();
			}
			catch (CharacterCodingException ex) {
				// Not UTF-8: each octet is a character, then.
			}
		}
		return new String(value, 0, length, StandardCharsets.ISO_8859_1);
	}

	private static boolean isSpace(byte octet) {
		return octet == ' ' || octet == '\t';
	}

	/** The octets of all fields. */
	byte[] octets() {
		return this.octets;
	}

	/** The same without some fields; itself if none goes. */
	HeaderSection without(IntPredicate unwanted) {
		byte[] left = new byte[this.octets.length];
		int[] bounds = new int[this.count + 1];
		int fields = 0;
		for (int field = 0; field < this.count; field++) {
			if (!unwanted.test(field)) {
				System.arraycopy(this.octets, this.bounds[field], left, bounds[fields], size(field));
				bounds[fields + 1] = bounds[fields] + size(field);
				fields++;
			}
		}
		return (fields == this.count) ? this
				: new HeaderSection(Arrays.copyOf(left, bounds[fields]), bounds, fields, this.complete);
	}

}
