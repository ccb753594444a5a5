/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.session.ServerInfo;
import io.mailio.smtp.DomainNames;
import org.jspecify.annotations.Nullable;

/** Who claims to have written an {@code Authentication-Results} field (RFC 8601). */
final class AuthservId {

	/** What ends a token (RFC 2045 section 5.1). */
	private static final String SPECIALS = "()<>@,;:\\\"/[]?= \t";

	private final String text;

	/** No domain is longer, and whatever is takes long to look at. */
	private static final int MAX_LENGTH = 255;

	private int at;

	private AuthservId(String text) {
		this.text = text;
	}

	/**
	 * Whether a field claims to be written within our administrative domain: by our host,
	 * by a served domain, or by a host below one. A field that cannot be read might mean
	 * us to somebody else.
	 * @param value the value of the field in one line
	 */
	static boolean isOurs(String value, ServerInfo server) {
		String id = new AuthservId(value).read();
		if (id == null || id.length() > MAX_LENGTH) {
			return true;
		}
		String name = DomainNames.toAscii(id.endsWith(".") ? id.substring(0, id.length() - 1) : id);
		if (name.equalsIgnoreCase(server.hostname())) {
			return true;
		}
		String domain = name;
		while (!server.serves(domain)) {
			int dot = domain.indexOf('.');
			if (dot < 0) {
				return false;
			}
			domain = domain.substring(dot + 1);
		}
		return true;
	}

	/**
	 * The authserv-id (RFC 8601 section 2.2: {@code value}, so a token or a quoted
	 * string), {@code null} if there is none.
	 */
	private @Nullable String read() {
		if (!skipComments() || this.at == this.text.length()) {
			return null;
		}
		String id = (this.text.charAt(this.at) == '"') ? quoted() : token();
		return (id != null && !id.isEmpty()) ? id : null;
	}

	private String token() {
		int start = this.at;
		while (this.at < this.text.length() && SPECIALS.indexOf(this.text.charAt(this.at)) < 0) {
			this.at++;
		}
		return this.text.substring(start, this.at);
	}

	private @Nullable String quoted() {
		StringBuilder id = new StringBuilder();
		for (this.at++; this.at < this.text.length(); this.at++) {
			char c = this.text.charAt(this.at);
			if (c == '"') {
				return id.toString().trim();
			}
			if (c == '\\' && ++this.at < this.text.length()) {
				c = this.text.charAt(this.at);
			}
			id.append(c);
		}
		return null;
	}

	/** Passes over white space and comments, which nest (RFC 5322 section 3.2.2). */
	private boolean skipComments() {
		int depth = 0;
		for (; this.at < this.text.length(); this.at++) {
			char c = this.text.charAt(this.at);
			if (c == '(') {
				depth++;
			}
			else if (c == ')' && depth > 0) {
				depth--;
			}
			else if (c == '\\' && depth > 0) {
				this.at++;
			}
			else if (depth == 0 && c != ' ' && c != '\t') {
				return true;
			}
		}
		return depth == 0;
	}

}
