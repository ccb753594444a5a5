/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.mailio.codec.BareNewline;
import io.mailio.session.Limits;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random octets, and proper dialogues made improper. Whatever comes: each reply is well
 * formed, each command has one unless the server has closed, what was acknowledged is
 * kept once and nothing else is, and the session ends. The seed is printed;
 * {@code -Dmailio.fuzz.seed} sets it and {@code -Dmailio.fuzz.cases} says how many.
 */
class FuzzTests {

	private static final int CASES = Integer.getInteger("mailio.fuzz.cases", 4000);

	private static final long SEED = Long.getLong("mailio.fuzz.seed", System.nanoTime());

	private static final String REPLIES = "(?:(\\d{3})-[\\t -~]*\\r\\n(?:\\1-[\\t -~]*\\r\\n)*\\1 [\\t -~]*\\r\\n|\\d{3} [\\t -~]*\\r\\n)*";

	private static final List<String> COMMANDS = List.of("EHLO client.example\r\n", "HELO client\r\n",
			"EHLO [192.0.2.1]\r\n", "MAIL FROM:<a@client.example>\r\n",
			"MAIL FROM:<\"a b\"@client.example> SIZE=100 BODY=8BITMIME\r\n", "MAIL FROM:<>\r\n",
			"RCPT TO:<b@example.com>\r\n", "RCPT TO:<@relay.example:c%d@example.com>\r\n",
			"RCPT TO:<b@elsewhere.example>\r\n", "RCPT TO:<Postmaster>\r\n", "DATA\r\n", "RSET\r\n", "NOOP x\r\n",
			"HELP\r\n", "VRFY b\r\n", "STARTTLS\r\n", "AUTH PLAIN AGEAYg==\r\n", "AUTH LOGIN\r\nYQ==\r\nYg==\r\n",
			"AUTH PLAIN\r\n*\r\n", "QUIT\r\n", "XUNKNOWN \r\n", ".\r\n");

	private static final List<String> INSERTIONS = List.of("\r", "\n", "\r\n", "\r\r\n", "\n\r", "\0", "\t", " ", ".",
			"\r\n.\r\n", "\n.\n", "\r\n.", "<", ">", ":", "@", "\"", "\\", "%", "\u007f", "\u009b", "\u00ff",
			"\u00c3\u00a9", "\u00e2\u0080\u00a8", "\u001b[2J", "=", "\u0016\u0003", "GET / ", "x".repeat(2100));

	private long seed;

	private Random random = new Random();

	@BeforeAll
	static void tell() {
		System.out.println("FuzzTests seed " + SEED + ", " + CASES + " cases");
	}

	@Test
	void randomOctets() {
		for (int i = 0; i < (CASES + 3) / 4; i++) {
			begin(i);
			byte[] octets = new byte[1 + this.random.nextInt(3000)];
			this.random.nextBytes(octets);
			for (int at = this.random.nextInt(60); at + 1 < octets.length; at += 2 + this.random.nextInt(120)) {
				octets[at] = '\r';
				octets[at + 1] = '\n';
			}
			play(new String(octets, StandardCharsets.ISO_8859_1));
		}
	}

	@Test
	void properDialogues() {
		for (int i = 0; i < (CASES + 3) / 4; i++) {
			begin(i);
			play(String.join("", dialogue()));
		}
	}

	@Test
	void improperDialogues() {
		for (int i = 0; i < CASES; i++) {
			begin(i);
			List<String> units = new ArrayList<>(dialogue());
			for (int change = this.random.nextInt(4); change >= 0; change--) {
				changeUnits(units);
			}
			StringBuilder stream = new StringBuilder(String.join("", units));
			for (int change = this.random.nextInt(4); change > 0; change--) {
				changeOctets(stream);
			}
			play(stream.toString());
		}
	}

	/** A case can be repeated by itself: its seed, and one case. */
	private void begin(int number) {
		this.seed = SEED + number;
		this.random = new Random(this.seed);
	}

	private List<String> dialogue() {
		List<String> units = new ArrayList<>(List.of("EHLO client.example\r\n"));
		for (int messages = this.random.nextInt(3); messages >= 0; messages--) {
			if (this.random.nextInt(4) == 0) {
				units.add(one(COMMANDS));
			}
			units.addAll(List.of("MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@example.com>\r\n"));
			if (this.random.nextBoolean()) {
				units.add("RCPT TO:<c@example.com>\r\n");
			}
			units.addAll(List.of("DATA\r\n", "Subject: " + this.random.nextInt() + "\r\n", "\r\n", "..text\r\n",
					"x".repeat(this.random.nextInt(300)) + "\r\n", ".\r\n"));
		}
		return units;
	}

