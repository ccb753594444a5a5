/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The address that the sender wrote to, before anybody forwarded the message (RFC 3461
 * section 4.2).
 *
 * @param type the kind of address, for example {@code rfc822} or {@code utf-8}, as sent
 * @param address the address, decoded; any text without controls
 */
public record OriginalRecipient(String type, String address) {

	private static final int MAX_LENGTH = 500;

	private static final String UTF_8 = "utf-8";

	private static final int MAX_HEX = 6;

	/**
	 * Reads the value of ORCPT: {@code type;xtext}, for {@code utf-8} the encoding of RFC
	 * 6533 section 3.
	 * @param value what stands behind the equals sign
	 * @return the recipient, empty if the value is malformed or longer than 500
	 * characters
	 */
	public static Optional<OriginalRecipient> parse(String value) {
		int semicolon = value.indexOf(';');
		if (value.length() > MAX_LENGTH || semicolon < 1 || !isAtom(value.substring(0, semicolon))) {
			return Optional.empty();
		}
		String type = value.substring(0, semicolon);
		String address = value.substring(semicolon + 1);
		Optional<String> decoded = type.equalsIgnoreCase(UTF_8) ? Optional.ofNullable(decodeUtf8(address))
				: Xtext.decode(address);
		return decoded.map((text) -> new OriginalRecipient(type, text));
	}

	private static boolean isAtom(String word) {
		for (int i = 0; i < word.length(); i++) {
			char c = word.charAt(i);
			if (c <= ' ' || c >= 0x7f || "()<>@,;:\\\".[]".indexOf(c) >= 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * {@code \x{HEX}} stands for a character; what is not US-ASCII may also stand there
	 * itself.
	 */
	private static @Nullable String decodeUtf8(String value) {
		StringBuilder text = new StringBuilder(value.length());
		for (int i = 0; i < value.length();) {
			int point = value.codePointAt(i);
			if (point == '\\') {
				int end = value.indexOf('}', i);
				point = value.startsWith("\\x{", i) ? hexPoint(value.substring(i + 3, Math.max(i + 3, end))) : -1;
				i = end + 1;
			}
			else {
				point = (point == '+' || point == '=' || point <= ' ') ? -1 : point;
				i += Character.charCount(Math.max(0, point));
			}
			if (point < ' ' || (point >= 0x7f && point <= 0x9f)) {
				return null;
			}
			text.appendCodePoint(point);
		}
		return text.isEmpty() ? null : text.toString();
	}

	private static int hexPoint(String digits) {
		boolean wellFormed = digits.length() >= 2 && digits.length() <= MAX_HEX
				&& digits.chars().allMatch((c) -> "0123456789ABCDEF".indexOf(c) >= 0)
				&& (digits.length() == 2 || digits.charAt(0) != '0');
		int point = wellFormed ? Integer.parseInt(digits, 16) : -1;
		boolean character = Character.isValidCodePoint(point) && Character.getType(point) != Character.SURROGATE;
		return character ? point : -1;
	}

}
