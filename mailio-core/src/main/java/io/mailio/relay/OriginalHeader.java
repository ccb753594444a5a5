/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.mailio.message.Content;

/**
 * The header section of a message as it came, without the empty line.
 *
 * @param octets whole lines
 * @param complete whether this is all of it; false if it was too long
 */
record OriginalHeader(byte[] octets, boolean complete) {

	/** What goes back to the sender of it. */
	static final int MAX_OCTETS = 64 * 1024;

	static OriginalHeader read(Content content) throws IOException {
		byte[] octets;
		try (InputStream in = content.openStream()) {
			octets = in.readNBytes(MAX_OCTETS);
		}
		int lineStart = 0;
		for (int i = 0; i < octets.length; i++) {
			if (octets[i] == '\n') {
				if (isEmptyLine(octets, lineStart, i)) {
					return new OriginalHeader(Arrays.copyOf(octets, lineStart), true);
				}
				lineStart = i + 1;
			}
		}
		boolean complete = octets.length == content.size();
		return new OriginalHeader(complete ? octets : Arrays.copyOf(octets, lineStart), complete);
	}

	private static boolean isEmptyLine(byte[] octets, int start, int end) {
		return end == start || (end == start + 1 && octets[start] == '\r');
	}

	boolean isAscii() {
		for (byte octet : this.octets) {
			if (octet < 0) {
				return false;
			}
		}
		return true;
	}

	boolean isUtf8() {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(this.octets));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