	/** Drops, doubles, swaps, splices and adds whole lines. */
	private void changeUnits(List<String> units) {
		int at = this.random.nextInt(units.size());
		int other = this.random.nextInt(units.size());
		switch (this.random.nextInt(6)) {
			case 0 -> units.set(at, "");
			case 1 -> units.add(at, units.get(other));
			case 2 -> java.util.Collections.swap(units, at, other);
			case 3 -> units.addAll(at, dialogue());
			case 4 -> units.set(at, switchCase(units.get(at)));
			default -> units.add(at, one(COMMANDS));
		}
	}

	/** Cuts, inserts and replaces octets anywhere. */
	private void changeOctets(StringBuilder stream) {
		int at = this.random.nextInt(stream.length() + 1);
		switch (this.random.nextInt(4)) {
			case 0 -> stream.delete(at, Math.min(stream.length(), at + this.random.nextInt(20)));
			case 1 -> stream.insert(at, one(INSERTIONS));
			case 2 -> stream.insert(at, (char) this.random.nextInt(256));
			default -> stream.replace(at, Math.min(stream.length(), at + 1), one(INSERTIONS));
		}
	}

	private static String switchCase(String text) {
		StringBuilder switched = new StringBuilder();
		text.chars().forEach((c) -> switched.append((char) (((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ? c ^ 0x20 : c)));
		return switched.toString();
	}

	private <T> T one(List<T> all) {
		return all.get(this.random.nextInt(all.size()));
	}

	private void play(String stream) {
		BareNewline bareNewline = one(Arrays.asList(BareNewline.values()));
		List<String> kept = new ArrayList<>();
		boolean slow = this.random.nextInt(4) == 0;
		VirtualConnection.Setup setup = VirtualConnection.setup()
			.bareNewline(bareNewline)
			.limits(Limits.builder()
				.errors(1 + this.random.nextInt(50))
				.messageSize(1 + this.random.nextInt(4000))
				.authFailureDelay(Duration.ZERO)
				.build())
			.inline("auth", (req, res) -> res.accept())
			.inline("queue", (req, res) -> {
				String content = content(req.message().openStream());
				if (this.random.nextInt(5) == 0) {
					return res.reject(554, "No");
				}
				kept.add(content);
				return res.accept();
			});
		if (slow) {
			setup.blocking("rcpt", (req, res) -> res.accept()).blocking("mail", (req, res) -> res.accept());
		}
		// Whatever is open is closed by this, and whatever is left is told to quit.
		String all = stream + "\r\n.\r\n\r\nQUIT\r\n";
		try (VirtualConnection client = setup.connect()) {
			send(client, all);
			client.work();
			String said = client.said();
			assertThat(said).as(() -> name(stream)).matches(REPLIES);
			check(bareNewline, all, VirtualConnection.codes(said), kept);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).as(() -> name(stream)).isFalse();
			assertThat(client.sessions().limits().total()).as(() -> name(stream)).isZero();
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError(name(stream), ex);
		}
	}

	private void send(VirtualConnection client, String all) {
		for (int from = 0; from < all.length();) {
			int most = (this.random.nextInt(3) == 0) ? 16 : all.length();
			int to = Math.min(all.length(), from + 1 + this.random.nextInt(most));
			client.send(all.substring(from, to));
			if (this.random.nextBoolean()) {
				client.work();
			}
			from = to;
		}
	}

	private static void check(BareNewline bareNewline, String all, List<Integer> codes, List<String> kept) {
		assertThat(codes.get(0)).isEqualTo(220);
		int last = codes.get(codes.size() - 1);
		SmtpOracle oracle = SmtpOracle.read(bareNewline, all, codes.subList(1, codes.size()));
		assertThat(oracle.replies()).as("replies to something").isEqualTo(codes.size() - 1);
		assertThat(oracle.isAnswered() || all.contains("\u0016\u0003")).as("everything is answered").isTrue();
		assertThat(last == 221 || last == 421 || all.contains("\u0016\u0003")).as("a last reply").isTrue();
		assertThat(kept).isEqualTo(oracle.kept());
	}

	private static String content(InputStream in) throws IOException {
		try (in) {
			String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
			return text.substring(text.indexOf("+0000\r\n") + 7);
		}
	}

	private String name(String stream) {
		return "seed " + this.seed + ": " + stream.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
	}

}
