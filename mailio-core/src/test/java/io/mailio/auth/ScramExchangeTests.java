/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.Base64;
import java.util.Optional;

import io.mailio.auth.SaslExchange.Step;
import io.mailio.auth.SaslExchange.Success;
import io.mailio.handler.User;
import io.mailio.session.ChannelBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.mailio.auth.Exchanges.challenge;
import static io.mailio.auth.Exchanges.octets;
import static io.mailio.auth.Exchanges.offer;
import static io.mailio.auth.Exchanges.respond;
import static io.mailio.auth.Exchanges.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ScramExchangeTests {

	private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

	private static final ScramVerifier PENCIL = ScramVerifier.of("pencil", SALT, 4096);

	private static final CredentialStore STORE = (name) -> Optional.of(PENCIL)
		.filter((pencil) -> name.equals("user") || name.equals("a,b=c"));

	private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

	private static final SaslOffer PLAIN_TEXT = offer(null, STORE);

	private static final SaslOffer ENCRYPTED = offer(null, STORE, tls(null, ChannelBindings.TLS_EXPORTER));

	private static SaslExchange exchange(SaslOffer offer, boolean plus) {
		return new ScramExchange(offer, STORE, plus, SERVER_NONCE);
	}

	private static ScramClient client(String header, String password) {
		return new ScramClient(header, new byte[0], "user", password, "abc");
	}

	/** RFC 7677 section 3. */
	@Test
	void theExampleOfTheRfc() {
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		assertThat(challenge(exchange.respond(null))).isEmpty();
		assertThat(challenge(respond(exchange, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")))
			.isEqualTo("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
		assertThat(challenge(respond(exchange,
				"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
						+ "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")))
			.isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
		User user = ((Success) respond(exchange, "")).user();
		assertThat(user.username()).isEqualTo("user");
		assertThat(user.hasPassword()).isFalse();
	}

	@Test
	void theLastResponseIsEmpty() {
		ScramClient client = client("n,,", "pencil");
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		client.check(challenge(respond(exchange, client.last(challenge(respond(exchange, client.first()))))));
		assertThat(respond(exchange, "more")).isEqualTo(Step.FAILED);
	}

	@Test
	void aWrongPasswordAndAnUnknownUserFailAtTheProof() {
		ScramClient wrong = client("n,,", "Pencil");
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		assertThat(respond(exchange, wrong.last(challenge(respond(exchange, wrong.first()))))).isEqualTo(Step.FAILED);

		ScramClient unknown = new ScramClient("n,,", new byte[0], "nobody", "pencil", "abc");
		SaslExchange other = exchange(PLAIN_TEXT, false);
		assertThat(respond(other, unknown.last(challenge(respond(other, unknown.first()))))).isEqualTo(Step.FAILED);
	}

	@Test
	void anUnknownUserLooksLikeAKnownOne() {
		String known = challenge(respond(exchange(PLAIN_TEXT, false), "n,,n=user,r=abc"));
		String unknown = challenge(respond(exchange(PLAIN_TEXT, false), "n,,n=nobody,r=abc"));
		String again = challenge(respond(exchange(PLAIN_TEXT, false), "n,,n=nobody,r=abc"));
		String other = challenge(respond(exchange(PLAIN_TEXT, false), "n,,n=somebody,r=abc"));
		assertThat(unknown).isEqualTo(again).isNotEqualTo(other).hasSameSizeAs(known).endsWith(",i=4096");
	}

	@Test
	void anEscapedNameIsUnescaped() {
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		challenge(respond(exchange, "n,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=abc"));
		assertThat(exchange.username()).isEqualTo("a,b=c");
	}

	@Test
	void namesArePrepared() {
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		challenge(respond(exchange, "n,,n=\uff55s\u00ader,r=abc"));
		assertThat(exchange.username()).isEqualTo("user");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "n", "n,", "n,,", "n,,n=user", "n,,r=abc,n=user", "n,,m=x,n=user,r=abc",
			"n,,n=user,r=", "n,,n=user,r=a b", "n,,n=,r=abc", "n,,n=us=er,r=abc", "n,,n=us\u0007er,r=abc",
			"n,a=root,n=user,r=abc", "n,root,n=user,r=abc", "x,,n=user,r=abc", "p=,,n=user,r=abc",
			"p=tls-exporter,,n=user,r=abc" })
	void aMalformedFirstMessageFails(String first) {
		assertThat(respond(exchange(PLAIN_TEXT, false), first)).isEqualTo(Step.FAILED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "p=x", "c=biws", "c=biws,r=NONCE", "c=biws,r=NONCE,p=", "c=biws,r=NONCE,p=!",
			"c=biws,r=NONCE,p=AAAA", "c=!,r=NONCE,p=AAAA", "r=NONCE,c=biws,p=AAAA", "c=eSws,r=NONCE,p=PROOF",
			"c=biws,r=NONCEx,p=PROOF", "c=biws,r=abc,p=PROOF", "c=biws,r=NONCE,x=y,p=PROOF",
			"c=biws,r=NONCE,p=PROOF=" })
	void aMalformedOrReplayedFinalMessageFails(String last) {
		ScramClient client = client("n,,", "pencil");
		SaslExchange exchange = exchange(PLAIN_TEXT, false);
		String right = client.last(challenge(respond(exchange, client.first())));
		String proof = right.substring(right.indexOf(",p=") + 3);
		String message = last.replace("NONCE", "abc" + SERVER_NONCE).replace("PROOF", proof);
		assertThat(respond(exchange, message)).isEqualTo(Step.FAILED);
	}

	@Test
	void plusBindsToTheConnection() {
		byte[] binding = octets(ChannelBindings.TLS_EXPORTER);
		ScramClient client = new ScramClient("p=tls-exporter,,", binding, "user", "pencil", "abc");
		SaslExchange exchange = exchange(ENCRYPTED, true);
		client.check(challenge(respond(exchange, client.last(challenge(respond(exchange, client.first()))))));
		assertThat(respond(exchange, "")).isInstanceOf(Success.class);
	}

	@Test
	void plusFailsOverAnotherConnection() {
		ScramClient client = new ScramClient("p=tls-exporter,,", octets("another"), "user", "pencil", "abc");
		SaslExchange exchange = exchange(ENCRYPTED, true);
		assertThat(respond(exchange, client.last(challenge(respond(exchange, client.first()))))).isEqualTo(Step.FAILED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "n,,", "y,,", "p=tls-server-end-point,,", "p=tls-unique,," })
	void plusNeedsABindingThatTheConnectionHas(String header) {
		assertThat(respond(exchange(ENCRYPTED, true), client(header, "pencil").first())).isEqualTo(Step.FAILED);
	}

	/** RFC 5802 section 6: the client supports binding and was told that we do not. */
	@Test
	void aHiddenOfferIsNoticed() {
		assertThat(respond(exchange(ENCRYPTED, false), client("y,,", "pencil").first())).isEqualTo(Step.FAILED);
		assertThat(challenge(respond(exchange(ENCRYPTED, false), client("n,,", "pencil").first()))).startsWith("r=abc");
		assertThat(challenge(respond(exchange(PLAIN_TEXT, false), client("y,,", "pencil").first())))
			.startsWith("r=abc");
	}

	@Test
	void aVerifierCanBeWrittenDown() {
		ScramVerifier read = ScramVerifier.parse(PENCIL.encoded());
		assertThat(read.encoded()).isEqualTo(PENCIL.encoded())
			.startsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$");
		assertThat(read.matches("pencil")).isTrue();
		assertThat(read.matches("Pencil")).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> ScramVerifier.parse("s3cret"))
			.withMessageNotContaining("s3cret");
		assertThatIllegalArgumentException().isThrownBy(() -> ScramVerifier.of("pencil", SALT, 1000));
		assertThatIllegalArgumentException().isThrownBy(() -> ScramVerifier.of("pen\u0007cil", 4096))
			.withMessageContaining("SASLprep");
	}

}
