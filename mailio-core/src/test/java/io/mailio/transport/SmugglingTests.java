/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.mailio.codec.BareNewline;
import io.mailio.session.Protocol;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every combination of CR, LF, NUL and dots between two messages: whether it is one
 * message or two follows from CRLF dot CRLF alone, however the octets arrive.
 */
class SmugglingTests {

	private static final String ENVELOPE = "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n";

	private static final String SECOND = "MAIL FROM:<evil@client.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nevil\r\n.\r\n";

	private static final String ALPHABET = "\r\n\0.";

	/** All strings of the alphabet up to a length. */
	private static List<String> combinations(int length) {
		List<String> all = new ArrayList<>(List.of(""));
		int from = 0;
		for (int i = 0; i < length; i++) {
			int to = all.size();
			for (String shorter : all.subList(from, to).toArray(String[]::new)) {
				ALPHABET.chars().forEach((c) -> all.add(shorter + (char) c));
			}
			from = to;
		}
		return all;
	}

	@ParameterizedTest
	@EnumSource
	void eachCombinationInOneRead(BareNewline bareNewline) {
		for (String trick : combinations(6)) {
			Attempt attempt = new Attempt(bareNewline, trick);
			attempt.play((client, octets) -> client.send(octets));
		}
	}

	@ParameterizedTest
	@EnumSource
	void eachCombinationCutAnywhere(BareNewline bareNewline) {
		for (String trick : combinations(4)) {
			Attempt attempt = new Attempt(bareNewline, trick);
			int from = attempt.octets.indexOf("one");
			for (int cut = from; cut < from + 3 + trick.length() + 2; cut++) {
				int at = cut;
				attempt.play((client, octets) -> client.send(octets.substring(0, at)).send(octets.substring(at)));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void eachCombinationOctetByOctetWithPauses(BareNewline bareNewline) {
		for (String trick : combinations(3)) {
			Attempt attempt = new Attempt(bareNewline, trick);
			attempt.play((client, octets) -> octets.chars()
				.forEach((c) -> client.send(String.valueOf((char) c)).pass(Duration.ofMillis(100))));
		}
	}

	private interface Pace {

		void send(VirtualConnection client, String octets);

	}

	private static final class Attempt {

		private final BareNewline bareNewline;

		private final String trick;

		private final String octets;

		private final List<String> kept = new ArrayList<>();

		private final List<String> senders = new ArrayList<>();

		Attempt(BareNewline bareNewline, String trick) {
			this.bareNewline = bareNewline;
			this.trick = trick;
			this.octets = "EHLO c\r\n" + ENVELOPE + "one" + trick + SECOND + "QUIT\r\n";
		}

		void play(Pace pace) {
			this.kept.clear();
			this.senders.clear();
			try (VirtualConnection client = VirtualConnection.setup()
				.bareNewline(this.bareNewline)
				.inline("queue", (req, res) -> {
					this.senders.add(req.from().toString());
					this.kept.add(VirtualConnection.content(req));
					return res.accept();
				})
				.connect()) {
				pace.send(client, this.octets);
				check(client.codes());
			}
		}

		private void check(List<Integer> codes) {
			SmtpOracle oracle = SmtpOracle.read(this.bareNewline, Protocol.SMTP, this.octets,
					codes.subList(1, codes.size()));
			boolean ends = ("one" + this.trick).contains("\r\n.\r\n");
			assertThat(this.kept).as(this::name).isEqualTo(oracle.kept());
			assertThat(oracle.contents()).as(this::name)
				.allMatch((content) -> content.reply() == (content.allowed() ? 250 : 550));
			assertThat(oracle.replies()).as(this::name).isEqualTo(codes.size() - 1);
			assertThat(oracle.isAnswered()).as(this::name).isTrue();
			if (!ends) {
				assertThat(oracle.contents()).as(this::name).hasSize(1);
				assertThat(this.senders).as(this::name).doesNotContain("evil@client.example");
			}
		}

		private String name() {
			return this.bareNewline + " "
					+ this.trick.replace("\r", "CR ").replace("\n", "LF ").replace("\0", "NUL ").replace(".", "dot ");
		}

	}

}
