/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The header fields that a submission server adds where the author's program did not (RFC
 * 6409 sections 8.1 and 8.2).
 */
public final class SubmissionFields {

	private SubmissionFields() {
	}

	/**
	 * Writes the fields that are missing. Reads the header section of the content, if it
	 * has one, so it may block.
	 * @param content the content as the client sent it
	 * @param header whether it begins with a header section; what looks like a field
	 * further down is text otherwise
	 * @param id session and transaction, unique
	 * @param hostname the name of the server
	 * @param millis when the content was complete, in milliseconds since 1970
	 * @return complete fields, each with its CRLF; empty if none is missing
	 * @throws IOException if the content cannot be read
	 */
	public static byte[] missing(Content content, boolean header, String id, String hostname, long millis)
			throws IOException {
		HeaderFields headers = new HeaderFields(header ? HeaderSection.of(content) : HeaderSection.EMPTY);
		StringBuilder fields = new StringBuilder();
		if (headers.count("Date") == 0) {
			fields.append("Date: ").append(TraceHeader.date(millis)).append("\r\n");
		}
		if (headers.count("Message-ID") == 0) {
			fields.append("Message-ID: <").append(id).append('@').append(hostname).append(">\r\n");
		}
		return fields.toString().getBytes(StandardCharsets.US_ASCII);
	}

}
