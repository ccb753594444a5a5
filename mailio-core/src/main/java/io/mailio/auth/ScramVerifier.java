/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server keeps of a password for SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677): it
 * can be checked with this, and not be found out. Immutable.
 */
public final class ScramVerifier {

	/** The fewest iterations (RFC 7677 section 4), and those of an unknown user. */
	public static final int ITERATIONS = 4096;

	/** How many octets a salt has that is made here. */
	public static final int SALT_LENGTH = 16;

	private static final int MAX_ITERATIONS = 10_000_000;

	private static final int KEY_LENGTH = 32;

	private static final Pattern TEXT = Pattern
		.compile("SCRAM-SHA-256\\$(\\d{1,8}):([A-Za-z0-9+/]+=*)\\$([A-Za-z0-9+/]+=*):([A-Za-z0-9+/]+=*)");

	private static final SecureRandom RANDOM = new SecureRandom();

	private final byte[] salt;

	private final int iterations;

	private final byte[] storedKey;

	private final byte[] serverKey;

	/**
	 * A verifier that was computed before.
	 * @param salt the salt, not empty
	 * @param iterations the iterations, at least {@value #ITERATIONS}
	 * @param storedKey the StoredKey, 32 octets
	 * @param serverKey the ServerKey, 32 octets
	 * @throws IllegalArgumentException if one is out of its range
	 */
	public ScramVerifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
		if (salt.length == 0 || storedKey.length != KEY_LENGTH || serverKey.length != KEY_LENGTH) {
			throw new IllegalArgumentException("A salt is not empty, and keys of SHA-256 have 32 octets");
		}
		if (iterations < ITERATIONS || iterations > MAX_ITERATIONS) {
			throw new IllegalArgumentException(
					"SCRAM needs " + ITERATIONS + " to " + MAX_ITERATIONS + " iterations, not " + iterations);
		}
		this.salt = salt.clone();
		this.iterations = iterations;
		this.storedKey = storedKey.clone();
		this.serverKey = serverKey.clone();
	}

	/**
	 * Computes the verifier of a password, with a random salt. Takes long on purpose, the
	 * longer the more iterations.
	 * @param password the password; it is prepared with SASLprep (RFC 4013)
	 * @param iterations at least {@value #ITERATIONS}
	 * @throws IllegalArgumentException if SASLprep prohibits the password
	 */
	public static ScramVerifier of(String password, int iterations) {
		byte[] salt = new byte[SALT_LENGTH];
		RANDOM.nextBytes(salt);
		return of(password, salt, iterations);
	}

	/**
	 * Computes the verifier of a password.
	 * @param password the password; it is prepared with SASLprep (RFC 4013)
	 * @param salt the salt, not empty
	 * @param iterations at least {@value #ITERATIONS}
	 * @throws IllegalArgumentException if SASLprep prohibits the password
	 */
	public static ScramVerifier of(String password, byte[] salt, int iterations) {
		String prepared = SaslPrep.stored(password)
			.orElseThrow(() -> new IllegalArgumentException("SASLprep prohibits this password (RFC 4013)"));
		byte[] salted = saltedPassword(prepared, salt, iterations);
		byte[] storedKey = sha256(hmac(salted, "Client Key"));
		return new ScramVerifier(salt, iterations, storedKey, hmac(salted, "Server Key"));
	}

	/**
	 * Reads the text form of RFC 5803, which PostgreSQL uses too:
	 * {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}, in base64.
	 * @param text the text
	 * @throws IllegalArgumentException if it is none; the text is not told
	 */
	public static ScramVerifier parse(String text) {
		Matcher matcher = TEXT.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException(
					"That is no verifier: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey> is one");
		}
		Base64.Decoder base64 = Base64.getDecoder();
		return new ScramVerifier(base64.decode(matcher.group(2)), Integer.parseInt(matcher.group(1)),
				base64.decode(matcher.group(3)), base64.decode(matcher.group(4)));
	}

	/** The text form that {@link #parse} reads. Whoever has it can pose as the server. */
	public String encoded() {
		Base64.Encoder base64 = Base64.getEncoder();
		return "SCRAM-SHA-256$" + this.iterations + ":" + base64.encodeToString(this.salt) + "$"
				+ base64.encodeToString(this.storedKey) + ":" + base64.encodeToString(this.serverKey);
	}

	/**
	 * What an unknown user seems to have: always the same salt, and keys of no password.
	 * @param secret nobody else knows it
	 */
	static ScramVerifier decoy(byte[] secret, String username, int saltLength, int iterations) {
		byte[] salt = hmac(secret, "salt " + username);
		byte[] storedKey = hmac(secret, "key " + username);
		if (saltLength < 1 || saltLength > KEY_LENGTH) {
			throw new IllegalArgumentException(
					"The salt of an unknown user has 1 to " + KEY_LENGTH + " octets, not " + saltLength);
		}
		return new ScramVerifier(Arrays.copyOf(salt, saltLength), iterations, storedKey, storedKey);
	}

	/**
	 * A server's nonce.
	 * @param secret nobody else knows it
	 * @param number used once
	 */
	static String nonce(byte[] secret, long number) {
		return Base64.getEncoder().withoutPadding().encodeToString(hmac(secret, "nonce " + number));
	}

	byte[] salt() {
		return this.salt.clone();
	}

	int iterations() {
		return this.iterations;
	}

	/** Whether this is the password. Takes as long as computing the verifier. */
	boolean matches(String password) {
		String prepared = SaslPrep.query(password).orElse(null);
		byte[] salted = saltedPassword((prepared != null) ? prepared : "-", this.salt, this.iterations);
		boolean same = MessageDigest.isEqual(sha256(hmac(salted, "Client Key")), this.storedKey);
		return same && prepared != null;
	}

	/** Whether a client that sends this proof knows the password. */
	boolean proves(String authMessage, byte[] proof) {
		byte[] signature = hmac(this.storedKey, authMessage);
		byte[] clientKey = new byte[KEY_LENGTH];
		for (int i = 0; i < KEY_LENGTH && i < proof.length; i++) {
			clientKey[i] = (byte) (signature[i] ^ proof[i]);
		}
		return MessageDigest.isEqual(sha256(clientKey), this.storedKey) && proof.length == KEY_LENGTH;
	}

	/** What proves to the client that the server knows this verifier. */
	byte[] serverSignature(String authMessage) {
		return hmac(this.serverKey, authMessage);
	}

	private static byte[] saltedPassword(String prepared, byte[] salt, int iterations) {
		try {
			return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
				.generateSecret(new PBEKeySpec(prepared.toCharArray(), salt, iterations, KEY_LENGTH * Byte.SIZE))
				.getEncoded();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java has no PBKDF2", ex);
		}
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java has no HMAC", ex);
		}
	}

	private static byte[] sha256(byte[] octets) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(octets);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java has no SHA-256", ex);
		}
	}

	/** Tells no key. */
	@Override
	public String toString() {
		return "SCRAM-SHA-256 with " + this.iterations + " iterations";
	}

}
