/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * What must be known of octets that are to be a part of a message as they are.
 */
final class OriginalScan {

	/** RFC 5322 section 2.1.1. */
	private static final int MAX_LINE = 998;

	private static final int BLOCK = 32 * 1024;

	/** Opens a stream each time. */
	interface Source {

		InputStream open() throws IOException;

	}

	private final byte[] delimiter;

	private boolean text = true;

	private boolean eightBit;

	private boolean holdsBoundary;

	private int column;

	/** How much of the delimiter the line begins with; negative if it does not. */
	private int matched;

	private boolean afterCr;

	private OriginalScan(String boundary) {
		this.delimiter = ("--" + boundary).getBytes(StandardCharsets.US_ASCII);
	}

	static OriginalScan of(Source source, String boundary) throws IOException {
		OriginalScan scan = new OriginalScan(boundary);
		try (InputStream in = source.open()) {
			byte[] block = new byte[BLOCK];
			for (int length = in.read(block); length >= 0; length = in.read(block)) {
				for (int i = 0; i < length; i++) {
					scan.look(block[i]);
				}
			}
		}
		scan.text &= !scan.afterCr;
		return scan;
	}

	private void look(byte octet) {
		if (octet == '\n' || this.afterCr) {
			this.text &= octet == '\n' && this.afterCr;
			this.column = 0;
			this.matched = 0;
			this.afterCr = octet == '\r';
			if (octet == '\n' || octet == '\r') {
				return;
			}
		}
		if (octet == '\r') {
			this.afterCr = true;
			return;
		}
		this.column++;
		this.text &= octet != 0 && this.column <= MAX_LINE;
		this.eightBit |= octet < 0;
		if (this.matched >= 0 && this.matched < this.delimiter.length) {
			this.matched = (octet == this.delimiter[this.matched]) ? this.matched + 1 : -1;
			this.holdsBoundary |= this.matched == this.delimiter.length;
		}
	}

	/** Lines that end with CRLF, none too long, no NUL (RFC 2045 sections 2.7, 2.8). */
	boolean isText() {
		return this.text;
	}

	boolean isEightBit() {
		return this.eightBit;
	}

	/** Whether a line begins with the delimiter of parts. */
	boolean holdsBoundary() {
		return this.holdsBoundary;
	}

}
