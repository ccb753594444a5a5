/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.mailio.TestKeys;
import io.mailio.codec.BareNewline;
import io.mailio.session.Limits;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Input made to hurt: nothing makes one message into two, and nothing hangs. */
class HostileInputTests {

	private static final List<String> ALMOST_THE_END = List.of("\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r",
			"\r.\r\n", "\n.\r", "\r\r\n.\n", "\r\n\0.\r\n", "\r\n.\r\r\n", "\r\n.\0\r\n", "\r\n. \r\n", "\n\r\n.\n\r\n",
			"\r\n.\r\0\n");

	private static final String SECOND = "MAIL FROM:<evil@client.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nevil";

	@ParameterizedTest
	@EnumSource
	void nothingMakesOneMessageIntoTwoWhereverItIsCut(BareNewline bareNewline) {
		for (String almost : ALMOST_THE_END) {
			byte[] octets = ("one" + almost + SECOND + "\r\n.\r\nNOOP\r\n").getBytes(StandardCharsets.ISO_8859_1);
			for (int cut = 0; cut <= octets.length; cut++) {
				List<String> senders = new ArrayList<>();
				try (VirtualConnection client = VirtualConnection.setup()
					.bareNewline(bareNewline)
					.inline("queue", (req, res) -> {
						senders.add(req.from().toString());
						return res.accept();
					})
					.connect()) {
					client.data().said();
					client.send(octets, 0, cut).send(octets, cut, octets.length).work();
					List<Integer> codes = client.codes();
					assertThat(codes).as("%s cut at %d", escape(almost), cut).hasSize(2).endsWith(250);
					assertThat(codes.get(0)).isIn(250, 550);
					assertThat(senders).doesNotContain("evil@client.example").hasSize((codes.get(0) == 250) ? 1 : 0);
				}
			}
		}
	}

	private static String escape(String text) {
		return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
	}

	/** The rest of the line would be looked for under TLS. */
	@Test
	void aLineThatIsLeftUnfinishedBeforeTlsIsClearTextBehindStartTls() {
		try (VirtualConnection client = VirtualConnection.setup()
			.tls(TlsMode.STARTTLS, TestKeys.FIRST.server())
			.reactive("starttls", (req, res) -> res.receive().onErrorReturn("").map((line) -> res.accept()))
			.connect()) {
			client.send("STARTTLS\r\n" + "x".repeat(12_288));
			assertThat(client.codes()).containsExactly(220, 220);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
	}

	@Test
	void aLineThatNeverEndsIsCutOff() {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			byte[] block = new byte[64 * 1024];
			int blocks = 0;
			while (client.isOpen() && blocks < 1024) {
				client.send(block, 0, block.length);
				blocks++;
			}
			assertThat(client.codes()).containsExactly(220, 500);
			assertThat(blocks).isLessThan(20);
		}
	}

	@Test
	void anOverLongLineIsOneErrorAndTheNextCommandCounts() {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send("NOOP " + "a".repeat(2040)).send("aaa\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(220, 500, 250);
			client.send("NOOP " + "a".repeat(2041) + "\r\n");
			assertThat(client.codes()).containsExactly(250);
			client.send("NOOP " + "a".repeat(2042) + "\r\n");
			assertThat(client.codes()).containsExactly(500);
		}
	}

	@Test
	void linesAndHeadersOfContentHaveLimits() {
		Limits limits = Limits.builder().textLine(1000).headerSize(2000).build();
		try (VirtualConnection client = VirtualConnection.setup()
			.limits(limits)
			.inline("queue", (req, res) -> res.accept())
			.connect()) {
			client.data().said();
			assertThat(client.send("\r\n" + "a".repeat(998) + "\r\n.\r\n").codes()).containsExactly(250);
			client.data().said();
			assertThat(client.send("\r\n" + "a".repeat(999) + "\r\n.\r\n").said()).startsWith("500 5.6.0 ");
			client.data().said();
			assertThat(client.send(("X: " + "a".repeat(95) + "\r\n").repeat(20) + "\r\nbody\r\n.\r\n").said())
				.startsWith("552 5.3.4 ");
			client.data().said();
			assertThat(client.send(("X: " + "a".repeat(95) + "\r\n").repeat(19) + "\r\n" + "body\r\n".repeat(1000))
				.send(".\r\nNOOP\r\n")
				.codes()).containsExactly(250, 250);
		}
	}

