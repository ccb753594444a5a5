/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.mailio.codec.BareNewline;
import io.mailio.session.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
