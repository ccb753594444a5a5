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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The header section of a message, read up to the empty line and no further (RFC 5322
 * section 2.2). Lines that are no field are passed over, as the MIME parser does. Values
 * are UTF-8 (RFC 6532) or, if they are not well-formed, ISO-8859-1, so that nothing is
 * lost. Immutable.
 */
final class HeaderFields implements Headers {

	/** How much of a message is searched for header fields. */
	static final int MAX_OCTETS = 1024 * 1024;

	/** How many fields are kept; further ones are not looked at. */
	static final int MAX_FIELDS = 10_000;

	private static final int CHUNK = 8 * 1024;

	private record Field(String name, String value) {
	}

	private final List<Field> fields;

	private HeaderFields(List<Field> fields) {
		this.fields = fields;
	}

	static HeaderFields read(InputStream in) throws IOException {
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
		return new HeaderFields(new Scanner(section, (end < 0) ? lastLineEnd(section, length) : end).scan());
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

	/** A field that was cut off is no field. */
	private static int lastLineEnd(byte[] octets, int length) {
		int end = length;
		while (end > 0 && octets[end - 1] != '\n') {
			end--;
		}
		return end;
	}

	@Override
	public Optional<String> first(String name) {
		for (Field field : this.fields) {
			if (field.name().equalsIgnoreCase(name)) {
				return Optional.of(field.value());
			}
		}
		return Optional.empty();
	}

	@Override
	public List<String> all(String name) {
		return this.fields.stream().filter((field) -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
	}

	@Override
	public List<String> names() {
		return this.fields.stream().map(Field::name).toList();
	}

	/** One pass over the section: a field ends where a line begins without a space. */
	private static final class Scanner {

		private final byte[] octets;

		private final int end;

		private final List<Field> fields = new ArrayList<>();

		Scanner(byte[] octets, int end) {
			this.octets = octets;
			this.end = end;
		}

		List<Field> scan() {
			int start = 0;
			int at = nextLine(0);
			while (start < this.end && this.fields.size() < MAX_FIELDS) {
				while (at < this.end && isSpace(this.octets[at])) {
					at = nextLine(at);
				}
				Field field = field(start, at);
				if (field != null) {
					this.fields.add(field);
				}
				start = at;
				at = nextLine(at);
			}
			return List.copyOf(this.fields);
		}

		private int nextLine(int at) {
			int next = at;
			while (next < this.end && this.octets[next] != '\n') {
				next++;
			}
			return Math.min(this.end, next + 1);
		}

		private @Nullable Field field(int from, int to) {
			int colon = from;
			while (colon < to && this.octets[colon] != ':') {
				colon++;
			}
			int nameEnd = colon;
			while (nameEnd > from && isSpace(this.octets[nameEnd - 1])) {
				nameEnd--;
			}
			if (colon == to || nameEnd == from || !isName(from, nameEnd)) {
				return null;
			}
			String name = new String(this.octets, from, nameEnd - from, StandardCharsets.US_ASCII);
			return new Field(name, unfolded(colon + 1, to));
		}

		/** RFC 5322 section 3.6.8: {@code ftext}. */
		private boolean isName(int from, int to) {
			for (int i = from; i < to; i++) {
				if (this.octets[i] <= ' ' || this.octets[i] == 0x7f) {
					return false;
				}
			}
			return true;
		}

		/**
		 * RFC 5322 section 2.2.3: the line ends go, the white space behind them stays.
		 */
		private String unfolded(int from, int to) {
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

	}

}
