/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** LMTP (RFC 2033): who is answered, how often, and when the connection closes. */
class LmtpTests {

	private static final String TO_THREE = "LHLO c\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<gone@example.com>\r\n"
			+ "RCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\n";

	private static final String DATA = "DATA\r\na: b\r\n\r\nc\r\n.\r\n";

	private static final String BDAT = "BDAT 9 LAST\r\na: b\r\n\r\nc";

	private static VirtualConnection.Setup setup() {
		return VirtualConnection.setup().protocol(Protocol.LMTP);
	}

	private static VirtualConnection.Setup refusing(int code) {
		return setup().inline("queue", (req, res) -> {
			req.session()
				.envelope()
				.to()
				.stream()
				.filter((one) -> one.localPart().equals("gone"))
				.forEach((one) -> res.rejectRecipient(one, code, "Gone"));
			return res.accept();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { DATA, BDAT })
	void allAreAnsweredBeforeA421ClosesTheConnection(String message) {
		try (VirtualConnection client = refusing(421).connect()) {
			client.send(TO_THREE).said();
			client.send(message + "NOOP\r\n");
			assertThat(client.codes()).endsWith(421, 250, 250);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { DATA, BDAT })
	void allAreAnsweredWhenAHandlerEndsTheConnection(String message) {
		try (VirtualConnection client = setup().inline("queue", (req, res) -> res.end(554, "Enough")).connect()) {
			client.send(TO_THREE).said();
			client.send(message + "NOOP\r\n");
			assertThat(client.codes()).endsWith(554, 554, 554);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
	}

	@Test
	void aServerThatStopsAnswersAllBefore() {
		try (VirtualConnection client = setup().blocking("queue", (req, res) -> res.accept()).connect()) {
			client.send(TO_THREE + DATA).said();
			client.sessions().drain();
			assertThat(client.work().codes()).containsExactly(250, 250, 250, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aMessageIsOneErrorHoweverManyRecipientsItHas() {
		Limits limits = Limits.builder().errors(2).build();
		try (VirtualConnection client = setup().limits(limits)
			.inline("queue", (req, res) -> res.reject(452, "Full"))
			.connect()) {
			client.send(TO_THREE + DATA + "NOOP\r\n");
			assertThat(client.codes()).endsWith(452, 452, 452, 250);
			client.send("XUNKNOWN\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(500, 421);
		}
	}

	@Test
	void chunksBehindARefusedOneAreRefusedAndTheLastForEach() {
		try (VirtualConnection client = setup().inline("data", (req, res) -> res.reject(556, "No")).connect()) {
			client.send(TO_THREE).said();
			client.send("BDAT 3\r\nabcBDAT 3\r\ndef" + BDAT + "MAIL FROM:<>\r\n");
			assertThat(client.codes()).containsExactly(556, 556, 556, 556, 556, 250);
		}
	}

	@Test
	void handlersOfEhloMakeNoCommandOfIt() {
		try (VirtualConnection client = setup().inline("ehlo", (req, res) -> res.accept())
			.inline("helo", (req, res) -> res.accept())
			.connect()) {
			client.send("EHLO c\r\nHELO c\r\nehlo c\r\nLHLO c\r\n");
			assertThat(client.codes()).containsExactly(220, 500, 500, 500, 250);
		}
		try (VirtualConnection client = VirtualConnection.setup()
			.inline("lhlo", (req, res) -> res.accept())
			.connect()) {
			assertThat(client.send("LHLO c\r\n").codes()).containsExactly(220, 500);
		}
	}

	@Test
	void theEndIsToldHoweverManyRecipientsWereRefused() {
		List<String> told = new ArrayList<>();
		VirtualConnection client = setup().limits(Limits.builder().maxRecipients(500).build())
			.inline("queue", (req, res) -> {
				req.session()
					.envelope()
					.to()
					.stream()
					.skip(1)
					.forEach((one) -> res.rejectRecipient(one, 550, "Not " + one.localPart()));
				return res.accept();
			})
			.listener(new SessionListener() {
				@Override
				public void messageReceived(SmtpSession session, Envelope envelope, long size) {
					told.add("received " + envelope.to());
				}

				@Override
				public void messageRejected(SmtpSession session, Envelope envelope, Reply reply) {
					told.add("rejected " + envelope.to());
				}

				@Override
				public void ended(SmtpSession session, Duration duration) {
					told.add("ended");
				}
			})
			.connect();
		client.work().send(TO_THREE);
		for (int i = 0; i < 200; i++) {
			client.send("RCPT TO:<r" + i + "@example.com>\r\n");
		}
		client.send(DATA).close();
		client.work();
		assertThat(told).startsWith("received [gone@example.com]", "rejected [b@example.com]").endsWith("ended");
	}

}
