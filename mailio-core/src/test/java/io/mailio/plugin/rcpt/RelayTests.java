/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.Set;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentMatchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class RelayTests {

	private static Decision decide(String recipient) {
		SmtpRequest request = mock(SmtpRequest.class);
		SmtpResponse response = mock(SmtpResponse.class);
		SmtpSession session = mock(SmtpSession.class);
		given(request.session()).willReturn(session);
		given(request.to()).willReturn(Mailbox.of(recipient));
		given(session.server()).willReturn(new ServerInfo("mx.ours.test", Set.of("ours.test"), "default"));
		given(response.accept()).willReturn(Decision.accept());
		given(response.reject(ArgumentMatchers.<Reply>any()))
			.willAnswer((call) -> Decision.reject(call.getArgument(0, Reply.class)));
		return new Relay().handle(request, response);
	}

	@ParameterizedTest
	@ValueSource(strings = { "user@ours.test", "user@OURS.Test", "user%other.test@ours.test",
			"other.test!user@ours.test", "\"user@other.test\"@ours.test" })
	void recipientsOfServedDomainsAreTaken(String recipient) {
		assertThat(decide(recipient).kind()).isEqualTo(Decision.Kind.ACCEPT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "user@other.test", "user@sub.ours.test", "user@ours.test.other.test", "user@xours.test",
			"user%ours.test@other.test", "ours.test!user@other.test", "\"user@ours.test\"@other.test",
			"user@[192.0.2.1]" })
	void allOthersAreRefusedWithoutTheClientsWords(String recipient) {
		Decision decision = decide(recipient);
		assertThat(decision.kind()).isEqualTo(Decision.Kind.REJECT);
		assertThat(decision.reply()).hasToString("550 5.7.1 Relaying denied");
	}

}
