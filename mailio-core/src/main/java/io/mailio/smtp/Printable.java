/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Text of a client's, or of anybody else's on the network, as it may stand in one line of
 * a log: whatever does not show as itself is written as <code>&#92;u{202e}</code>, so
 * that no text can begin a line, move a cursor or turn around what stands beside it. What
 * is too long is cut and ends with three dots. Text of printable US-ASCII is returned as
 * it is.
 */
public final class Printable {

	/** How many characters of a text are shown. */
	public static final int MAX_LENGTH = 512;

	private static final String CUT = "...";

	private Printable() {
	}

	/**
	 * A text as it may stand in a log.
	 * @param text anything; its {@code toString()} is taken
	 * @return at most a little more than {@value #MAX_LENGTH} characters, all of them
	 * visible or a space
	 */
	public static String of(@Nullable Object text) {
		return of(String.valueOf(text), MAX_LENGTH);
	}

	/**
	 * A text as it may stand in a log.
	 * @param text anything
	 * @param maxLength how many characters are shown at most; one that is written as a
	 * number is not divided
	 * @return the text in visible characters and spaces
	 */
	public static String of(String text, int maxLength) {
		if (text.length() <= maxLength && isPlain(text)) {
			return text;
		}
		StringBuilder shown = new StringBuilder();
		int at = 0;
		while (at < text.length() && shown.length() < maxLength) {
			int point = text.codePointAt(at);
			if (isVisible(point)) {
				shown.appendCodePoint(point);
			}
			else {
				shown.append("\\u{").append(Integer.toHexString(point)).append('}');
			}
			at += Character.charCount(point);
		}
		return (at < text.length()) ? shown.append(CUT).toString() : shown.toString();
	}

	/**
	 * A failure whose text may hold what a client has sent: itself if it can be logged as
	 * it is, else one that looks alike.
	 * @param failure any failure
	 * @return the failure, or a copy of it and its causes with printable text
	 */
	public static Throwable of(Throwable failure) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		return isHarmless(failure, seen) ? failure : new Failure(failure, seen.size());
	}

	/** Causes and suppressed failures may lead in a circle. */
	private static boolean isHarmless(@Nullable Throwable failure, Set<Throwable> seen) {
		if (failure == null || !seen.add(failure)) {
			return true;
		}
		boolean harmless = isPrintable(failure.getMessage()) & isHarmless(failure.getCause(), seen);
		for (Throwable suppressed : failure.getSuppressed()) {
			harmless &= isHarmless(suppressed, seen);
		}
		return harmless;
	}

	private static boolean isPrintable(@Nullable String message) {
		return message == null || of(message).equals(message);
	}

	private static boolean isPlain(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c >= 0x7f) {
				return false;
			}
		}
		return true;
	}

	private static boolean isVisible(int point) {
		if (point < 0x7f) {
			return point >= ' ';
		}
		return switch (Character.getType(point)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
					Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
				false;
			default -> true;
		};
	}

	/** What is logged in place of a failure whose text must not be. */
	private static final class Failure extends Exception {

		private static final long serialVersionUID = 1L;

		/**
		 * Copies a failure.
		 * @param causes how many causes there may be: circles end
		 */
		private Failure(Throwable original, int causes) {
			super(original.getClass().getName()
					+ ((original.getMessage() != null) ? ": " + Printable.of(original.getMessage()) : ""),
					(original.getCause() != null && causes > 1) ? new Failure(original.getCause(), causes - 1) : null);
			setStackTrace(original.getStackTrace());
		}

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
