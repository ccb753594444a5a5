/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

import io.mailio.message.Content;

/**
 * Content in base64, encoded while it is read (RFC 2045 section 6.8).
 *
 * @param plain the content, which is not released with this one
 */
record Base64Content(Content plain) implements Content {

	/** Octets of a line, which are 76 characters. */
	private static final int LINE = 57;

	private static final int ENCODED_LINE = 78;

	private static final int LINES = 400;

	@Override
	public long size() {
		long lines = this.plain.size() / LINE;
		long rest = this.plain.size() % LINE;
		return lines * ENCODED_LINE + ((rest > 0) ? (rest + 2) / 3 * 4 + 2 : 0);
	}

	@Override
	public InputStream openStream() throws IOException {
		return new Encoded(this.plain.openStream());
	}

	@Override
	public void release() {
	}

	private static final class Encoded extends InputStream {

		private final InputStream plain;

		private byte[] block = new byte[0];

		private int at;

		Encoded(InputStream plain) {
			this.plain = plain;
		}

		@Override
		public int read() throws IOException {
			return fill() ? this.block[this.at++] & 0xff : -1;
		}

		@Override
		public int read(byte[] octets, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, octets.length);
			if (length == 0) {
				return 0;
			}
			if (!fill()) {
				return -1;
			}
			int count = Math.min(length, this.block.length - this.at);
			System.arraycopy(this.block, this.at, octets, offset, count);
			this.at += count;
			return count;
		}

		/** Whole lines each time, so that they can be encoded apart. */
		private boolean fill() throws IOException {
			if (this.at == this.block.length) {
				byte[] lines = this.plain.readNBytes(LINE * LINES);
				byte[] encoded = Base64.getMimeEncoder().encode(lines);
				this.block = Arrays.copyOf(encoded, encoded.length + ((lines.length > 0) ? 2 : 0));
				if (lines.length > 0) {
					this.block[encoded.length] = '\r';
					this.block[encoded.length + 1] = '\n';
				}
				this.at = 0;
			}
			return this.block.length > 0;
		}

		@Override
		public void close() throws IOException {
			this.plain.close();
		}

	}

}
