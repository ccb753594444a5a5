/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * An array, then a stream; bulk reads and transfers go straight to the stream.
 */
final class PrefixedStream extends InputStream {

	private final byte[] prefix;

	private final InputStream rest;

	private int at;

	PrefixedStream(byte[] prefix, InputStream rest) {
		this.prefix = prefix;
		this.rest = rest;
	}

	@Override
	public int read() throws IOException {
		return (this.at < this.prefix.length) ? this.prefix[this.at++] & 0xff : this.rest.read();
	}

	@Override
	public int read(byte[] octets, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, octets.length);
		int left = this.prefix.length - this.at;
		if (left == 0 || length == 0) {
			return this.rest.read(octets, offset, length);
		}
		int count = Math.min(left, length);
		System.arraycopy(this.prefix, this.at, octets, offset, count);
		this.at += count;
		if (count == length) {
			return count;
		}
		return count + Math.max(0, this.rest.read(octets, offset + count, length - count));
	}

	@Override
	public int available() throws IOException {
		int rest = this.rest.available();
		int left = this.prefix.length - this.at;
		return (rest > Integer.MAX_VALUE - left) ? Integer.MAX_VALUE : left + rest;
	}

	@Override
	public long transferTo(OutputStream out) throws IOException {
		int left = this.prefix.length - this.at;
		out.write(this.prefix, this.at, left);
		this.at = this.prefix.length;
		return left + this.rest.transferTo(out);
	}

	@Override
	public void close() throws IOException {
		this.rest.close();
	}

}
