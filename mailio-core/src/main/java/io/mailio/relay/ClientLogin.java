/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Our side of AUTH (RFC 4954): SCRAM-SHA-256 if the server offers it, because it does not
 * tell the password, else PLAIN, else LOGIN. Used once.
 */
abstract class ClientLogin {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int NONCE_OCTETS = 24;

	private final String mechanism;

	private ClientLogin(String mechanism) {
		this.mechanism = mechanism;
	}

	/**
	 * The best way to log in.
	 * @param offered the mechanisms that the server offers, in upper case
	 * @return the login, {@code null} if we know none of them
	 */
	static @Nullable ClientLogin choose(Set<String> offered, Login login) {
		if (offered.contains("SCRAM-SHA-256")) {
			return new Scram(login);
		}
		if (offered.contains("PLAIN")) {
			return new Plain(login);
		}
		return offered.contains("LOGIN") ? new NameAndPassword(login) : null;
	}

	/** Its name. */
	final String mechanism() {
		return this.mechanism;
	}

	/**
	 * What stands behind its name, in base64; takes its time.
	 * @return {@code null} for nothing
	 */
	abstract @Nullable String initialResponse();

	/**
	 * The answer to a challenge; takes its time.
	 * @param challenge in base64, or anything
	 * @return the response in base64, {@code null} to cancel
	 */
	final @Nullable String respond(String challenge) {
		byte[] response = response(challenge);
		return (response != null) ? Base64.getEncoder().encodeToString(response) : null;
	}

	abstract byte @Nullable [] response(String challenge);

	/** Whether the server has shown whatever it has to. */
	boolean isProved() {
		return true;
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** PLAIN (RFC 4616). */
	private static final class Plain extends ClientLogin {

		private final byte[] message;

		Plain(Login login) {
			super("PLAIN");
			this.message = utf8("\0" + login.username() + "\0" + login.password());
		}

		@Override
		String initialResponse() {
			return Base64.getEncoder().encodeToString(this.message);
		}

		/** The server has not looked at the initial response. */
		@Override
		byte[] response(String challenge) {
			return this.message;
		}

	}

	/** LOGIN, which was never standardised: whatever the two questions are. */
	private static final class NameAndPassword extends ClientLogin {

		private final Login login;

		private int answered;

		NameAndPassword(Login login) {
			super("LOGIN");
			this.login = login;
		}

		@Override
		@Nullable String initialResponse() {
			return null;
		}

		@Override
		byte @Nullable [] response(String challenge) {
			this.answered++;
			return switch (this.answered) {
				case 1 -> utf8(this.login.username());
				case 2 -> utf8(this.login.password());
				default -> null;
			};
		}

	}

	/** SCRAM-SHA-256 (RFC 5802, RFC 7677), not bound to the connection. */
	private static final class Scram extends ClientLogin {

		private final Login login;

		private @Nullable ScramProof proof;

		private int answered;

		private volatile boolean proved;

		Scram(Login login) {
			super("SCRAM-SHA-256");
			this.login = login;
		}

		@Override
		String initialResponse() {
			byte[] nonce = new byte[NONCE_OCTETS];
			RANDOM.nextBytes(nonce);
			ScramProof begun = new ScramProof(this.login, Base64.getEncoder().encodeToString(nonce));
			this.proof = begun;
			return Base64.getEncoder().encodeToString(utf8(begun.first()));
		}

		@Override
		byte @Nullable [] response(String challenge) {
			ScramProof begun = Objects.requireNonNull(this.proof);
			String text = decode(challenge);
			this.answered++;
			if (this.answered == 1) {
				String last = begun.last(text);
				return (last != null) ? utf8(last) : null;
			}
			this.proved = this.answered == 2 && begun.isAnsweredBy(text);
			return this.proved ? new byte[0] : null;
		}

		/** What is not base64 is not what we expect, either. */
		private static String decode(String base64) {
			try {
				return new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8);
			}
			catch (IllegalArgumentException ex) {
				return "";
			}
		}

		@Override
		boolean isProved() {
			return this.proved;
		}

	}

}
