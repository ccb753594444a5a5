/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 2920: as many replies as commands, in their order, however the octets arrive. */
class PipeliningTests {

	private static final String DIALOGUE = """
			EHLO client.example
			NOOP
			MAIL FROM:<a@client.example> SIZE=100
			RCPT TO:<b@example.com>
			RCPT TO:<>
			FOO
			RCPT TO:<c@example.com>
			DATA
			Subject: x

			..dots
			.
			MAIL FROM:<>
			MAIL FROM:<>
			RCPT TO:<b@example.com>
			RSET
			VRFY x
			HELP
			MAIL FROM:<>
			RCPT TO:<b@example.com>
			DATA
			.
			QUIT
			NOOP
			""".replace("\n", "\r\n");

	private static final List<Integer> CODES = List.of(220, 250, 250, 250, 250, 501, 500, 250, 354, 250, 250, 503, 250,
			250, 252, 214, 250, 250, 354, 250, 221);

	private static VirtualConnection.Setup inline() {
		return VirtualConnection.setup().inline("queue", (req, res) -> res.accept());
	}

	/** Every second command leaves the loop, in one way or the other. */
	private static VirtualConnection.Setup mixed() {
		return VirtualConnection.setup()
			.blocking("mail", (req, res) -> res.accept())
			.reactive("rcpt", (req, res) -> Mono.fromSupplier(res::accept))
			.inline("data", (req, res) -> res.accept())
			.blocking("noop", (req, res) -> res.accept())
			.blocking("queue", (req, res) -> res.accept());
	}

	@Test
	void allInOneRead() {
		try (VirtualConnection client = inline().connect()) {
			assertThat(client.send(DIALOGUE).codes()).isEqualTo(CODES);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void allInOneReadWithHandlersThatLeaveTheLoop() {
		try (VirtualConnection client = mixed().connect()) {
			assertThat(client.send(DIALOGUE).work().codes()).isEqualTo(CODES);
		}
	}

	@Test
	void cutAnywhereInTwo() {
		byte[] octets = DIALOGUE.getBytes(StandardCharsets.ISO_8859_1);
		for (int cut = 0; cut <= octets.length; cut++) {
			try (VirtualConnection client = mixed().connect()) {
				client.send(octets, 0, cut).work().send(octets, cut, octets.length).work();
				assertThat(client.codes()).as("cut at %d", cut).isEqualTo(CODES);
			}
		}
	}

	@Test
	void cutInPiecesWhileHandlersAreSometimesSlow() {
		long seed = System.nanoTime();
		System.out.println("PipeliningTests seed " + seed);
		Random random = new Random(seed);
		byte[] octets = DIALOGUE.getBytes(StandardCharsets.ISO_8859_1);
		for (int round = 0; round < 300; round++) {
			try (VirtualConnection client = mixed().connect()) {
				for (int from = 0; from < octets.length;) {
					int to = Math.min(octets.length, from + 1 + random.nextInt(40));
					client.send(octets, from, to);
					from = to;
					if (random.nextBoolean()) {
						client.work();
					}
				}
				assertThat(client.work().codes()).as("seed %d, round %d", seed, round).isEqualTo(CODES);
			}
		}
	}

	@Test
	void repliesToOneReadGoOutTogether() {
		try (VirtualConnection client = inline().connect()) {
			client.said();
			client.send("EHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
			assertThat(client.writes()).isEqualTo(2);
		}
	}

	@Test
	void enhancedStatusCodesStandWhereRfc2034AsksForThem() {
		try (VirtualConnection client = mixed().connect()) {
			String said = client.send(DIALOGUE).work().said();
			for (String line : said.split("\r\n")) {
				char type = line.charAt(0);
				boolean greeting = line.startsWith("220") || line
					.matches("250[ -](mx\\.example|PIPEL|SIZE|8BIT|CHUNK|BINARY|ENHA|SMTPUTF8|DSN|LIMITS).*");
				if (greeting || type == '3') {
					assertThat(line).doesNotMatch("\\d{3}[ -]\\d\\.\\d+\\.\\d+ .*");
				}
				else {
					assertThat(line).matches("\\d{3}[ -]" + type + "\\.\\d+\\.\\d+ .+");
				}
			}
		}
	}

	@Test
	void aClientThatDoesNotReadIsNotReadAndFindsEveryReplyLater() {
		String commands = "HELP\r\nNOOP\r\nVRFY x\r\nEHLO c\r\n".repeat(500);
		try (VirtualConnection client = inline().connect()) {
			client.said();
			client.stopReading();
			int rounds = 0;
			while (client.isReading() && rounds < 100) {
				client.send(commands);
				rounds++;
			}
			assertThat(rounds).isLessThan(10);
			assertThat(client.unreadReplies()).isLessThan(128 * 1024);
			List<Integer> codes = client.readAgain().codes();
			assertThat(codes).hasSize(rounds * 2000);
			for (int i = 0; i < codes.size(); i++) {
				assertThat(codes.get(i)).isEqualTo(List.of(214, 250, 252, 250).get(i % 4));
			}
			assertThat(client.isReading()).isTrue();
		}
	}

	@Test
	void aClientThatReadsNowAndThenGetsEveryReplyToo() {
		try (VirtualConnection client = mixed().connect()) {
			client.said();
			List<Integer> codes = new ArrayList<>();
			for (int round = 0; round < 20; round++) {
				client.stopReading().send("NOOP\r\nHELP\r\nVRFY x\r\n".repeat(1000)).work();
				client.readAgain().work();
				codes.addAll(client.codes());
			}
			assertThat(codes).hasSize(60_000);
			for (int i = 0; i < codes.size(); i++) {
				assertThat(codes.get(i)).isEqualTo(List.of(250, 214, 252).get(i % 3));
			}
		}
	}

}
