/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;

import io.mailio.codec.BareNewline;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.smtp.Mailbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random octets, and proper dialogues made improper, of SMTP and of LMTP. Whatever comes:
 * each reply is well formed, each command has one unless the server has closed, what was
 * acknowledged is kept once and nothing else is, and the session ends. The seed is
 * printed; {@code -Dmailio.fuzz.seed} sets it and {@code -Dmailio.fuzz.cases} says how
 * many.
 */
class FuzzTests {

	private static final int CASES = Integer.getInteger("mailio.fuzz.cases", 2500);

	private static final long SEED = Long.getLong("mailio.fuzz.seed", System.nanoTime());

	private static final String REPLIES = "(?:(\\d{3})-[\\t -~]*\\r\\n(?:\\1-[\\t -~]*\\r\\n)*\\1 [\\t -~]*\\r\\n|\\d{3} [\\t -~]*\\r\\n)*";

	private static final List<String> COMMANDS = List.of("EHLO client.example\r\n", "HELO client\r\n",
			"EHLO [192.0.2.1]\r\n", "MAIL FROM:<a@client.example>\r\n",
			"MAIL FROM:<\"a b\"@client.example> SIZE=100 BODY=8BITMIME\r\n", "MAIL FROM:<>\r\n",
			"RCPT TO:<b@example.com>\r\n", "RCPT TO:<@relay.example:c%d@example.com>\r\n",
			"RCPT TO:<b@elsewhere.example>\r\n", "RCPT TO:<Postmaster>\r\n", "RCPT TO:<gone@example.com>\r\n",
			"DATA\r\n", "RSET\r\n", "NOOP x\r\n", "HELP\r\n", "VRFY b\r\n", "LHLO client.example\r\n",
			"MAIL FROM:<a@client.example> BODY=BINARYMIME\r\n", "BDAT\r\n", "BDAT 0\r\n", "BDAT 0 LAST\r\n",
			"BDAT 3\r\nabc", "BDAT 12 LAST\r\nNOOP\r\nQUIT\r\n", "BDAT 6 FIRST\r\nNOOP\r\n", "BDAT 999999999\r\n",
			"BDAT 00 last\r\n", "STARTTLS\r\n", "AUTH PLAIN AGEAYg==\r\n", "AUTH LOGIN\r\nYQ==\r\nYg==\r\n",
			"AUTH PLAIN\r\n*\r\n", "QUIT\r\n", "XUNKNOWN \r\n", ".\r\n");

	private static final List<String> INSERTIONS = List.of("\r", "\n", "\r\n", "\r\r\n", "\n\r", "\0", "\t", " ", ".",
			"\r\n.\r\n", "\n.\n", "\r\n.", "<", ">", ":", "@", "\"", "\\", "%", "\u007f", "\u009b", "\u00ff",
			"\u00c3\u00a9", "\u00e2\u0080\u00a8", "\u001b[2J", "=", "\u0016\u0003", "GET / ", "x".repeat(2100));

	private static final List<String> HEADERS = List.of("Subject: ", "Subject: ", "Subject: ", "Subject : ", " x: ",
			"\t", "", "..", "\r\n", "From ", "no field: ");

	private long seed;

	private Random random = new Random();

	private Protocol protocol = Protocol.SMTP;

