/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The header fields that a submission server adds where the author's program did not (RFC
 * 6409 sections 8.1 and 8.2).
 */
public final class SubmissionFields {

	private SubmissionFields() {
	}

	/**
	 * Writes the fields that are missing. Reads the header section of the content, so it
	 * may block.
	 * @param content the content as the client sent it
	 * @param id session and transaction, unique
	 * @param hostname the name of the server
	 * @param millis when the content was complete, in milliseconds since 1970
	 * @return complete fields, each with its CRLF, and an empty line if the content has
	 * no header section; empty if none is missing
	 * @throws IOException if the content cannot be read
	 */
	public static byte[] missing(Content content, String id, String hostname, long millis) throws IOException {
		try (InputStream in = content.openStream()) {
			HeaderFields headers = HeaderFields.read(in);
			StringBuilder fields = new StringBuilder();
			boolean header = headers.isBegun();
			if (!header || headers.first("Date").isEmpty()) {
				fields.append("Date: ").append(TraceHeader.date(millis)).append("\r\n");
			}
			if (!header || headers.first("Message-ID").isEmpty()) {
				fields.append("Message-ID: <").append(id).append('@').append(hostname).append(">\r\n");
			}
			if (!header) {
				fields.append("\r\n");
			}
			return fields.toString().getBytes(StandardCharsets.US_ASCII);
		}
	}

}
