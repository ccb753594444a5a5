/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import io.mailio.message.Content;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of content before MAIL.
 *
 * @param size the number of octets
 * @param eightBit whether one of them is over 127 (RFC 6152)
 * @param rawHeader whether one of these stands in the header section (RFC 6532)
 * @param whole all octets, if they are few; {@code null} otherwise
 */
record ContentFacts(long size, boolean eightBit, boolean rawHeader, byte @Nullable [] whole) {

	/** How much of content is read at once. */
	static final int BLOCK = 64 * 1024;

	/**
	 * Looks at content, and no further into it than needed. Blocks.
	 * @throws IOException if it cannot be read, or is not as long as it says
	 */
	static ContentFacts of(Content content) throws IOException {
		Scan scan = new Scan();
		try (InputStream in = content.openStream()) {
			byte[] block = new byte[(int) Math.min(BLOCK, content.size() + 1)];
			int length = in.readNBytes(block, 0, block.length);
			boolean complete = length < block.length;
			if (complete ? length != content.size() : length > content.size()) {
				throw wrongSize(content, length);
			}
			byte[] whole = complete ? Arrays.copyOf(block, length) : null;
			while (length > 0 && !scan.look(block, length)) {
				length = in.readNBytes(block, 0, block.length);
			}
			return new ContentFacts(content.size(), scan.eightBit, scan.rawHeader, whole);
		}
	}

	/** Content was cut, or has grown. */
	static IOException wrongSize(Content content, long octets) {
		return new IOException("The content should have " + content.size() + " octets, not " + octets);
	}

	/** Looks for octets over 127, first in the header section and then anywhere. */
	private static final class Scan {

		private boolean inHeader = true;

		/** Octets of the current line, CR and LF not counted. */
		private boolean emptyLine = true;

		private boolean eightBit;

		private boolean rawHeader;

		/** Returns whether all is known. */
		boolean look(byte[] octets, int length) {
			int at = 0;
			while (this.inHeader && at < length) {
				byte octet = octets[at++];
				if (octet < 0) {
					this.eightBit = true;
					this.rawHeader = true;
					return true;
				}
				if (octet == '\n') {
					this.inHeader = !this.emptyLine;
					this.emptyLine = true;
				}
				else if (octet != '\r') {
					this.emptyLine = false;
				}
			}
			int seen = 0;
			for (; at < length; at++) {
				seen |= octets[at];
			}
			this.eightBit = seen < 0;
			return this.eightBit;
		}

	}

}
