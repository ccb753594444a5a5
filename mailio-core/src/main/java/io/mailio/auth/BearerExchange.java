/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * OAUTHBEARER (RFC 7628) and XOAUTH2, which came before it: a bearer token in one
 * response. A client that fails is told why in JSON, has to respond to that with nothing,
 * and then gets its reply.
 */
final class BearerExchange implements SaslExchange {

	/** What the two do not have in common. */
	enum Dialect {

		/** RFC 7628 section 3. */
		OAUTHBEARER("{\"status\":\"invalid_token\"}", "{\"status\":\"invalid_request\"}") {
			@Override
			@Nullable String claimedName(String head) {
				Matcher gs2Header = GS2_HEADER.matcher(head);
				return gs2Header.matches() ? SaslNames.decode(Optional.ofNullable(gs2Header.group(1)).orElse(""))
						: null;
			}
		},

		/** Not standardised; as large providers of mail define it. */
		XOAUTH2("{\"status\":\"401\",\"schemes\":\"bearer\"}", "{\"status\":\"400\",\"schemes\":\"bearer\"}") {
			@Override
			@Nullable String claimedName(String head) {
				return head.startsWith("user=") ? head.substring("user=".length()) : null;
			}
		};

		/** No channel binding (RFC 7628 section 3.1). */
		private static final Pattern GS2_HEADER = Pattern.compile("[ny],(?:a=([^,]*))?,");

		private final String wrongToken;

		private final String malformed;

		Dialect(String wrongToken, String malformed) {
			this.wrongToken = wrongToken;
			this.malformed = malformed;
		}

		/** Whom the client says it is, {@code null} if it says that wrongly. */
		abstract @Nullable String claimedName(String head);

	}

	private static final String SEPARATOR = "\u0001";

	/** The scheme in any case (RFC 7235 section 2.1), the token as in RFC 6750. */
	private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([A-Za-z0-9\\-._~+/]+=*)");

	private final SaslOffer offer;

	private final Dialect dialect;

	private String username = "";

	private boolean failed;

	BearerExchange(SaslOffer offer, Dialect dialect) {
		this.offer = offer;
		this.dialect = dialect;
	}

	@Override
	public Step respond(byte @Nullable [] response) {
		if (this.failed) {
			return Step.FAILED;
		}
		if (response == null) {
			return Step.challenge("");
		}
		String text = new String(response, StandardCharsets.UTF_8);
		String token = text.endsWith(SEPARATOR + SEPARATOR) ? token(text) : null;
		return (token != null) ? this.offer.token(this.username, token, () -> fail(this.dialect.wrongToken))
				: fail(this.dialect.malformed);
	}

	/** The token and, on the way, the name; {@code null} if one is malformed. */
	private @Nullable String token(String text) {
		String[] parts = text.split(SEPARATOR);
		Map<String, String> pairs = new HashMap<>();
		for (int i = 1; i < parts.length; i++) {
			int equals = parts[i].indexOf('=');
			if (equals <= 0 || pairs.put(parts[i].substring(0, equals), parts[i].substring(equals + 1)) != null) {
				return null;
			}
		}
		String name = (parts.length > 0) ? this.dialect.claimedName(parts[0]) : null;
		Matcher bearer = BEARER.matcher(pairs.getOrDefault("auth", ""));
		if (name == null || !bearer.matches()) {
			return null;
		}
		this.username = name;
		return bearer.group(1);
	}

	private Step fail(String details) {
		this.failed = true;
		return Step.lastWords(details);
	}

	@Override
	public String username() {
		return this.username;
	}

}
