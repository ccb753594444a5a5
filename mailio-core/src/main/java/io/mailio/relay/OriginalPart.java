/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;

import io.mailio.message.Content;

/**
 * The last part of a notification: the original message or its header section, in the
 * form that travels everywhere and changes no octet of it (RFC 6522, RFC 6533).
 *
 * @param type the media type
 * @param encoding {@code 7bit}, {@code 8bit} or {@code base64}
 * @param content the octets, encoded
 * @param holdsBoundary whether a line begins with the boundary
 */
record OriginalPart(String type, String encoding, Content content, boolean holdsBoundary) {

	private static final String HEADER = "text/rfc822-headers";

	private static final String MESSAGE = "message/rfc822";

	private static final String GLOBAL_HEADER = "message/global-headers";

	private static final String GLOBAL_MESSAGE = "message/global";

	/**
	 * Chooses a form.
	 * @param maxReturned how large the message may be to be returned as a whole; negative
	 * if it must not be
	 */
	static OriginalPart of(Content original, OriginalHeader header, long maxReturned, String boundary)
			throws IOException {
		if (original.size() <= maxReturned && header.complete()) {
			if (header.isAscii()) {
				OriginalScan scan = OriginalScan.of(original::openStream, boundary);
				if (scan.isText()) {
					return new OriginalPart(MESSAGE, scan.isEightBit() ? "8bit" : "7bit", original,
							scan.holdsBoundary());
				}
			}
			else if (header.isUtf8()) {
				return new OriginalPart(GLOBAL_MESSAGE, "base64", new Base64Content(original), false);
			}
		}
		return header(header, boundary);
	}

	private static OriginalPart header(OriginalHeader header, String boundary) throws IOException {
		OriginalScan scan = OriginalScan.of(() -> new ByteArrayInputStream(header.octets()), boundary);
		if (scan.isText() && !scan.isEightBit()) {
			return new OriginalPart(HEADER, "7bit", octets(header.octets()), scan.holdsBoundary());
		}
		boolean global = !header.isAscii() && header.isUtf8();
		return new OriginalPart(global ? GLOBAL_HEADER : HEADER, "base64",
				octets(Base64.getMimeEncoder().encode(header.octets())), false);
	}

	private static Content octets(byte[] octets) {
		return new Content() {

			@Override
			public long size() {
				return octets.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(octets);
			}

			@Override
			public void release() {
			}

		};
	}

	/** Whether it is the whole message. */
	boolean isMessage() {
		return this.type.equals(MESSAGE) || this.type.equals(GLOBAL_MESSAGE);
	}

	String description() {
		return isMessage() ? "Undelivered message" : "Message header";
	}

}