	@Test
	void tenThousandRecipientsAreAnsweredAndTheFirstOnesServed() {
		List<Integer> recipients = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().inline("queue", (req, res) -> {
			recipients.add(req.session().envelope().recipients().size());
			return res.accept();
		}).connect()) {
			client.send("EHLO c\r\nMAIL FROM:<a@client.example>\r\n");
			for (int i = 0; i < 10_000; i++) {
				client.send("RCPT TO:<b" + i + "@example.com>\r\n");
			}
			client.send("DATA\r\nx\r\n.\r\n");
			List<Integer> codes = client.codes();
			assertThat(codes.subList(0, 103)).containsOnly(220, 250);
			assertThat(codes.subList(103, 10_003)).containsOnly(452);
			assertThat(codes.subList(10_003, codes.size())).containsExactly(354, 250);
			assertThat(recipients).containsExactly(100);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "FOO\r\n", "\r\n", "EHLO\0\r\n", "RCPT TO:<x>\r\n", "x\n\r\n", "DATA\r\n" })
	void aFloodOfErrorsIsCutOff(String error) {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send(error.repeat(100_000));
			List<Integer> codes = client.codes();
			assertThat(codes.get(0)).isEqualTo(220);
			assertThat(codes).hasSizeLessThanOrEqualTo(52).endsWith(421);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
	}

	@Test
	void aNameInTheDnsCannotChangeTheTraceHeader() {
		String name = "evil.example)\r\nX-Injected: yes\r\n\r\n(";
		List<String> seen = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.reverseLookup((address) -> CompletableFuture.completedFuture(Optional.of(name)))
			.inline("queue", (req, res) -> {
				seen.add(req.message().headers().first("Received").orElseThrow());
				seen.add(req.message().headers().first("X-Injected").orElse("none"));
				seen.add(req.message().headers().first("Subject").orElse("none"));
				return res.accept();
			})
			.connect()) {
			client.data().send("Subject: x\r\n\r\n.\r\n");
			assertThat(client.codes()).endsWith(250);
			assertThat(seen.get(0)).contains("(evil.example\\)??X-Injected:?yes????\\( [127.0.0.1])");
			assertThat(seen.subList(1, 3)).containsExactly("none", "x");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Type: multipart/mixed; boundary=b%1$d\r\n\r\n--b%1$d\r\n",
			"Content-Type: message/rfc822\r\n\r\n" })
	void aMimeBombIsAFailureOfWhoeverOpensItAndTheSessionGoesOn(String layer) {
		String bomb = IntStream.range(0, 2000).mapToObj(layer::formatted).collect(Collectors.joining());
		try (VirtualConnection client = VirtualConnection.setup().inline("queue", (req, res) -> {
			req.message().mime();
			return res.accept();
		}).connect()) {
			client.data().send(bomb + "\r\n.\r\n");
			assertThat(client.codes()).endsWith(451);
			client.send("MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n");
			assertThat(client.codes()).endsWith(250);
		}
	}

	@Test
	void octetsBeyondQuitAreNobodysBusiness() {
		try (VirtualConnection client = VirtualConnection.setup().connect()) {
			client.send("QUIT\r\nEHLO c\r\nMAIL FROM:<>\r\n").send("NOOP\r\n");
			assertThat(client.codes()).containsExactly(220, 221);
		}
	}

	@Test
	void quitBehindContentWaitsForItsReply() {
		try (VirtualConnection client = VirtualConnection.setup()
			.blocking("queue", (req, res) -> res.accept())
			.connect()) {
			client.data().said();
			client.send("x\r\n.\r\nQUIT\r\n");
			assertThat(client.codes()).isEmpty();
			assertThat(client.work().codes()).containsExactly(250, 221);
		}
	}

	@Test
	void noiseIsAnsweredLineByLineUntilItIsTooMuch() {
		long seed = System.nanoTime();
		System.out.println("HostileInputTests seed " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < 200; round++) {
			try (VirtualConnection client = VirtualConnection.setup().connect()) {
				byte[] noise = new byte[random.nextInt(20_000)];
				random.nextBytes(noise);
				for (int i = 0; i + 1 < noise.length; i += 1 + random.nextInt(50)) {
					noise[i] = '\r';
					noise[i + 1] = '\n';
				}
				client.send(noise, 0, noise.length);
				List<Integer> codes = client.codes();
				assertThat(codes.get(0)).isEqualTo(220);
				assertThat(codes.subList(1, codes.size())).as("seed %d", seed).allMatch((code) -> code >= 400);
				if (client.isOpen()) {
					client.send("\r\n\r\nQUIT\r\n");
				}
				assertThat(client.isOpen()).as("seed %d", seed).isFalse();
			}
		}
	}

}
