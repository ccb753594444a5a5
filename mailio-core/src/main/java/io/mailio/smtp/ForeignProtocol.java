/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What is spoken instead of SMTP by those who are at the wrong port, or who want the
 * server to take a browser's request for commands.
 */
public enum ForeignProtocol {

	/**
	 * A request of HTTP (RFC 9112 section 3), or a header field. Fields also come from
	 * clients that send a message though DATA was refused.
	 */
	HTTP,
	/** A record of TLS that begins a handshake (RFC 8446 section 5.1). */
	TLS;

	private static final Set<String> METHODS = Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST",
			"PRI", "PUT", "TRACE");

	private static final char HANDSHAKE = 0x16;

	private static final char MAJOR_VERSION = 3;

	/**
	 * Looks at a line that is no command.
	 * @param line the line, or its first dozen characters
	 * @return what is spoken, {@code null} if that is not known
	 */
	public static @Nullable ForeignProtocol of(String line) {
		if (line.length() > 1 && line.charAt(0) == HANDSHAKE && line.charAt(1) == MAJOR_VERSION) {
			return TLS;
		}
		int space = line.indexOf(' ');
		boolean request = space > 0 && METHODS.contains(line.substring(0, space));
		return (request || isField(line)) ? HTTP : null;
	}

	/** A name of letters, digits and hyphens, and a colon. */
	private static boolean isField(String line) {
		int i = 0;
		while (i < line.length() && isNameCharacter(line.charAt(i))) {
			i++;
		}
		return i > 0 && i < line.length() && line.charAt(i) == ':';
	}

	private static boolean isNameCharacter(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
	}

}
