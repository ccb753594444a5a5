/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.util.Optional;
import java.util.Set;

import io.mailio.auth.Credentials.Kind;
import io.mailio.auth.SaslExchange.Challenge;
import io.mailio.auth.SaslExchange.Step;
import io.mailio.auth.SaslExchange.Success;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.mailio.auth.Exchanges.challenge;
import static io.mailio.auth.Exchanges.offer;
import static io.mailio.auth.Exchanges.respond;
import static org.assertj.core.api.Assertions.assertThat;

/** OAUTHBEARER with the examples of RFC 7628 section 4, and XOAUTH2. */
class BearerExchangeTests {

	private static final String TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

	private static final SaslOffer OFFER = offer(new Tokens(), null);

	private static final class Tokens implements Authenticator {

		@Override
		public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
			Credentials.Token token = (Credentials.Token) credentials;
			return token.token().equals(TOKEN) ? Optional.of(User.named("user@example.com")) : Optional.empty();
		}

		@Override
		public Set<Kind> kinds() {
			return Set.of(Kind.TOKEN);
		}

	}

	private static SaslExchange bearer() {
		return OFFER.begin("OAUTHBEARER").orElseThrow();
	}

	private static SaslExchange xoauth2() {
		return OFFER.begin("XOAUTH2").orElseThrow();
	}

	/** RFC 7628 section 4.1. */
	@Test
	void aTokenInTheInitialResponseIsEnough() {
		SaslExchange exchange = bearer();
		Step step = respond(exchange,
				"n,a=user@example.com,\1host=server.example.com\1port=143\1auth=Bearer " + TOKEN + "\1\1");
		assertThat(((Success) step).user().username()).isEqualTo("user@example.com");
		assertThat(exchange.username()).isEqualTo("user@example.com");
	}

	/** RFC 7628 section 4.2. */
	@Test
	void theNameMayBeMissing() {
		assertThat(challenge(bearer().respond(null))).isEmpty();
		assertThat(respond(bearer(), "n,,\1auth=Bearer " + TOKEN + "\1\1")).isInstanceOf(Success.class);
		assertThat(respond(bearer(), "y,,\1auth=bEaReR   " + TOKEN + "\1\1")).isInstanceOf(Success.class);
	}

	/** RFC 7628 section 3.1: as in SCRAM. */
	@Test
	void theNameIsUnescaped() {
		SaslExchange exchange = bearer();
		respond(exchange, "n,a=a=2Cb=3Dc,\1auth=Bearer " + TOKEN + "\1\1");
		assertThat(exchange.username()).isEqualTo("a,b=c");
	}

	/** RFC 7628 section 4.3. */
	@Test
	void aWrongTokenIsExplainedAndFailsAfterTheDummyResponse() {
		SaslExchange exchange = bearer();
		Step step = respond(exchange, "n,a=user@example.com,\1auth=Bearer d3Jvbmc=\1\1");
		assertThat(challenge(step)).isEqualTo("{\"status\":\"invalid_token\"}");
		assertThat(((Challenge) step).failed()).isTrue();
		assertThat(respond(exchange, "\1")).isEqualTo(Step.FAILED);
	}

	@Test
	void afterAFailureNoTokenHelps() {
		SaslExchange exchange = bearer();
		respond(exchange, "n,,\1auth=Bearer d3Jvbmc=\1\1");
		assertThat(respond(exchange, "n,,\1auth=Bearer " + TOKEN + "\1\1")).isEqualTo(Step.FAILED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\1\1", "n,,\1\1", "n,,\1auth=\1\1", "n,,\1auth=Bearer \1\1",
			"n,,\1auth=Bearer a b\1\1", "n,,\1auth=Basic YTpi\1\1", "n,,\1auth=Bearer " + TOKEN + "\1",
			"n,,\1auth=Bearer " + TOKEN, "n,,\1auth=Bearer " + TOKEN + "\1auth=Bearer " + TOKEN + "\1\1",
			"n,\1auth=Bearer " + TOKEN + "\1\1", "p=tls-exporter,,\1auth=Bearer " + TOKEN + "\1\1",
			"n,a=x=y,\1auth=Bearer " + TOKEN + "\1\1", "n,,\1=\1auth=Bearer " + TOKEN + "\1\1",
			"user=me\1auth=Bearer " + TOKEN + "\1\1" })
	void aMalformedResponseIsExplainedToo(String response) {
		assertThat(challenge(respond(bearer(), response))).isEqualTo("{\"status\":\"invalid_request\"}");
	}

	@Test
	void xoauth2KnowsTheUserByItsFirstWords() {
		assertThat(challenge(xoauth2().respond(null))).isEmpty();
		Step step = respond(xoauth2(), "user=user@example.com\1auth=Bearer " + TOKEN + "\1\1");
		assertThat(((Success) step).user().username()).isEqualTo("user@example.com");
	}

	@Test
	void aTokenOfSomebodyElseIsAWrongOne() {
		Step other = respond(bearer(), "n,a=other@example.com,\1auth=Bearer " + TOKEN + "\1\1");
		assertThat(challenge(other)).isEqualTo("{\"status\":\"invalid_token\"}");
		assertThat(((Challenge) other).failed()).isTrue();
	}

	@Test
	void xoauth2FailsAfterAnEmptyResponse() {
		SaslExchange exchange = xoauth2();
		Step step = respond(exchange, "user=someuser@example.com\1auth=Bearer d3Jvbmc=\1\1");
		assertThat(challenge(step)).isEqualTo("{\"status\":\"401\",\"schemes\":\"bearer\"}");
		assertThat(((Challenge) step).failed()).isTrue();
		assertThat(respond(exchange, "")).isEqualTo(Step.FAILED);
		assertThat(challenge(respond(xoauth2(), "auth=Bearer " + TOKEN + "\1\1")))
			.isEqualTo("{\"status\":\"400\",\"schemes\":\"bearer\"}");
	}

	@Test
	void aNameWithControlCharactersIsNobodys() {
		Step step = respond(xoauth2(), "user=a\r\nb\1auth=Bearer " + TOKEN + "\1\1");
		assertThat(((Challenge) step).failed()).isTrue();
	}

}
