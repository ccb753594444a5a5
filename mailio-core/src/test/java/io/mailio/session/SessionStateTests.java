/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionStateTests {

	private final SessionState session = new SessionState("id",
			new ServerInfo("mx.example.com", Set.of("example.com"), "default"),
			new ConnectionInfo(new InetSocketAddress(25), new InetSocketAddress(40000)),
			new ClientInfo(InetAddress.getLoopbackAddress(), "[127.0.0.1]", ""));

	private static Transaction transaction() {
		return new Transaction(new Envelope(ReversePath.NULL, Parameters.NONE, List.of()));
	}

	private static Recipient recipient(String address) {
		return new Recipient(Mailbox.of(address), Parameters.NONE);
	}

	@Test
	void aRejectionMayBeTheFirstThingThatHappens() {
		this.session.rejected("connect", 554);
		assertThat(this.session.rejected()).isEqualTo(Map.of("connect", 554));
		assertThat(this.session.accepted()).isEmpty();
	}

	@Test
	void aCommandIsEitherAcceptedOrRejected() {
		this.session.accepted("mail", 250);
		this.session.rejected("mail", 503);
		assertThat(this.session.accepted()).isEmpty();
		this.session.accepted("mail", 250);
		assertThat(this.session.rejected()).isEmpty();
		assertThat(this.session.accepted()).isEqualTo(Map.of("mail", 250));
	}

	@Test
	void theStagesFollowTheCommands() {
		assertThat(this.session.stage()).isEqualTo(Stage.CONNECTED);
		this.session.reset();
		assertThat(this.session.stage()).isEqualTo(Stage.CONNECTED);
		this.session.identified("client", true);
		assertThat(this.session.stage()).isEqualTo(Stage.IDENTIFIED);
		this.session.begin(transaction());
		assertThat(this.session.stage()).isEqualTo(Stage.SENDER);
		this.session.recipients(transaction().with(recipient("a@example.com")));
		assertThat(this.session.stage()).isEqualTo(Stage.RECIPIENTS);
		this.session.completed(true);
		assertThat(this.session.stage()).isEqualTo(Stage.IDENTIFIED);
		assertThat(this.session.transactions()).isOne();
		assertThat(this.session.transactionId()).isEqualTo("id.0");
		this.session.closing(Ending.QUIT);
		this.session.reset();
		assertThat(this.session.stage()).isEqualTo(Stage.CLOSING);
	}

	@Test
	void introducingOneselfAgainEndsTheTransactionAndNotTheLogin() {
		this.session.identified("one", true);
		this.session.authenticated("john", null);
		this.session.begin(transaction());
		this.session.set("mail", "handler", "value");
		this.session.set("ehlo", "handler", "value");
		this.session.accepted("ehlo", 250);
		this.session.accepted("mail", 250);
		this.session.identified("two", false);
		assertThat(this.session.transaction()).isNull();
		assertThat(this.session.transactions()).isZero();
		assertThat(this.session.username()).isEqualTo("john");
		assertThat(this.session.client().helo()).isEqualTo("two");
		assertThat(this.session.extended()).isFalse();
		assertThat(this.session.accepted()).isEqualTo(Map.of("ehlo", 250));
		assertThat(this.session.values()).isEqualTo(Map.of("ehlo", Map.of("handler", "value")));
	}

	@Test
	void nothingThatWasSaidInClearTextCountsUnderTls() {
		this.session.set("connect", "dnsbl", "listed");
		this.session.accepted("connect", 220);
		this.session.identified("one", true);
		this.session.accepted("ehlo", 250);
		this.session.authenticated("john", null);
		this.session.accepted("auth", 235);
		this.session.rejected("noop", 550);
		this.session.set("auth", "ldap", "admin");
		this.session.accepted("starttls", 220);
		this.session.secured(new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256"));
		assertThat(this.session.stage()).isEqualTo(Stage.CONNECTED);
		assertThat(this.session.username()).isNull();
		assertThat(this.session.client().helo()).isEmpty();
		assertThat(this.session.accepted()).isEqualTo(Map.of("connect", 220, "starttls", 220));
		assertThat(this.session.rejected()).isEmpty();
		assertThat(this.session.values()).isEqualTo(Map.of("connect", Map.of("dnsbl", "listed")));
	}

	@Test
	void whatItShowsDoesNotChangeLater() {
		this.session.accepted("ehlo", 250);
		this.session.set("ehlo", "handler", "value");
		Map<String, Integer> accepted = this.session.accepted();
		Map<String, Map<String, Object>> values = this.session.values();
		this.session.accepted("noop", 250);
		this.session.set("ehlo", "handler", "another");
		assertThat(accepted).isEqualTo(Map.of("ehlo", 250));
		assertThat(values).isEqualTo(Map.of("ehlo", Map.of("handler", "value")));
	}

	@Test
	void aTransactionKeepsARecipientOnceAndItself() {
		Transaction none = transaction();
		Transaction one = none.with(recipient("a@example.com"));
		assertThat(one.with(recipient("a@EXAMPLE.com"))).isSameAs(one);
		assertThat(one.with(recipient("A@example.com")).envelope().to()).hasSize(2);
		assertThat(none.envelope().recipients()).isEmpty();
	}

	@Test
	void noTwoTransactionsShareAName() {
		this.session.identified("client", true);
		Transaction transaction = new Transaction(Envelope.of(ReversePath.NULL));
		this.session.begin(transaction);
		assertThat(this.session.transactionId()).isEqualTo("id.0");
		this.session.reset();
		this.session.begin(transaction);
		assertThat(this.session.transactionId()).isEqualTo("id.1");
		assertThat(this.session.transactions()).isZero();
	}

}
