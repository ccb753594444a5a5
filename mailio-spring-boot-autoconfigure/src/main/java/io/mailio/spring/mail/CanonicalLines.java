/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Writes every line with CRLF at its end, whatever it had there, also the last one: bare
 * CR and LF must not be sent (RFC 5321 section 2.3.8).
 */
final class CanonicalLines extends OutputStream {

	private static final int BLOCK = 8 * 1024;

	private final Consumer<ByteBuffer> target;

	private final ByteBuffer block = ByteBuffer.allocate(BLOCK);

	private int last = '\n';

	CanonicalLines(Consumer<ByteBuffer> target) {
		this.target = target;
	}

	@Override
	public void write(int octet) {
		int next = octet & 0xFF;
		if (next == '\r' || (next == '\n' && this.last != '\r')) {
			put('\r');
			put('\n');
		}
		else if (next != '\n') {
			put(next);
		}
		this.last = next;
	}

	@Override
	public void write(byte[] octets, int offset, int length) {
		for (int i = offset; i < offset + length; i++) {
			write(octets[i]);
		}
	}

	private void put(int octet) {
		if (!this.block.hasRemaining()) {
			pass();
		}
		this.block.put((byte) octet);
	}

	private void pass() {
		this.target.accept(this.block.flip());
		this.block.clear();
	}

	/** Ends the last line. */
	@Override
	public void close() throws IOException {
		if (this.last != '\n' && this.last != '\r') {
			write('\n');
		}
		pass();
	}

}
