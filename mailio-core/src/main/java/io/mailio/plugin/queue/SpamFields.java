/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.plugin.queue.SpamReport.Rule;

/** The header fields that mail programs know from SpamAssassin. */
final class SpamFields {

	/** What their names begin with. */
	static final String PREFIX = "X-Spam-";

	private static final int MOST_STARS = 50;

	/** RFC 5322 section 2.1.1. */
	private static final int LINE = 78;

	private SpamFields() {
	}

	/** The fields of a message that was scanned, each with its CRLF, in US-ASCII. */
	static String of(SpamReport report) {
		String score = SpamReport.number(report.score());
		int stars = (int) Math.max(0, Math.min(MOST_STARS, report.score()));
		StringBuilder fields = new StringBuilder();
		fields.append(PREFIX).append("Flag: ").append(report.isSpam() ? "YES" : "NO").append("\r\n");
		fields.append(PREFIX).append("Score: ").append(score).append("\r\n");
		if (stars > 0) {
			fields.append(PREFIX).append("Level: ").append("*".repeat(stars)).append("\r\n");
		}
		fields.append(PREFIX)
			.append("Status: ")
			.append(report.isSpam() ? "Yes" : "No")
			.append(", score=")
			.append(score)
			.append(" required=")
			.append(SpamReport.number(report.baseScore()))
			.append("\r\n\ttests=");
		return tests(fields, report).append("\r\n").toString();
	}

	private static StringBuilder tests(StringBuilder fields, SpamReport report) {
		if (report.rules().isEmpty()) {
			return fields.append("none");
		}
		int line = "\ttests=".length();
		String separator = "";
		for (Rule rule : report.rules()) {
			fields.append(separator);
			if (line + rule.name().length() + 1 > LINE) {
				fields.append("\r\n\t");
				line = 1;
			}
			fields.append(rule.name());
			line += rule.name().length() + 1;
			separator = ",";
		}
		return fields;
	}

}
