/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailio.plugin.queue.SpamReport.Rule;
import io.mailio.plugin.queue.SpamReport.Status;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;

/**
 * What spamd answers to {@code REPORT}, as it comes: a line with its version and a code,
 * header lines, an empty line, and a report for people to read that ends with a table of
 * the matched rules. The report also quotes the message, so only what has the columns of
 * the table and stands behind its head counts as a row. Used by one thread at a time.
 */
final class SpamdAnswer {

	/** How much spamd may say; reports have some thousand octets. */
	static final int MAX_OCTETS = 256 * 1024;

	/** How much of it may be the first line and the header lines. */
	static final int MAX_HEAD = 8 * 1024;

	private static final String NUMBER = "([+-]?\\d{1,9}(?:\\.\\d{1,9})?)";

	/** {@code SPAMD/1.1 0 EX_OK}. */
	private static final Pattern STATUS = Pattern.compile("SPAMD/\\d+\\.\\d+ (\\d{1,5})(?: (.*))?");

	private static final Pattern VERDICT = Pattern.compile("(?:true|false|yes|no) *; *" + NUMBER + " */ *" + NUMBER,
			Pattern.CASE_INSENSITIVE);

	/** The columns of points, at least four characters wide, and of the name. */
	private static final Pattern ROW = Pattern.compile("( {0,2}-?\\d{1,6}(?:\\.\\d)?) ([A-Za-z_]\\w{0,63})(?: .*)?");

	/** The line below the titles of the columns; some languages have none. */
	private static final Pattern HEAD = Pattern.compile("-{3,5} -{10,} -{10,}");

	private static final int POINTS_WIDTH = 4;

	private final double baseScore;

	private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

	private @Nullable Matcher verdict;

	/** Where the report begins; negative as long as that has not come. */
	private int head = -1;

	/** How long the report is; negative if spamd has not said so. */
	private int length = -1;

	SpamdAnswer(double baseScore) {
		this.baseScore = baseScore;
	}

	/**
	 * Takes what has come.
	 * @return the report, {@code null} as long as it is not complete
	 * @throws SpamdException if this is no answer, or a negative one
	 */
	@Nullable SpamReport take(byte[] more) throws SpamdException {
		if (this.octets.size() + more.length > MAX_OCTETS) {
			throw new SpamdException("its answer is larger than " + MAX_OCTETS + " octets");
		}
		this.octets.writeBytes(more);
		if (this.head < 0) {
			readHead(this.octets.toString(StandardCharsets.ISO_8859_1));
		}
		boolean complete = this.head >= 0 && this.length >= 0 && this.octets.size() - this.head >= this.length;
		return complete ? report(this.length) : null;
	}

	/**
	 * The connection has closed.
	 * @throws SpamdException if that was too early
	 */
	SpamReport end() throws SpamdException {
		int come = this.octets.size() - this.head;
		if (this.head < 0 || this.length > come) {
			throw new SpamdException("it closed the connection in the midst of its answer");
		}
		return report(come);
	}

	private void readHead(String text) throws SpamdException {
		int end = text.indexOf("\r\n\r\n");
		int line = text.indexOf("\r\n");
		if (line >= 0) {
			checkStatus(text.substring(0, line));
		}
		if (end < 0 && text.length() > MAX_HEAD) {
			throw new SpamdException("its answer has no end of the header");
		}
		if (end < 0) {
			return;
		}
		for (String header : text.substring(line, end).trim().split("\r\n")) {
			readHeader(header);
		}
		if (this.verdict == null) {
			throw new SpamdException("its answer has no score");
		}
		this.head = end + 4;
	}

	private static void checkStatus(String line) throws SpamdException {
		Matcher status = STATUS.matcher(line);
		if (!status.matches()) {
			throw new SpamdException("it does not speak the protocol of spamd, but says " + Printable.of(line, 60));
		}
		if (Integer.parseInt(status.group(1)) != 0) {
			throw new SpamdException("it says " + Printable.of(line, 200));
		}
	}

	private void readHeader(String header) throws SpamdException {
		int colon = header.indexOf(':');
		String name = header.substring(0, Math.max(0, colon)).trim().toLowerCase(Locale.ROOT);
		String value = header.substring(colon + 1).trim();
		switch (name) {
			case "content-length" -> this.length = length(value);
			case "spam" -> {
				Matcher verdict = VERDICT.matcher(value);
				if (!verdict.matches()) {
					throw new SpamdException("its score is no score: " + Printable.of(value, 60));
				}
				this.verdict = verdict;
			}
			default -> {
				// More may be said than is known here.
			}
		}
	}

	private static int length(String value) throws SpamdException {
		if (!value.matches("\\d{1,9}")) {
			throw new SpamdException("the length of its answer is no number: " + Printable.of(value, 60));
		}
		int length = Integer.parseInt(value);
		if (length > MAX_OCTETS) {
			throw new SpamdException("its answer is larger than " + MAX_OCTETS + " octets");
		}
		return length;
	}

	private SpamReport report(int length) throws SpamdException {
		Matcher verdict = this.verdict;
		if (verdict == null) {
			throw new SpamdException("its answer has no score");
		}
		String text = new String(this.octets.toByteArray(), this.head, length, StandardCharsets.ISO_8859_1);
		return new SpamReport(Status.SCANNED, Double.parseDouble(verdict.group(1)),
				Double.parseDouble(verdict.group(2)), this.baseScore, rules(text));
	}

	private static List<Rule> rules(String report) {
		List<Rule> rules = new ArrayList<>();
		for (String line : report.split("\r?\n")) {
			Matcher row = ROW.matcher(line);
			if (HEAD.matcher(line).matches()) {
				// The last one is real; the message may hold others.
				rules.clear();
			}
			else if (row.matches() && isPoints(row.group(1)) && rules.size() < SpamReport.MAX_RULES) {
				rules.add(new Rule(row.group(2), Double.parseDouble(row.group(1).trim())));
			}
		}
		return rules;
	}

	/** Filled up with spaces, and only as far as needed. */
	private static boolean isPoints(String column) {
		return column.length() == POINTS_WIDTH || (column.length() > POINTS_WIDTH && column.charAt(0) != ' ');
	}

}
