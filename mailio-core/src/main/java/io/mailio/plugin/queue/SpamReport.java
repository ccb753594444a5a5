/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.List;
import java.util.Locale;

import io.mailio.handler.LoggedValue;

/**
 * What {@code queue/spamd} has found out about a message, for the handlers behind it:
 * {@code res.get("queue/spamd", SpamReport.class)}.
 *
 * @param status whether SpamAssassin has looked at the message; if not, the figures are 0
 * and there are no rules
 * @param score how much it looks like spam; may be negative
 * @param threshold the score from which on SpamAssassin itself calls a message spam
 * @param baseScore the score from which on we do,
 * {@code mailio.handlers.queue.spamd.base-score}
 * @param rules the rules of SpamAssassin that the message matches, at most
 * {@value #MAX_RULES}
 */
public record SpamReport(Status status, double score, double threshold, double baseScore,
		List<Rule> rules) implements SpamVerdict, LoggedValue {

	/** How many matched rules are told. */
	public static final int MAX_RULES = 100;

	/** Whether a message was looked at. */
	public enum Status {

		/** It was. */
		SCANNED,
		/** It is larger than what is given to SpamAssassin. */
		TOO_LARGE,
		/** SpamAssassin has not answered, or not as it should. */
		UNAVAILABLE

	}

	/**
	 * A rule of SpamAssassin.
	 *
	 * @param name its name, such as {@code MISSING_DATE}: letters, digits and underscores
	 * @param points what it adds to the score, rounded to a tenth, or to one from 10 on
	 */
	public record Rule(String name, double points) {
	}

	public SpamReport {
		rules = List.copyOf(rules);
	}

	static SpamReport notScanned(Status status, double baseScore) {
		return new SpamReport(status, 0, 0, baseScore, List.of());
	}

	/** Whether SpamAssassin has looked at the message. */
	public boolean isScanned() {
		return this.status == Status.SCANNED;
	}

	/** Whether the message was looked at, and its score is the base score or more. */
	@Override
	public boolean isSpam() {
		return isScanned() && this.score >= this.baseScore;
	}

	/** Score and base score, such as {@code 7.1/5}, or why there are none. */
	@Override
	public String logText() {
		return isScanned() ? number(this.score) + "/" + number(this.baseScore)
				: this.status.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** At most one digit behind the point, and none if that is 0. */
	static String number(double number) {
		String text = String.format(Locale.ROOT, "%.1f", number);
		return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
	}

}
