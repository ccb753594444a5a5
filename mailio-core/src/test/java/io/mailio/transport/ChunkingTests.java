/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.mailio.TestKeys;
import io.mailio.Mailroom;
import io.mailio.codec.BareNewline;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.ContentBuffer;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** BDAT (RFC 3030): octets that were announced are read, and never as commands. */
class ChunkingTests {

	private static final String HELLO = "EHLO c\r\n";

	private static final String TO_B = "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@example.com>\r\n";

	/** Looks like the end of everything to those who do not count. */
	private static final String TRAP = "\r\n.\r\nQUIT\r\nRSET\r\nBDAT 3 LAST\r\nabc";

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private final List<String> kept = new ArrayList<>();

	private Decision keep(SmtpRequest req, SmtpResponse res) throws IOException {
		this.kept.add(VirtualConnection.content(req));
		return res.accept();
	}

	private VirtualConnection.Setup setup() {
		return VirtualConnection.setup().inline("queue", this::keep);
	}

	@ParameterizedTest
	@ValueSource(strings = { "BDAT\t6 LAST", "bdat\t6 last", "BDAT\t 6 LAST", "BDAT\t\t6 LAST" })
	void octetsBehindATabAreNoCommandsEither(String line) {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B);
			client.said();
			client.send(line + "\r\nRSET\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(250, 250);
			assertThat(this.kept).containsExactly("\r\nRSET\r\n");
		}
	}

	@Test
	void nothingFollowsAMalformedChunkWithATab() {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B);
			client.said();
			client.send("BDAT\tx\r\nRSET\r\n");
			assertThat(client.codes()).containsExactly(501);
			assertThat(client.isOpen()).isFalse();
		}
	}

	private static String bdat(String content, boolean last) {
		return "BDAT " + content.length() + (last ? " LAST" : "") + "\r\n" + content;
	}

	@Test
	void findsTheSameHoweverTheOctetsArrive() {
		String dialogue = HELLO + bdat(TRAP, true) + TO_B + bdat("x: 1" + TRAP + "\r", false) + "NOOP\r\n"
				+ bdat("\n" + TRAP, false) + bdat("", true) + TO_B + bdat("y" + TRAP, true) + "NOOP\r\n";
		byte[] octets = dialogue.getBytes(StandardCharsets.ISO_8859_1);
		for (int cut = 0; cut <= octets.length; cut++) {
			this.kept.clear();
			try (VirtualConnection client = setup().connect()) {
				client.send(octets, 0, cut).send(octets, cut, octets.length);
				assertThat(client.codes()).as("cut at %d", cut)
					.containsExactly(220, 250, 503, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250);
				assertThat(this.kept).as("cut at %d", cut)
					.containsExactly("x: 1" + TRAP + "\r\n" + TRAP, "\r\ny" + TRAP);
			}
		}
	}

	@Test
	void randomDialoguesAreCountedRight() {
		long seed = System.nanoTime();
		System.out.println("ChunkingTests seed " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < 500; round++) {
			this.kept.clear();
			List<Integer> codes = new ArrayList<>(List.of(220, 250));
			List<String> messages = new ArrayList<>();
			String dialogue = HELLO + randomDialogue(random, codes, messages);
			byte[] octets = dialogue.getBytes(StandardCharsets.ISO_8859_1);
			try (VirtualConnection client = setup().limits(Limits.builder().errors(1000).build()).connect()) {
				for (int from = 0; from < octets.length;) {
					int to = Math.min(octets.length, from + 1 + random.nextInt(60));
					client.send(octets, from, to);
					from = to;
				}
				assertThat(client.codes()).as("seed %d, round %d", seed, round).isEqualTo(codes);
				assertThat(this.kept).as("seed %d, round %d", seed, round)
					.isEqualTo(messages.stream().map(Mailroom::kept).toList());
			}
		}
	}

	private static String randomDialogue(Random random, List<Integer> codes, List<String> messages) {
		StringBuilder dialogue = new StringBuilder();
		for (int i = random.nextInt(5); i >= 0; i--) {
			boolean recipient = random.nextInt(4) > 0;
			dialogue.append("MAIL FROM:<>\r\nRCPT TO:<b@").append(recipient ? "example.com" : "").append(">\r\n");
			codes.addAll(List.of(250, recipient ? 250 : 501));
			StringBuilder message = new StringBuilder();
			for (int j = random.nextInt(4); j > 0; j--) {
				String piece = TRAP.substring(2, 2 + random.nextInt(TRAP.length() - 2))
					.replace("\r", "\r\n")
					.replace("\n\n", "\n");
				String chunk = piece.endsWith("\r") ? piece + "\n" : piece;
				dialogue.append(bdat(chunk, false));
				message.append(chunk);
				codes.add(recipient ? 250 : 503);
			}
			boolean reset = random.nextInt(4) == 0;
			dialogue.append(reset ? "RSET\r\n" : bdat("end\r\n", true));
			codes.add((reset || recipient) ? 250 : 503);
			if (recipient && !reset) {
				messages.add(message + "end\r\n");
			}
			if (!recipient && !reset) {
				dialogue.append("RSET\r\n");
				codes.add(250);
			}
		}
		return dialogue.toString();
	}

	@Test
	void repliesComeInOrderAndInOneWrite() {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO).said();
			int before = client.writes();
			client.send(TO_B + bdat("a: b\r\n", false) + bdat("c: d", false) + bdat("", true) + "NOOP\r\n");
			assertThat(client.said().lines().map((line) -> line.substring(0, 11))).containsExactly("250 2.1.0 S",
					"250 2.1.5 R", "250 2.0.0 6", "250 2.0.0 4", "250 2.0.0 O", "250 2.0.0 O");
			assertThat(client.writes() - before).isEqualTo(1);
		}
	}

	@Test
	void underLmtpEachRecipientIsAnsweredBehindTheLastChunkOnly() {
		try (VirtualConnection client = setup().protocol(Protocol.LMTP).connect()) {
			client.send("LHLO c\r\n" + TO_B + "RCPT TO:<c@example.com>\r\n").said();
			assertThat(client.send(bdat("a: b\r\n", false)).codes()).containsExactly(250);
			assertThat(client.send(bdat(TRAP, true)).codes()).containsExactly(250, 250);
			assertThat(client.send(bdat(TRAP, true)).codes()).containsExactly(503);
		}
		assertThat(this.kept).containsExactly("a: b\r\n" + TRAP);
	}

	@Test
	void whoHasToLogInFirstIsToldSoBehindTheOctets() {
		VirtualConnection.Setup setup = setup().loginRequired().inline("auth", (req, res) -> res.accept());
		try (VirtualConnection client = setup.connect()) {
			client.send(bdat(TRAP, false) + HELLO + bdat(TRAP, true) + "DATA\r\nBDAT 999999999\r\n");
			assertThat(client.codes()).containsExactly(220, 503, 250, 530, 530, 530);
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = setup.connect()) {
			client.send(HELLO + bdat(TRAP, true) + "AUTH PLAIN AGEAYg==\r\n" + TO_B + bdat(TRAP, true)).work();
			assertThat(client.codes()).containsExactly(220, 250, 530, 235, 250, 250, 250);
		}
		assertThat(this.kept).containsExactly(TRAP);
	}

	@Test
	void clearTextBehindStartTlsBetweenChunksClosesTheConnection() {
		try (VirtualConnection client = setup().tls(TlsMode.STARTTLS, TestKeys.FIRST.server()).connect()) {
			client.send(HELLO + TO_B + bdat(TRAP, false) + "STARTTLS\r\n" + bdat(TRAP, true));
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 250, 220);
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
		}
		assertThat(this.kept).isEmpty();
	}

	@Test
	void aServerThatStopsWaitsForTheLastChunk() {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B + bdat("a: b\r\n", false)).said();
			client.sessions().drain();
			client.send("BDAT 7\r\n\r\nab");
			assertThat(client.codes()).isEmpty();
			client.send("cde" + bdat("f", true));
			assertThat(client.codes()).containsExactly(250, 250, 421);
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + "BDAT 5\r\nab").said();
			client.sessions().drain();
			assertThat(client.codes()).isEmpty();
			assertThat(client.send("cde").codes()).containsExactly(503, 421);
		}
		assertThat(this.kept).containsExactly("a: b\r\n\r\nabcdef");
	}

	@Test
	void manySmallChunksDoNotComeFasterThanTheyAreWritten(@TempDir Path directory) {
		VirtualConnection.Setup setup = setup().content(new ContentBuffer.Options(10, directory));
		String chunk = bdat("a: b\r\n\r\n" + "c".repeat(16 * 1024), false);
		try (VirtualConnection client = setup.connect()) {
			client.send(HELLO + TO_B).said();
			for (int i = 0; i < 40; i++) {
				client.send(chunk);
			}
			assertThat(client.isReading()).isFalse();
			assertThat(client.codes()).hasSizeBetween(10, 20);
			client.send(bdat("", true)).work();
			assertThat(client.work().codes()).hasSizeBetween(20, 40).containsOnly(250);
			assertThat(client.isReading()).isTrue();
		}
		assertThat(this.kept).containsExactly(chunk.substring(12).repeat(40).replace("BDAT 16392\r\n", ""));
	}

	@Test
	void aChunkThatIsCutOffIsNeverDelivered() {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B + "BDAT 10 LAST\r\n123456789");
			assertThat(client.codes()).containsExactly(220, 250, 250, 250);
		}
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B + bdat("a: b\r\n", false) + "QUIT\r\n");
			assertThat(client.codes()).endsWith(250, 221);
			assertThat(client.isOpen()).isFalse();
		}
		assertThat(this.kept).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", " LAST", " -1", " +1", " 0x10", " 1.0", " 1e3", " ten", " 10LAST", " 10,LAST",
			" 9223372036854775808", " 18446744073709551616", " 1000000000000000000", " \u0661\u0660" })
	void aSizeThatIsNoneClosesTheConnection(String argument) {
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B).said();
			client.send(("BDAT" + argument + "\r\n").getBytes(StandardCharsets.UTF_8), 0,
					("BDAT" + argument + "\r\n").getBytes(StandardCharsets.UTF_8).length);
			client.send(bdat("x", true));
			assertThat(client.said()).startsWith("501 5.5.4 ").hasLineCount(1);
			assertThat(client.isOpen()).isFalse();
			assertThat(this.kept).isEmpty();
		}
	}

	@Test
	void aChunkLargerThanAnyoneWantsToReadClosesTheConnection() {
		Limits limits = Limits.builder().messageSize(1000).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send("BDAT 999999999999999999\r\n");
			assertThat(client.codes()).containsExactly(220, 503);
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send(HELLO + TO_B + "BDAT 999999999999999999\r\n").said();
			byte[] block = new byte[64 * 1024];
			int blocks = 0;
			while (client.isOpen() && blocks < 100) {
				client.send(block, 0, block.length);
				blocks++;
			}
			assertThat(client.codes()).containsExactly(552);
			assertThat(blocks).isBetween(16, 18);
		}
		assertThat(this.kept).isEmpty();
	}

	@Test
	void handlersOfDataAreAskedOncePerMessageAndARefusalWaitsForTheOctets() {
		List<String> asked = new ArrayList<>();
		try (VirtualConnection client = setup().blocking("data", (req, res) -> {
			asked.add(req.command().name() + " from " + req.from());
			return (asked.size() == 1) ? res.accept() : res.reject(554, "5.7.1 Not today");
		}).connect()) {
			client.send(HELLO + TO_B + bdat("a: b\r\n", false) + bdat(TRAP, true)).work();
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 250, 250);
			client.send(TO_B + "BDAT " + (TRAP.length() + 1) + "\r\n" + TRAP).work();
			assertThat(client.codes()).containsExactly(250, 250);
			assertThat(client.send("!").said()).isEqualTo("554 5.7.1 Not today\r\n");
			assertThat(client.send(bdat("more", false) + bdat(TRAP, true)).codes()).containsExactly(554, 554);
			assertThat(client.send("MAIL FROM:<>\r\n").codes()).containsExactly(250);
		}
		assertThat(asked).containsExactly("data from a@client.example", "data from a@client.example");
		assertThat(this.kept).hasSize(1);
	}

	@Test
	void aHandlerOfDataCannotTakeContentForALine() {
		try (VirtualConnection client = setup().blocking("data", (req, res) -> {
			res.read();
			return res.accept();
		}).connect()) {
			client.send(HELLO + TO_B + bdat("secret\r\nNOOP\r\n", true)).work();
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 451);
		}
	}

	@Test
	void linesAndHeadersOfContentHaveLimits() {
		Limits limits = Limits.builder().textLine(1000).headerSize(2000).build();
		String field = "X: " + "a".repeat(95) + "\r\n";
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send(HELLO).said();
			client.send(TO_B + bdat("\r\n" + "a".repeat(500), false) + bdat("a".repeat(498) + "\r\n", true));
			assertThat(client.codes()).containsExactly(250, 250, 250, 250);
			client.send(TO_B + bdat("\r\n" + "a".repeat(500), false) + bdat("a".repeat(501), true));
			assertThat(client.codes()).containsExactly(250, 250, 250, 500);
			client.send(TO_B + bdat(field.repeat(10), false) + bdat(field.repeat(11), false) + bdat("", true));
			assertThat(client.codes()).containsExactly(250, 250, 250, 552, 552);
		}
	}

	@Test
	void binaryContentHasNoLinesButItsHeaderIsLimited() {
		Limits limits = Limits.builder().textLine(1000).headerSize(2000).build();
		String binary = "MAIL FROM:<> BODY=binarymime\r\nRCPT TO:<b@example.com>\r\n";
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send(HELLO).said();
			client.send(binary + bdat("a: b\r\n\r\n" + "\n\0\r".repeat(1000), true));
			assertThat(client.codes()).containsExactly(250, 250, 250);
			client.send(binary + bdat("a:" + "a".repeat(1498), false) + bdat("a".repeat(501), true));
			assertThat(client.codes()).containsExactly(250, 250, 250, 552);
			client.send(binary + bdat("a".repeat(1500), false) + bdat("a".repeat(501), true));
			assertThat(client.codes()).containsExactly(250, 250, 250, 250);
		}
		assertThat(this.kept).containsExactly("a: b\r\n\r\n" + "\n\0\r".repeat(1000), "\r\n" + "a".repeat(2001));
	}

	@Test
	void bareNewlinesAreTreatedAsInData() {
		String content = "a: b\r\n\r\none\ntwo\r";
		try (VirtualConnection client = setup().bareNewline(BareNewline.FIX).connect()) {
			client.send(HELLO + TO_B + bdat(content, false) + bdat("three\r", true));
			assertThat(client.codes()).endsWith(250, 250);
		}
		try (VirtualConnection client = setup().bareNewline(BareNewline.ALLOW).connect()) {
			client.send(HELLO + TO_B + bdat(content, false) + bdat("three\r", true));
			assertThat(client.codes()).endsWith(250, 250);
		}
		try (VirtualConnection client = setup().connect()) {
			client.send(HELLO + TO_B + bdat(content, false) + bdat("\nthree\r\n", true));
			assertThat(client.codes()).endsWith(550, 550);
		}
		assertThat(this.kept).containsExactly("a: b\r\n\r\none\r\ntwo\r\nthree\r\n", content + "three\r");
	}

	@Test
	void chunksHaveTheDeadlinesOfContent() {
		Limits limits = Limits.builder().minDataRate(0).messageTimeout(Duration.ofMinutes(20)).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send(HELLO + TO_B + "BDAT 10\r\n")
				.pass(Duration.ofSeconds(299))
				.send("x")
				.pass(Duration.ofSeconds(299));
			assertThat(client.codes()).containsExactly(220, 250, 250, 250);
			assertThat(client.pass(Duration.ofSeconds(2)).codes()).containsExactly(421);
		}
		try (VirtualConnection client = setup().connect()) {
			client.send("BDAT 10000\r\n");
			int seconds = 0;
			while (client.isOpen() && seconds < 100) {
				client.send("a").pass(Duration.ofSeconds(1));
				seconds++;
			}
			assertThat(client.codes()).containsExactly(220, 421);
			assertThat(seconds).isBetween(30, 45);
		}
	}

	@Test
	void aMessageOfManySmallChunksMustBeCompleteInTime() {
		Limits limits = Limits.builder().minDataRate(0).messageTimeout(Duration.ofMinutes(20)).build();
		try (VirtualConnection client = setup().limits(limits).connect()) {
			client.send(HELLO + TO_B);
			int minutes = 0;
			while (client.isOpen() && minutes < 100) {
				client.send(bdat("a", false)).pass(Duration.ofMinutes(1));
				minutes++;
			}
			assertThat(minutes).isBetween(20, 21);
			assertThat(client.codes()).endsWith(250, 421);
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void chunksThatComeToNothingLeaveNoFile(@TempDir Path directory) throws IOException {
		String large = "a: b\r\n\r\n" + "much more than fits\r\n".repeat(20_000);
		VirtualConnection.Setup setup = setup().content(new ContentBuffer.Options(10, directory));
		for (String end : List.of("RSET\r\n", "EHLO c\r\n", "QUIT\r\n", "BDAT\r\n", "BDAT 10\r\nab")) {
			VirtualConnection client = setup.connect();
			client.send(HELLO + TO_B + bdat(large, false)).work();
			assertThat(files(directory)).as(end).isEqualTo(1);
			client.send(end).close();
			client.work();
			assertThat(files(directory)).as(end).isZero();
		}
		assertThat(this.kept).isEmpty();
	}

	/** Open files below a directory, also those without a name. */
	private static long files(Path directory) throws IOException {
		try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
			return descriptors.filter((descriptor) -> target(descriptor).startsWith(directory.toString())).count();
		}
	}

	private static String target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void largeChunksAreKeptInAFileAndDeliveredWhole(@TempDir Path directory) throws IOException {
		String large = "a: b\r\n\r\n" + "much more than fits\r\n".repeat(20_000);
		VirtualConnection.Setup setup = setup().content(new ContentBuffer.Options(10, directory));
		try (VirtualConnection client = setup.connect()) {
			byte[] octets = (HELLO + TO_B + bdat(large, false) + bdat(large, true))
				.getBytes(StandardCharsets.ISO_8859_1);
			for (int from = 0; from < octets.length; from += 50_000) {
				client.send(octets, from, Math.min(octets.length, from + 50_000)).work();
			}
			assertThat(client.codes()).containsExactly(220, 250, 250, 250, 250, 250);
			client.work();
		}
		assertThat(this.kept).containsExactly(large + large);
		assertThat(files(directory)).isZero();
	}

}
