/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Internationalised domain names (RFC 5890): {@code bücher.example} and
 * {@code xn--bcher-kva.example} are the same. Names are compared in the second form, and
 * asked for in the DNS.
 *
 * <p>
 * {@link java.net.IDN} is not used: it follows IDNA 2003, where {@code straße} is
 * {@code strasse}, so that mail for one domain would be taken for another. Here a label
 * is put into lower case and form C (RFC 5895) and must then be what RFC 5892 takes:
 * letters, digits and marks that have no other, compatible form. Full-width letters,
 * ligatures and symbols are refused, not mapped. Whether a letter of one script looks
 * like one of another does not matter here: they are different names.
 */
public final class DomainNames {

	private static final String PREFIX = "xn--";

	private static final int MAX_LABEL = 63;

	/** Points and marks within words that RFC 5892 appendix A takes in their context. */
	private static final String WITHIN_WORDS = "\u00b7\u0375\u05f3\u05f4\u30fb\u200c\u200d";

	private DomainNames() {
	}

	/**
	 * The form of a domain that is compared: in lower case, with A-labels for U-labels.
	 * @param domain a domain or an address literal, in any case
	 * @return the same in US-ASCII; in lower case only, if it is not a domain name
	 */
	public static String toAscii(String domain) {
		if (isAscii(domain)) {
			return domain.toLowerCase(Locale.ROOT);
		}
		String[] labels = domain.split("\\.", -1);
		for (int i = 0; i < labels.length; i++) {
			String label = isAscii(labels[i]) ? labels[i].toLowerCase(Locale.ROOT) : aLabel(labels[i]);
			if (label == null) {
				return domain.toLowerCase(Locale.ROOT);
			}
			labels[i] = label;
		}
		return String.join(".", labels);
	}

	/** Whether a text is nothing but US-ASCII. */
	public static boolean isAscii(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (text.charAt(i) > 0x7f) {
				return false;
			}
		}
		return true;
	}

	/** The A-label of a label that is not US-ASCII, {@code null} if it has none. */
	static @Nullable String aLabel(String label) {
		String folded = Normalizer.normalize(label.toLowerCase(Locale.ROOT), Form.NFC);
		int[] points = folded.codePoints().toArray();
		boolean disguised = isAscii(folded) || !Normalizer.isNormalized(folded, Form.NFKC);
		if (disguised || !isULabel(folded, points)) {
			return null;
		}
		String encoded = PREFIX + Punycode.encode(points);
		return (encoded.length() <= MAX_LABEL) ? encoded : null;
	}

	private static boolean isULabel(String label, int[] points) {
		for (int point : points) {
			if (!isLetterDigitOrMark(point) && point != '-' && WITHIN_WORDS.indexOf(point) < 0) {
				return false;
			}
		}
		boolean hyphens = label.startsWith("-") || label.endsWith("-") || label.startsWith("--", 2);
		return !hyphens && !isMark(points[0]) && WITHIN_WORDS.indexOf(points[0]) < 0;
	}

	private static boolean isLetterDigitOrMark(int point) {
		return Character.isLetter(point) || Character.isDigit(point) || isMark(point);
	}

	private static boolean isMark(int point) {
		int type = Character.getType(point);
		return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
	}

}
