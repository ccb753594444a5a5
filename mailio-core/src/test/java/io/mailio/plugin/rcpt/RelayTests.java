/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Map;
import java.util.Set;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.MicrometerMeters;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentMatchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class RelayTests {

	private static final RelayRules OPEN = new RelayRules(true, false, true);

	private static final RelayRules UNAUTHENTICATED = new RelayRules(true, true, false);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private boolean login = true;

	private Decision decide(RelayRules rules, String sender, boolean authenticated, String recipient) {
		SmtpRequest request = mock(SmtpRequest.class);
		SmtpResponse response = mock(SmtpResponse.class);
		SmtpSession session = mock(SmtpSession.class);
		given(request.session()).willReturn(session);
		given(request.from()).willReturn(sender.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(sender)));
		given(request.to()).willReturn(Mailbox.of(recipient));
		given(session.server()).willReturn(new ServerInfo("mx.ours.test", Set.of("ours.test"), "default"));
		given(session.authenticated()).willReturn(authenticated);
		given(response.accept()).willReturn(Decision.accept());
		given(response.reject(ArgumentMatchers.<Reply>any()))
			.willAnswer((call) -> Decision.reject(call.getArgument(0, Reply.class)));
		return new Relay((listener) -> rules, (listener) -> this.login, new MicrometerMeters(this.registry))
			.handle(request, response);
	}

	@ParameterizedTest
	@ValueSource(strings = { "user@ours.test", "user@OURS.Test", "user%other.test@ours.test",
			"other.test!user@ours.test", "\"user@other.test\"@ours.test" })
	void recipientsOfServedDomainsAreTaken(String recipient) {
		assertThat(decide(RelayRules.RECEIVE_ONLY, "a@other.test", false, recipient).kind())
			.isEqualTo(Decision.Kind.ACCEPT);
		assertThat(decide(RelayRules.DEFAULTS, "a@other.test", false, recipient).kind())
			.isEqualTo(Decision.Kind.ACCEPT);
		assertThat(decide(RelayRules.DEFAULTS, "", false, recipient).kind()).isEqualTo(Decision.Kind.ACCEPT);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "user@other.test", "user@sub.ours.test", "user@ours.test.other.test", "user@xours.test",
			"user%ours.test@other.test", "ours.test!user@other.test", "\"user@ours.test\"@other.test",
			"user@[192.0.2.1]" })
	void allOthersAreRefusedWithoutTheClientsWords(String recipient) {
		Decision decision = decide(RelayRules.RECEIVE_ONLY, "a@ours.test", true, recipient);
		assertThat(decision.kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(decision.reply()).hasToString("550 5.7.1 Relaying denied");
		assertThat(this.registry.get(MeterName.RELAY_REFUSED.id()).counter().count()).isOne();
	}

	@Test
	void nobodyIsToldToLogInWhereThatIsNotPossible() {
		assertThat(decide(RelayRules.DEFAULTS, "a@else.test", false, "b@other.test").reply())
			.hasToString("550 5.7.1 Relaying denied: authentication required");
		this.login = false;
		assertThat(decide(RelayRules.DEFAULTS, "a@else.test", false, "b@other.test").reply())
			.hasToString("550 5.7.1 Relaying denied");
	}

	/** Who sends, whether logged in, to whom; and by which rules that is taken. */
	@ParameterizedTest
	@CsvSource({ "a@ours.test, true, b@other.test, true, true, true",
			"a@ours.test, false, b@other.test, false, false, true", "a@OURS.test, true, b@other.test, true, true, true",
			"a@else.test, true, b@other.test, false, true, false",
			"a@else.test, false, b@other.test, false, false, false", "'', true, b@other.test, true, true, true",
			"'', false, b@other.test, false, false, false", "a@ours.test, true, b@ours.test, true, true, true",
			"a@ours.test, false, b@ours.test, false, false, true", "a@else.test, false, b@ours.test, true, true, true",
			"'', false, b@ours.test, true, true, true" })
	void whoMaySendWhereIsDecidedByLoginAndSender(String sender, boolean authenticated, String recipient,
			boolean byDefault, boolean openRelay, boolean unauthenticated) {
		Map<RelayRules, Boolean> expected = Map.of(RelayRules.DEFAULTS, byDefault, OPEN, openRelay, UNAUTHENTICATED,
				unauthenticated);
		expected.forEach((rules, taken) -> {
			Decision decision = decide(rules, sender, authenticated, recipient);
			assertThat(decision.kind()).as("%s", rules).isEqualTo(taken ? Decision.Kind.ACCEPT : Decision.Kind.REJECT);
			if (!taken) {
				assertThat(decision.reply().toString()).startsWith("550 5.7.1 ");
			}
		});
	}

}
