/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import static org.assertj.core.api.Assertions.assertThat;

/** The client's side of SCRAM-SHA-256, written from the RFC and not from our server. */
public final class ScramClient {

	private final String gs2Header;

	private final byte[] binding;

	private final String password;

	private final String bare;

	private String authMessage = "";

	private byte[] salted = new byte[0];

	/**
	 * A client.
	 * @param gs2Header for example {@code n,,}
	 * @param binding the data of the channel binding, empty for none
	 */
	public ScramClient(String gs2Header, byte[] binding, String username, String password, String nonce) {
		this.gs2Header = gs2Header;
		this.binding = binding;
		this.password = password;
		this.bare = "n=" + username + ",r=" + nonce;
	}

	/** The client-first-message. */
	public String first() {
		return this.gs2Header + this.bare;
	}

	/** The client-final-message. */
	public String last(String serverFirst) {
		String[] attributes = serverFirst.split(",");
		byte[] salt = Base64.getDecoder().decode(attributes[1].substring(2));
		this.salted = pbkdf2(this.password, salt, Integer.parseInt(attributes[2].substring(2)));
		byte[] header = this.gs2Header.getBytes(StandardCharsets.UTF_8);
		byte[] bound = java.util.Arrays.copyOf(header, header.length + this.binding.length);
		System.arraycopy(this.binding, 0, bound, header.length, this.binding.length);
		String withoutProof = "c=" + Base64.getEncoder().encodeToString(bound) + "," + attributes[0];
		this.authMessage = this.bare + "," + serverFirst + "," + withoutProof;
		byte[] clientKey = hmac(this.salted, "Client Key");
		byte[] signature = hmac(sha256(clientKey), this.authMessage);
		for (int i = 0; i < clientKey.length; i++) {
			clientKey[i] ^= signature[i];
		}
		return withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey);
	}

	/** The server proves that it knows the password as well. */
	public void check(String serverFinal) {
		String signature = Base64.getEncoder().encodeToString(hmac(hmac(this.salted, "Server Key"), this.authMessage));
		assertThat(serverFinal).isEqualTo("v=" + signature);
	}

	private static byte[] pbkdf2(String password, byte[] salt, int iterations) {
		try {
			return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
				.generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
				.getEncoded();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] sha256(byte[] octets) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(octets);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
