/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.security.Principal;
import java.util.Optional;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

import io.mailio.auth.Credentials.Kind;
import io.mailio.auth.SaslExchange.Question;
import io.mailio.auth.SaslExchange.Step;
import io.mailio.auth.SaslExchange.Success;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.ChannelBindings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.mailio.auth.Exchanges.challenge;
import static io.mailio.auth.Exchanges.offer;
import static io.mailio.auth.Exchanges.respond;
import static io.mailio.auth.Exchanges.sasl;
import static io.mailio.auth.Exchanges.session;
import static io.mailio.auth.Exchanges.settled;
import static io.mailio.auth.Exchanges.tls;
import static io.mailio.auth.Exchanges.tlsWithoutBindings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SaslMechanismTests {

	private static final Principal JOHN = new X500Principal("CN=John");

	private static final ScramVerifier DOE = ScramVerifier.of("doe", new byte[] { 1, 2, 3 }, 4096);

	private static final CredentialStore STORE = (name) -> Optional.of(DOE).filter((doe) -> name.equals("john"));

	private record Checks(Set<Kind> kinds) implements Authenticator {

		@Override
		public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
			boolean right = (credentials instanceof Credentials.Password password && password.password().equals("doe"))
					|| (credentials instanceof Credentials.Certificate certificate
							&& certificate.subject().equals(JOHN));
			return right ? Optional.of(User.named("john", JOHN)) : Optional.empty();
		}

	}

	private static SaslExchange plain() {
		return offer(null, null).begin("plain").orElseThrow();
	}

	@Test
	void mechanismsAreFoundInAnyCase() {
		assertThat(SaslMechanism.named("plain")).contains(SaslMechanism.PLAIN);
		assertThat(SaslMechanism.named("LoGiN")).contains(SaslMechanism.LOGIN);
		assertThat(SaslMechanism.named("scram-sha-256-plus")).contains(SaslMechanism.SCRAM_SHA_256_PLUS);
		assertThat(SaslMechanism.named("SCRAM_SHA_256")).isEmpty();
		assertThat(SaslMechanism.named("")).isEmpty();
		assertThat(SaslMechanism.named("CRAM-MD5")).isEmpty();
	}

	@Test
	void handlersAloneCheckPasswordsOnly() {
		assertThat(offer(null, null, tls(JOHN, ChannelBindings.TLS_EXPORTER)).mechanisms()).map(Object::toString)
			.containsExactly("PLAIN", "LOGIN");
		assertThat(offer(null, null).begin("SCRAM-SHA-256")).isEmpty();
		assertThat(sasl(null, null).offer(session(null), false).mechanisms()).isEmpty();
		assertThat(sasl(null, null).isPossible()).isFalse();
	}

	@Test
	void whatIsOfferedIsWhatCanSucceed() {
		assertThat(mechanisms(null, STORE, false)).isEqualTo("SCRAM-SHA-256 PLAIN LOGIN");
		assertThat(mechanisms(null, STORE, true)).isEqualTo("SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN");
		assertThat(mechanisms(new Checks(Set.of(Kind.PASSWORD)), null, true)).isEqualTo("PLAIN LOGIN");
		assertThat(mechanisms(new Checks(Set.of(Kind.TOKEN)), null, false)).isEqualTo("OAUTHBEARER XOAUTH2");
		assertThat(mechanisms(new Checks(Set.of(Kind.CERTIFICATE)), null, true)).isEqualTo("EXTERNAL");
		assertThat(mechanisms(new Checks(Set.of(Kind.CERTIFICATE)), null, false)).isEmpty();
		assertThat(offer(new Checks(Set.of(Kind.CERTIFICATE)), null, tls(null)).mechanisms()).isEmpty();
		assertThat(offer(null, STORE, tlsWithoutBindings(null)).mechanisms()).map(Object::toString)
			.containsExactly("SCRAM-SHA-256", "PLAIN", "LOGIN");
	}

	private static String mechanisms(@Nullable Authenticator authenticator, @Nullable CredentialStore store,
			boolean tls) {
		SaslOffer offer = offer(authenticator, store, tls ? tls(JOHN, ChannelBindings.TLS_SERVER_END_POINT) : null);
		return String.join(" ", offer.mechanisms().stream().map(Object::toString).toList());
	}

	@Test
	void plainTakesItsOnlyResponseAtOnceOrAfterAnEmptyChallenge() {
		SaslExchange exchange = plain();
		assertThat(challenge(exchange.respond(null))).isEmpty();
		User user = ((Success) respond(exchange, "\0jöhn\0päss word")).user();
		assertThat(user.username()).isEqualTo("jöhn");
		assertThat(user.password()).isEqualTo("päss word");
		assertThat(user).hasToString("jöhn");
	}

	@Test
	void plainLetsNobodyActForSomebodyElse() {
		assertThat(respond(plain(), "john\0john\0doe")).isInstanceOf(Success.class);
		assertThat(respond(plain(), "root\0john\0doe")).isEqualTo(Step.FAILED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "john", "\0john", "\0\0doe", "\0john\0", "\0john\0doe\0", "\0jo\nhn\0doe",
			"\0jo\u0085hn\0doe" })
	void plainRefusesWhatIsMalformed(String response) {
		assertThat(respond(plain(), response)).isEqualTo(Step.FAILED);
		assertThat(respond(offer(new Checks(Set.of(Kind.PASSWORD)), null).begin("PLAIN").orElseThrow(), response))
			.isEqualTo(Step.FAILED);
	}

	@Test
	void loginAsksForNameAndPassword() {
		SaslExchange exchange = offer(null, null).begin("LOGIN").orElseThrow();
		assertThat(exchange.username()).isEmpty();
		assertThat(challenge(exchange.respond(null))).isEqualTo("Username:");
		assertThat(challenge(respond(exchange, "john"))).isEqualTo("Password:");
		assertThat(exchange.username()).isEqualTo("john");
		assertThat(((Success) respond(exchange, "doe")).user().password()).isEqualTo("doe");
	}

	@Test
	void loginTakesTheNameAsInitialResponseAndRefusesAnEmptyOne() {
		SaslExchange exchange = offer(null, null).begin("LOGIN").orElseThrow();
		assertThat(challenge(respond(exchange, ""))).isEqualTo("Password:");
		assertThat(respond(exchange, "doe")).isEqualTo(Step.FAILED);
	}

	@Test
	void anAuthenticatorSaysWhoItIsAndHandlersStillSeeThePassword() {
		SaslOffer offer = offer(new Checks(Set.of(Kind.PASSWORD)), null);
		User user = ((Success) respond(offer.begin("PLAIN").orElseThrow(), "\0JOHN\0doe")).user();
		assertThat(user.username()).isEqualTo("john");
		assertThat(user.password()).isEqualTo("doe");
		assertThat(user.principal()).contains(JOHN);
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0john\0roe")).isEqualTo(Step.FAILED);
	}

	@Test
	void onceAnAuthenticatorIsThereHandlersDoNotDecide() {
		SaslOffer offer = sasl(new Checks(Set.of(Kind.TOKEN)), null).offer(session(null), true);
		assertThat(offer.begin("PLAIN")).isEmpty();
	}

	@Test
	void theFirstAuthenticatorOfAKindIsAsked() {
		Sasl sasl = new Sasl(java.util.List.of(new Checks(Set.of(Kind.TOKEN)), new Checks(Set.of(Kind.PASSWORD)),
				(credentials, session) -> Optional.empty()), null, io.mailio.session.Limits.DEFAULTS);
		assertThat(respond(sasl.offer(session(null), false).begin("PLAIN").orElseThrow(), "\0john\0doe"))
			.isInstanceOf(Success.class);
	}

	@Test
	void anAuthenticatorMustGiveAProperName() {
		SaslOffer offer = offer((credentials, session) -> Optional.of(User.named("a\nb")), null);
		Question question = (Question) offer.begin("PLAIN").orElseThrow().respond(Exchanges.octets("\0john\0doe"));
		assertThat(question.blocking()).isTrue();
		assertThatIllegalStateException().isThrownBy(() -> question.task().call());
	}

	@Test
	void aCredentialStoreChecksPasswordsToo() {
		SaslOffer offer = offer(null, STORE);
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0john\0doe")).isInstanceOf(Success.class);
		// SASLprep: the soft hyphen is nothing
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0jo\u00adhn\0d\u00adoe")).isInstanceOf(Success.class);
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0john\0roe")).isEqualTo(Step.FAILED);
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0jane\0doe")).isEqualTo(Step.FAILED);
		assertThat(respond(offer.begin("PLAIN").orElseThrow(), "\0\ue000\0doe")).isEqualTo(Step.FAILED);
	}

	@ParameterizedTest
	@CsvSource({ "4095, 16, 4096 to", "4096, 0, 1 to 32", "4096, 33, 1 to 32" })
	void aStoreWhoseUnknownUsersWouldDifferIsRefused(int iterations, int saltLength, String message) {
		CredentialStore store = new CredentialStore() {
			@Override
			public Optional<ScramVerifier> find(String username) {
				return Optional.empty();
			}

			@Override
			public int iterations() {
				return iterations;
			}

			@Override
			public int saltLength() {
				return saltLength;
			}
		};
		assertThatIllegalArgumentException().isThrownBy(() -> sasl(null, store)).withMessageContaining(message);
	}

	/** RFC 4422 appendix A. */
	@Test
	void externalIsTheSubjectOfTheCertificate() {
		SaslOffer offer = offer(new Checks(Set.of(Kind.CERTIFICATE)), null, tls(JOHN));
		SaslExchange exchange = offer.begin("EXTERNAL").orElseThrow();
		assertThat(challenge(exchange.respond(null))).isEmpty();
		User user = ((Success) respond(exchange, "")).user();
		assertThat(user.username()).isEqualTo("john");
		assertThat(user.hasPassword()).isFalse();
		assertThat(respond(offer.begin("EXTERNAL").orElseThrow(), "jo\0hn")).isEqualTo(Step.FAILED);
		SaslOffer stranger = offer(new Checks(Set.of(Kind.CERTIFICATE)), null, tls(new X500Principal("CN=Jane")));
		assertThat(settled(respond(stranger.begin("EXTERNAL").orElseThrow(), ""))).isEqualTo(Step.FAILED);
	}

	/** RFC 4422 section 3.4.1. */
	@Test
	void externalLetsNobodyActForSomebodyElse() {
		SaslOffer offer = offer(new Checks(Set.of(Kind.CERTIFICATE)), null, tls(JOHN));
		assertThat(respond(offer.begin("EXTERNAL").orElseThrow(), "john")).isInstanceOf(Success.class);
		assertThat(respond(offer.begin("EXTERNAL").orElseThrow(), "root")).isEqualTo(Step.FAILED);
	}

	@Test
	void noTextTellsASecret() {
		assertThat(new Credentials.Password("john", "s3cret").toString()).doesNotContain("s3cret");
		assertThat(new Credentials.Token("john", "s3cret").toString()).doesNotContain("s3cret");
		assertThat(User.withPassword("john", "s3cret").toString()).doesNotContain("s3cret");
		assertThat(ScramVerifier.of("s3cret", 4096).toString()).isEqualTo("SCRAM-SHA-256 with 4096 iterations");
	}

}
