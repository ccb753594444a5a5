/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/** Writes code points in letters, digits and hyphens (RFC 3492). */
final class Punycode {

	private static final int BASE = 36;

	private static final int T_MIN = 1;

	private static final int T_MAX = 26;

	private static final int SKEW = 38;

	private static final int DAMP = 700;

	private static final int INITIAL_BIAS = 72;

	private static final int INITIAL_N = 0x80;

	private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

	private Punycode() {
	}

	/**
	 * The encoding procedure of section 6.3. No label is so long that a number overflows.
	 * @param points the code points of one label, a few hundred at most
	 * @return the encoded label without a prefix
	 */
	static String encode(int[] points) {
		StringBuilder encoded = new StringBuilder();
		for (int point : points) {
			if (point < INITIAL_N) {
				encoded.append((char) point);
			}
		}
		int basic = encoded.length();
		if (basic > 0) {
			encoded.append('-');
		}
		int handled = basic;
		int n = INITIAL_N;
		int delta = 0;
		int bias = INITIAL_BIAS;
		while (handled < points.length) {
			int next = smallestFrom(points, n);
			delta += (next - n) * (handled + 1);
			n = next;
			for (int point : points) {
				if (point < n) {
					delta++;
				}
				else if (point == n) {
					append(encoded, delta, bias);
					bias = adapt(delta, handled + 1, handled == basic);
					delta = 0;
					handled++;
				}
			}
			delta++;
			n++;
		}
		return encoded.toString();
	}

	private static int smallestFrom(int[] points, int least) {
		int smallest = Integer.MAX_VALUE;
		for (int point : points) {
			if (point >= least && point < smallest) {
				smallest = point;
			}
		}
		return smallest;
	}

	/** A number of variable length, its least digit first (section 3.3). */
	private static void append(StringBuilder encoded, int number, int bias) {
		int rest = number;
		for (int k = BASE;; k += BASE) {
			int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
			if (rest < threshold) {
				encoded.append(DIGITS.charAt(rest));
				return;
			}
			encoded.append(DIGITS.charAt(threshold + (rest - threshold) % (BASE - threshold)));
			rest = (rest - threshold) / (BASE - threshold);
		}
	}

	/** Section 6.1. */
	private static int adapt(int delta, int count, boolean first) {
		int rest = first ? delta / DAMP : delta / 2;
		rest += rest / count;
		int k = 0;
		while (rest > (BASE - T_MIN) * T_MAX / 2) {
			rest /= BASE - T_MIN;
			k += BASE;
		}
		return k + (BASE - T_MIN + 1) * rest / (rest + SKEW);
	}

}