	private String hello = "";

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
		boolean lmtp = this.random.nextInt(3) == 0;
		this.protocol = lmtp ? Protocol.LMTP : Protocol.SMTP;
		this.hello = lmtp ? "LHLO client.example\r\n" : "EHLO client.example\r\n";
	}

	private List<String> dialogue() {
		List<String> units = new ArrayList<>(List.of(this.hello));
		for (int messages = this.random.nextInt(3); messages >= 0; messages--) {
			if (this.random.nextInt(4) == 0) {
				units.add(one(COMMANDS));
			}
			units.addAll(List.of("MAIL FROM:<a@client.example>\r\n", "RCPT TO:<b@example.com>\r\n"));
			for (int more = this.random.nextInt(3); more > 0; more--) {
				units.add("RCPT TO:<" + one(List.of("b", "c", "gone")) + "@example.com>\r\n");
			}
			if (this.random.nextBoolean()) {
				units.addAll(List.of("DATA\r\n", one(HEADERS) + this.random.nextInt() + "\r\n", "\r\n", "..text\r\n",
						"x".repeat(this.random.nextInt(300)) + "\r\n", ".\r\n"));
			}
			else {
				chunks(units);
			}
		}
		return units;
	}

	/** Most chunks are as long as they say. */
	private void chunks(List<String> units) {
		units.add(chunk(one(HEADERS) + this.random.nextInt() + "\r\n\r\n.\r\n", ""));
		for (int more = this.random.nextInt(3); more > 0; more--) {
			units.add(chunk(one(COMMANDS) + "x".repeat(this.random.nextInt(50)), ""));
		}
		units.add(this.random.nextBoolean() ? "BDAT 0 LAST\r\n" : chunk("..text\r\n", " LAST"));
	}

	private String chunk(String content, String last) {
		int wrong = (this.random.nextInt(16) == 0) ? this.random.nextInt(21) - 10 : 0;
		return "BDAT " + Math.max(0, content.length() + wrong) + last + "\r\n" + content;
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
		Inbox inbox = new Inbox(this.protocol == Protocol.LMTP);
		BareNewline bareNewline = one(Arrays.asList(BareNewline.values()));
		VirtualConnection.Setup setup = setup(inbox).bareNewline(bareNewline).protocol(this.protocol);
		if (this.random.nextInt(8) == 0) {
			setup.loginRequired();
		}
		// Whatever is open is closed by this, and whatever is left is told to quit.
		String all = stream + "\r\n.\r\n\r\nQUIT\r\n";
		try (VirtualConnection client = setup.connect()) {
			send(client, all);
			client.work();
			if (client.isOpen()) {
				// A chunk may be waited for, in vain.
				client.pass(Duration.ofSeconds(12));
			}
			String said = client.said();
			assertThat(said).as(() -> name(stream)).matches(REPLIES);
			check(bareNewline, all, VirtualConnection.codes(said), inbox);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).as(() -> name(stream)).isFalse();
			assertThat(client.sessions().limits().total()).as(() -> name(stream)).isZero();
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError(name(stream), ex);
		}
	}

	private VirtualConnection.Setup setup(Inbox inbox) {
		VirtualConnection.Setup setup = VirtualConnection.setup()
			.limits(Limits.builder()
				.errors(1 + this.random.nextInt(50))
				.messageSize(1 + this.random.nextInt(4000))
				.idleTimeout(Duration.ofSeconds(1))
				.authFailureDelay(Duration.ZERO)
				.build())
			.inline("auth", (req, res) -> res.accept())
			.inline("queue", (req, res) -> inbox.take(req, res, this.random.nextInt(5)));
		if (this.random.nextInt(4) == 0) {
			setup.blocking("rcpt", (req, res) -> res.accept()).blocking("mail", (req, res) -> res.accept());
		}
		switch (this.random.nextInt(4)) {
			case 0 -> setup.inline("data", (req, res) -> refuseSome(res));
			case 1 -> setup.blocking("data", (req, res) -> refuseSome(res));
			default -> {
			}
		}
		return setup.inline("mail", inbox::mail).inline("rcpt", inbox::rcpt);
	}

	private Decision refuseSome(SmtpResponse res) {
		return (this.random.nextInt(4) == 0) ? res.reject(556, "Not this") : res.accept();
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

	private void check(BareNewline bareNewline, String all, List<Integer> codes, Inbox inbox) {
		assertThat(codes.get(0)).isEqualTo(220);
		int last = codes.get(codes.size() - 1);
		SmtpOracle oracle = SmtpOracle.read(bareNewline, this.protocol, all, codes.subList(1, codes.size()));
		assertThat(oracle.replies()).as("replies to something, of %s", codes).isEqualTo(codes.size() - 1);
		assertThat(oracle.isAnswered() || all.contains("\u0016\u0003")).as("everything is answered").isTrue();
		assertThat(oracle.isOver() || closedByChunk(last) || all.contains("\u0016\u0003")).as("a last reply").isTrue();
		assertThat(inbox.kept).isEqualTo(oracle.kept());
		assertThat(inbox.replies).isEqualTo(oracle.contents()
			.stream()
			.map(SmtpOracle.Content::replies)
			.filter((replies) -> replies.stream().anyMatch(Inbox.CODES::contains))
			.toList());
	}

	/** A chunk whose end nobody knows, or nobody wants to wait for. */
	private static boolean closedByChunk(int code) {
		return code == 501 || code == 503 || code == 530;
	}

	private String name(String stream) {
		return "seed " + this.seed + ", " + this.protocol + ": "
				+ stream.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
	}

	/** The handlers that take messages, and what they have made the server answer. */
	private static final class Inbox {

		/** No other reply to a message has one of these. */
		private static final Set<Integer> CODES = Set.of(250, 557, 558);

		private final boolean lmtp;

		private final List<String> kept = new ArrayList<>();

		private final List<List<Integer>> replies = new ArrayList<>();

		/** Each accepted RCPT of the transaction. */
		private final List<Mailbox> recipients = new ArrayList<>();

		Inbox(boolean lmtp) {
			this.lmtp = lmtp;
		}

		Decision mail(SmtpRequest req, SmtpResponse res) {
			this.recipients.clear();
			return res.accept();
		}

		Decision rcpt(SmtpRequest req, SmtpResponse res) {
			this.recipients.add(req.to());
			return res.accept();
		}

		Decision take(SmtpRequest req, SmtpResponse res, int chance) throws IOException {
			String content = VirtualConnection.content(req);
			List<Mailbox> gone = this.recipients.stream().filter((one) -> one.localPart().equals("gone")).toList();
			// The first reply is never 421, since that may answer other things than the
			// message.
			int goneCode = (chance == 1 && this.lmtp && !gone.contains(this.recipients.get(0))) ? 421 : 558;
			gone.forEach((one) -> res.rejectRecipient(one, goneCode, "Gone"));
			int code = (chance == 0) ? 557 : 250;
			this.replies
				.add(this.lmtp ? this.recipients.stream().map((one) -> gone.contains(one) ? goneCode : code).toList()
						: List.of((!gone.isEmpty() && code == 250) ? goneCode : code));
			if (code == 557) {
				return res.reject(557, "No");
			}
			// Without a relay a message is kept for all or for none.
			if (this.lmtp ? gone.size() < this.recipients.size() : gone.isEmpty()) {
				this.kept.add(content);
			}
			return res.accept();
		}

	}

}
