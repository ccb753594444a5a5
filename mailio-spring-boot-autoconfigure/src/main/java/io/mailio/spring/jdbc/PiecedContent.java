/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

import io.mailio.message.Content;

/**
 * Octets that lie in the database in pieces, and are read piece by piece: one of them is
 * in memory at a time, however many there are.
 *
 * @param tables where they lie
 * @param id the message
 * @param size how many
 */
record PiecedContent(QueueTables tables, long id, long size) implements Content {

	@Override
	public InputStream openStream() {
		return new PieceStream();
	}

	@Override
	public void release() {
		// It goes with the message.
	}

	/** Not for several threads. */
	private final class PieceStream extends InputStream {

		private byte[] piece = {};

		private int at;

		private int next;

		private long left = PiecedContent.this.size;

		@Override
		public int read() throws IOException {
			return fill() ? take() : -1;
		}

		private int take() {
			this.left--;
			return this.piece[this.at++] & 0xff;
		}

		@Override
		public int read(byte[] into, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, into.length);
			if (length == 0) {
				return 0;
			}
			if (!fill()) {
				return -1;
			}
			int count = Math.min(length, this.piece.length - this.at);
			System.arraycopy(this.piece, this.at, into, offset, count);
			this.at += count;
			this.left -= count;
			return count;
		}

		/** False at the end. */
		private boolean fill() throws IOException {
			if (this.left == 0) {
				return false;
			}
			if (this.at == this.piece.length) {
				this.piece = PiecedContent.this.tables.piece(PiecedContent.this.id, this.next++);
				this.at = 0;
				if (this.piece.length == 0 || this.piece.length > this.left) {
					throw new IOException("The content of the message has not the size that it should have");
				}
			}
			return true;
		}

		@Override
		public int available() {
			return this.piece.length - this.at;
		}

	}

}
