/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a maildir, taken apart.
 *
 * @param sender of {@code Return-Path}
 * @param recipient of {@code Delivered-To}
 * @param protocol of {@code Received}, see RFC 3848
 * @param encrypted whether {@code Received} names a cipher suite
 * @param content everything below those fields
 */
record Arrival(String sender, String recipient, String protocol, boolean encrypted, byte[] content) {

	private static final Pattern TRACE = Pattern.compile("""
			Return-Path: <(?<sender>.*)>
			Delivered-To: (?<recipient>.*)
			Received: from \\S+ \\((?:\\S+ )?\\[127\\.0\\.0\\.1]\\)
				by mx\\.example\\.com with (?<protocol>\\S+) id \\S+
				for <\\k<recipient>>(?<tls>
				tls \\w+ \\(TLSv1\\.[23]\\))?;
				\\S.* \\+0000
			""".replace("\n", "\r\n"));

	static Arrival parse(byte[] file) {
		String text = new String(file, StandardCharsets.ISO_8859_1);
		Matcher trace = TRACE.matcher(text);
		if (!trace.lookingAt()) {
			throw new AssertionError(
					"These are not the fields of a server: " + text.substring(0, Math.min(text.length(), 500)));
		}
		return new Arrival(utf8(trace.group("sender")), utf8(trace.group("recipient")), trace.group("protocol"),
				trace.group("tls") != null, text.substring(trace.end()).getBytes(StandardCharsets.ISO_8859_1));
	}

	private static String utf8(String octets) {
		return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

}
