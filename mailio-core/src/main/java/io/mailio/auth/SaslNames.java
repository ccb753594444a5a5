/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import org.jspecify.annotations.Nullable;

/** Names in a client's text. */
final class SaslNames {

	private SaslNames() {
	}

	/** No control characters (RFC 4013 section 2.3): names stand in logs. */
	static boolean isName(String text) {
		return !text.isEmpty() && hasNoControls(text);
	}

	static boolean hasNoControls(String text) {
		return text.chars().noneMatch(Character::isISOControl);
	}

	/**
	 * The {@code saslname} of RFC 5802 section 5.1: comma and equals sign are escaped.
	 * @return the name, {@code null} if an escape is none
	 */
	static @Nullable String decode(String text) {
		StringBuilder name = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c != '=') {
				name.append(c);
			}
			else if (text.startsWith("2C", i + 1)) {
				name.append(',');
				i += 2;
			}
			else if (text.startsWith("3D", i + 1)) {
				name.append('=');
				i += 2;
			}
			else {
				return null;
			}
		}
		return name.toString();
	}

}
