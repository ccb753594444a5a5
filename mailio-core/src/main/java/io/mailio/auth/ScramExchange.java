/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

import io.mailio.handler.User;
import io.mailio.session.ChannelBindings;
import org.jspecify.annotations.Nullable;

/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): both sides prove that they
 * know the password, and neither tells it. With PLUS they also prove that they speak over
 * the same encrypted connection. An unknown user is shown a salt that is always the same
 * and fails as late as a wrong password.
 */
final class ScramExchange implements SaslExchange {

	/** Any visible character but a comma. */
	private static final Pattern NONCE = Pattern.compile("[!-+\\--~]+");

	private final SaslOffer offer;

	private final CredentialStore store;

	private final boolean plus;

	private final String serverNonce;

	private Stage stage = Stage.FIRST;

	private String username = "";

	private String clientFirstBare = "";

	private String serverFirst = "";

	private String nonce = "";

	private byte[] bound = new byte[0];

	private @Nullable ScramVerifier verifier;

	private boolean known;

	private enum Stage {

		FIRST, FINAL, LAST

	}

	/**
	 * Begins.
	 * @param plus whether the authentication is bound to the connection
	 * @param serverNonce random and never used before
	 */
	ScramExchange(SaslOffer offer, CredentialStore store, boolean plus, String serverNonce) {
		this.offer = offer;
		this.store = store;
		this.plus = plus;
		this.serverNonce = serverNonce;
	}

	@Override
	public Step respond(byte @Nullable [] response) {
		if (response == null) {
			return Step.challenge("");
		}
		String text = new String(response, StandardCharsets.UTF_8);
		return switch (this.stage) {
			case FIRST -> first(text);
			case FINAL -> last(text);
			case LAST -> text.isEmpty() ? new Success(User.named(this.username)) : Step.FAILED;
		};
	}

	/** {@code gs2-header n=name,r=nonce[,extensions]}. */
	private Step first(String text) {
		int flagEnd = text.indexOf(',');
		int headerEnd = text.indexOf(',', flagEnd + 1);
		if (flagEnd < 0 || headerEnd < 0 || !bind(text.substring(0, flagEnd), text.substring(0, headerEnd + 1))) {
			return Step.FAILED;
		}
		this.clientFirstBare = text.substring(headerEnd + 1);
		String[] attributes = this.clientFirstBare.split(",", -1);
		// An extension before the name is mandatory, and we know none: m= fails here.
		if (attributes.length < 2 || !attributes[0].startsWith("n=") || !attributes[1].startsWith("r=")) {
			return Step.FAILED;
		}
		String name = SaslNames.decode(attributes[0].substring(2));
		String clientNonce = attributes[1].substring(2);
		Optional<String> prepared = (name != null) ? SaslPrep.query(name) : Optional.empty();
		if (prepared.isEmpty() || !NONCE.matcher(clientNonce).matches()
				|| !isAllowed(text.substring(flagEnd + 1, headerEnd), prepared.get())) {
			return Step.FAILED;
		}
		this.username = prepared.get();
		this.nonce = clientNonce + this.serverNonce;
		return new Question(this.store.getClass().getName(), this.store.isBlocking(), this::lookUp);
	}

	/** Whether the client's choice of channel binding will do (RFC 5802 section 6). */
	private boolean bind(String flag, String header) {
		ChannelBindings bindings = this.offer.channelBindings();
		byte[] data = flag.startsWith("p=") ? bindings.get(flag.substring(2)) : new byte[0];
		boolean right = switch (flag) {
			case "n" -> !this.plus;
			// It believes that we cannot: somebody has hidden our offer.
			case "y" -> !this.plus && !bindings.isPossible();
			default -> this.plus && flag.startsWith("p=") && data != null;
		};
		ByteArrayOutputStream expected = new ByteArrayOutputStream();
		expected.writeBytes(header.getBytes(StandardCharsets.UTF_8));
		expected.writeBytes((data != null) ? data : new byte[0]);
		this.bound = expected.toByteArray();
		return right;
	}

	/** Nobody acts for somebody else. */
	private static boolean isAllowed(String authzid, String username) {
		return authzid.isEmpty()
				|| (authzid.startsWith("a=") && Optional.ofNullable(SaslNames.decode(authzid.substring(2)))
					.flatMap(SaslPrep::query)
					.filter(username::equals)
					.isPresent());
	}

	private Step lookUp() throws Exception {
		Optional<ScramVerifier> found = this.store.find(this.username);
		ScramVerifier shown = found.orElseGet(() -> this.offer.decoy(this.store, this.username));
		this.known = found.isPresent();
		this.verifier = shown;
		this.serverFirst = "r=" + this.nonce + ",s=" + base64(shown.salt()) + ",i=" + shown.iterations();
		this.stage = Stage.FINAL;
		return Step.challenge(this.serverFirst);
	}

	/** {@code c=channel-binding,r=nonce[,extensions],p=proof}. */
	private Step last(String text) {
		int proofStart = text.lastIndexOf(",p=");
		if (proofStart < 0) {
			return Step.FAILED;
		}
		String withoutProof = text.substring(0, proofStart);
		String[] attributes = withoutProof.split(",", -1);
		byte[] proof = decode(text.substring(proofStart + 3));
		boolean wellFormed = attributes.length >= 2 && attributes[0].startsWith("c=")
				&& attributes[1].equals("r=" + this.nonce) && proof != null;
		if (!wellFormed || !MessageDigest.isEqual(decode(attributes[0].substring(2)), this.bound)) {
			return Step.FAILED;
		}
		ScramVerifier expected = Objects.requireNonNull(this.verifier);
		String authMessage = this.clientFirstBare + "," + this.serverFirst + "," + withoutProof;
		boolean proved = expected.proves(authMessage, Objects.requireNonNull(proof));
		if (!(proved && this.known)) {
			return Step.FAILED;
		}
		this.stage = Stage.LAST;
		return Step.challenge("v=" + base64(expected.serverSignature(authMessage)));
	}

	private static String base64(byte[] octets) {
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

	@Override
	public String username() {
		return this.username;
	}

}
