/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import com.ongres.saslprep.SASLprep;
import org.jspecify.annotations.Nullable;

/**
 * The calculations of a SCRAM-SHA-256 client (RFC 5802 section 3): it proves that it
 * knows the password, and sees whether the server does, too. Used by one thread at a
 * time.
 */
final class ScramProof {

	/** {@code n}: no channel binding. */
	private static final String GS2_HEADER = "n,,";

	/** RFC 7677 section 4. */
	private static final int MIN_ITERATIONS = 4096;

	/** A server must not keep us busy for long. */
	private static final int MAX_ITERATIONS = 1_000_000;

	private static final int KEY_BITS = 256;

	private final String password;

	private final String nonce;

	private final String firstBare;

	private String serverSignature = "";

	/**
	 * A proof.
	 * @param nonce random, without commas
	 */
	ScramProof(Login login, String nonce) {
		this.password = prepared(login.password());
		this.nonce = nonce;
		this.firstBare = "n=" + prepared(login.username()).replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
	}

	/** RFC 4013; what it prohibits is sent as it is, and fails there. */
	private static String prepared(String text) {
		try {
			return new SASLprep().prepareQuery(text);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	/** The client-first-message. */
	String first() {
		return GS2_HEADER + this.firstBare;
	}

	/**
	 * The client-final-message.
	 * @param serverFirst {@code r=nonce,s=salt,i=iterations[,extensions]}
	 * @return {@code null} if the server's message is not as it should be
	 */
	@Nullable String last(String serverFirst) {
		String[] attributes = serverFirst.split(",");
		boolean wellFormed = attributes.length >= 3 && attributes[0].startsWith("r=" + this.nonce)
				&& attributes[0].length() > 2 + this.nonce.length() && attributes[1].startsWith("s=")
				&& attributes[2].matches("i=[0-9]{1,9}");
		if (!wellFormed) {
			return null;
		}
		int iterations = Integer.parseInt(attributes[2].substring(2));
		byte[] salt = decode(attributes[1].substring(2));
		if (salt == null || salt.length == 0 || iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
			return null;
		}
		String withoutProof = "c=" + encode(GS2_HEADER.getBytes(StandardCharsets.US_ASCII)) + "," + attributes[0];
		String authMessage = this.firstBare + "," + serverFirst + "," + withoutProof;
		try {
			return withoutProof + ",p=" + encode(proof(salt, iterations, authMessage));
		}
		catch (GeneralSecurityException ex) {
			// An empty password, for example, is no key.
			return null;
		}
	}

	private byte[] proof(byte[] salt, int iterations, String authMessage) throws GeneralSecurityException {
		byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
			.generateSecret(new PBEKeySpec(this.password.toCharArray(), salt, iterations, KEY_BITS))
			.getEncoded();
		this.serverSignature = encode(hmac(hmac(salted, "Server Key"), authMessage));
		byte[] clientKey = hmac(salted, "Client Key");
		byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), authMessage);
		for (int i = 0; i < clientKey.length; i++) {
			clientKey[i] ^= signature[i];
		}
		return clientKey;
	}

	/** Whether the server-final-message proves that the server knows the password. */
	boolean isAnsweredBy(String serverFinal) {
		String expected = "v=" + this.serverSignature;
		String verifier = serverFinal.split(",", 2)[0];
		return !this.serverSignature.isEmpty() && MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
				verifier.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(key, "HmacSHA256"));
		return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String encode(byte[] octets) {
		return Base64.getEncoder().encodeToString(octets);
	}

	private static byte @Nullable [] decode(String base64) {
		try {
			return Base64.getDecoder().decode(base64);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
