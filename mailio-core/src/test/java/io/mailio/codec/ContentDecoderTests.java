/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.mailio.codec.ContentDecoder.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the decoder with a reader that looks at one octet after the other, for every
 * way to cut the input.
 */
class ContentDecoderTests {

	private static final int MAX_LINE = 12;

	private static final int MAX_HEADER = 30;

	static Stream<String> inputs() {
		return Stream.of(".\r\n", ".\r\nQUIT\r\n", "\r\n.\r\nrest", "Subject: a\r\n\r\ntext\r\n.\r\nMAIL",
				"..\r\n.\r\n", "...\r\n.\r\n", ".a\r\n.\r\n", "a.\r\n.\r\n", "a\n.\r\nb\r\n.\r\n", "a\n.\nb\r\n.\r\n",
				"a\r.\r\nb\r\n.\r\n", "a\r.\rb\r\n.\r\n", "a\r\n.\rb\r\n.\r\n", "a\r\n.\nb\r\n.\r\n",
				"a\r\n.\r\r\n.\r\n", "a\r\n.\r.\r\n.\r\n", "\n.\r\n.\r\n", "\r.\r\n.\r\n", "\r\r\n.\r\n", "\n\r\n.\r\n",
				"\n\n\n\r\n.\r\n", "\r\r\r\r\n.\r\n", "a\r\n.\r\n.\r\n", "a: b\n\nc\n.\r\n", "unfinished", "a\r\n.",
				"a\r\n.\r", "a\r", "1234567890\r\n.\r\n", "12345678901\r\n.\r\n", ".1234567890\r\n.\r\n",
				".12345678901\r\n.\r\n", "..123456789\r\n.\r\n", "..1234567890\r\n.\r\n",
				"12345678\r\n12345678\r\n12345678\r\n.\r\n", "12345678\r\n12345678\r\n123456\r\n\r\n123456\r\n.\r\n",
				"12345678\r\n12345678\r\n123456\r\n\r\n.\r\n", "12345678\r\n12345678\r\n1234567\r\n\r\n.\r\n",
				"\u0000\u0080\u008d\t\r\n.\r\n", "a: \u00e4\r\n.\r\n", "a:\r\n \u00e4\r\n.\r\n", " \u00e4\r\n.\r\n",
				":\u00e4\r\n.\r\n", "a\u00e4: \u00e4\r\n.\r\n", "a b: \u00e4\r\n.\r\n", ".a:\u00e4\r\n.\r\n",
				"a:b\r\n\r\na:\u00e4\r\n.\r\n", "a:\n\t\u00e4\r\n.\r\n", "a:\r\u00e4\r\n.\r\n", "a : \u00e4\r\n.\r\n",
				"a \t:\u00e4\r\n.\r\n", "a:b\r\nc :\u00e4\r\n.\r\n", "a:b\r\nc\r\n\u00e4\r\n \u00e4\r\n.\r\n",
				" a: b\r\n\r\nc\r\n.\r\n", "\ta:b\r\n.\r\n", ". a:b\r\n.\r\n", "a\r\nb: \u00e4\r\n.\r\n",
				"a\nb:\u00e4\r\n.\r\n", "a \r\n: b\r\n.\r\n", ": b\r\n.\r\n", "..:b\r\n.\r\n", "a:\r\n.\r\n",
				"\u0000:b\r\n.\r\n", "\u007f:b\r\n.\r\n", " \r\n.\r\n", "\r\n b\r\n.\r\n", "\n b\r\n.\r\n",
				"\r b\r\n.\r\n", "From a:\u00e4\r\nb:\u00e4\r\n.\r\n", ">From a\r\nb: c\r\n.\r\n", ">>From a\r\n.\r\n",
				"From\ta\r\n.\r\n", "From \r\n.\r\n", "From  :\u00e4\r\n.\r\n", "From:\u00e4\r\n.\r\n", "From\r\n.\r\n",
				"Fro a\r\n.\r\n", "F\r\n.\r\n", ">From\r\n.\r\n", "from a\r\n.\r\n", "a:b\r\nFrom \u00e4\r\n.\r\n",
				"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xx", "x:", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: \r\n.\r\n",
				"x xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n.\r\n", "");
	}

	@ParameterizedTest
	@MethodSource("inputs")
	void findsTheSameHoweverTheOctetsArrive(String input) {
		for (BareNewline bareNewline : BareNewline.values()) {
			Found expected = reference(bareNewline, input);
			assertThat(decode(bareNewline, List.of(input))).as("%s whole", bareNewline).isEqualTo(expected);
			for (int first = 0; first <= input.length(); first++) {
				for (int second = first; second <= input.length(); second++) {
					List<String> pieces = List.of(input.substring(0, first), input.substring(first, second),
							input.substring(second));
					assertThat(decode(bareNewline, pieces)).as("%s cut at %d and %d", bareNewline, first, second)
						.isEqualTo(expected);
				}
			}
			List<String> octets = input.chars().mapToObj((c) -> String.valueOf((char) c)).toList();
			assertThat(decode(bareNewline, octets)).as("%s single octets", bareNewline).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@EnumSource(BareNewline.class)
	void agreesWithTheReferenceForRandomInput(BareNewline bareNewline) {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		String[] alphabet = { "\r", "\n", ".", "a", "\u0000", "\u0080", "\t", "\r\n", "\r\n.", "abcdefgh", ":", "a:",
				" ", ">", "From", "From " };
		for (int round = 0; round < 20_000; round++) {
			List<String> pieces = new ArrayList<>();
			for (int i = random.nextInt(6); i >= 0; i--) {
				StringBuilder piece = new StringBuilder();
				for (int j = random.nextInt(10); j > 0; j--) {
					piece.append(alphabet[random.nextInt(alphabet.length)]);
				}
				pieces.add(piece.toString());
			}
			assertThat(decode(bareNewline, pieces)).as("seed %d, round %d", seed, round)
				.isEqualTo(reference(bareNewline, String.join("", pieces)));
		}
	}

	/** RFC 3030 section 2: nothing but the octets' number ends a message. */
	@ParameterizedTest
	@MethodSource("inputs")
	void findsTheSameInChunksWhereverTheyAreCut(String input) {
		for (BareNewline bareNewline : BareNewline.values()) {
			Found expected = chunkReference(bareNewline, input);
			for (int first = 0; first <= input.length(); first++) {
				for (int second = first; second <= input.length(); second++) {
					List<String> chunks = List.of(input.substring(0, first), input.substring(first, second),
							input.substring(second));
					assertThat(decodeChunks(ContentDecoder.ofChunks(bareNewline, MAX_LINE, MAX_HEADER), chunks))
						.as("%s cut at %d and %d", bareNewline, first, second)
						.isEqualTo(expected);
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(BareNewline.class)
	void agreesWithTheReferenceForRandomChunks(BareNewline bareNewline) {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		String[] alphabet = { "\r", "\n", ".", "a", "\u0000", "\u0080", "\r\n", "\r\n.", "abcdefgh", "a\r\nb\r\n", "\t",
				"a:", " ", ">", "From", "From " };
		for (int round = 0; round < 20_000; round++) {
			List<String> chunks = new ArrayList<>();
			for (int i = random.nextInt(6); i >= 0; i--) {
				StringBuilder chunk = new StringBuilder();
				for (int j = random.nextInt(10); j > 0; j--) {
					chunk.append(alphabet[random.nextInt(alphabet.length)]);
				}
				chunks.add(chunk.toString());
			}
			assertThat(decodeChunks(ContentDecoder.ofChunks(bareNewline, MAX_LINE, MAX_HEADER), chunks))
				.as("seed %d, round %d", seed, round)
				.isEqualTo(chunkReference(bareNewline, String.join("", chunks)));
		}
	}

	@Test
	void binaryChunksAreNeitherCutNorChanged() {
		List<String> chunks = List.of("a: b\r\n", "\r", "\n\r.\r\n.\r", "\n\n\u0000", "x".repeat(100), "\r");
		assertThat(decodeChunks(ContentDecoder.ofBinaryChunks(MAX_HEADER), chunks))
			.isEqualTo(new Found(false, String.join("", chunks), "", EnumSet.noneOf(Violation.class)));
		assertThat(
				decodeChunks(ContentDecoder.ofBinaryChunks(MAX_HEADER), List.of("a:" + "x".repeat(18), "x".repeat(11)))
					.violations())
			.containsExactly(Violation.HEADER_TOO_LARGE);
		assertThat(decodeChunks(ContentDecoder.ofBinaryChunks(MAX_HEADER), List.of("x".repeat(20), "x".repeat(11)))
			.violations()).containsExactly(Violation.NO_HEADER);
	}

	@Test
	void tellsOnceThatThereIsNoHeader() {
		List<Violation> told = new ArrayList<>();
		ContentDecoder decoder = new ContentDecoder(BareNewline.REJECT, MAX_LINE, MAX_HEADER);
		Collector sink = new Collector() {
			@Override
			public void violation(Violation violation) {
				told.add(violation);
			}
		};
		for (String piece : List.of("hel", "lo\r\n a\r", "\nhello\r\n")) {
			decoder.decode(buffer(piece), sink);
		}
		assertThat(decoder.decode(buffer("\r\nb\r\n.\r\n"), sink)).isTrue();
		assertThat(told).containsExactly(Violation.NO_HEADER);
	}

	@Test
	void readsEveryKindOfBufferFromItsReaderIndex() {
		String input = "header: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n";
		Found expected = reference(BareNewline.REJECT, input);
		List<Function<byte[], ByteBuf>> kinds = List.of(Unpooled::wrappedBuffer,
				(octets) -> Unpooled.directBuffer().writeBytes(octets), ContentDecoderTests::composite,
				(octets) -> Unpooled.wrappedBuffer(octets).asReadOnly());
		for (Function<byte[], ByteBuf> kind : kinds) {
			ByteBuf in = kind.apply(("\r\n.\r\n" + input).getBytes(StandardCharsets.ISO_8859_1));
			in.skipBytes(5);
			Collector sink = new Collector();
			assertThat(new ContentDecoder(BareNewline.REJECT, MAX_LINE, MAX_HEADER).decode(in, sink)).isTrue();
			assertThat(sink.text()).as("%s", in).isEqualTo(expected.content());
			assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("QUIT\r\n");
			in.release();
		}
	}

	/**
	 * What RFC 5321 section 4.5.2 and strict line ends make of the tricks of smugglers.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "\\n.\\n", "\\n.\\r\\n", "\\r.\\r\\n", "\\r.\\r", "\\r\\n.\\n", "\\r\\n.\\r", "\\r\\n\\0.\\r\\n",
					"\\r\\n.\\0\\r\\n", "\\n\\n.\\r\\n", "\\r\\r\\n.\\n", "\\r\\n..\\r\\n", "\\r\\n. \\r\\n" })
	void endsAtNothingButCrlfDotCrlf(String escaped) {
		String trick = escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
		String input = "one" + trick + "MAIL FROM:<a@b>\r\n.\r\nrest";
		for (BareNewline bareNewline : BareNewline.values()) {
			ByteBuf in = buffer(input);
			assertThat(new ContentDecoder(bareNewline, 1000, 1000).decode(in, new Collector())).isTrue();
			assertThat(in.toString(StandardCharsets.US_ASCII)).as("%s", bareNewline).isEqualTo("rest");
		}
	}

	@Test
	void makesCrlfOfBareNewlines() {
		assertThat(decode(BareNewline.FIX, List.of("a\nb\rc\r\n\r\r\n.\r\n")).content())
			.isEqualTo("a\r\nb\r\nc\r\n\r\n\r\n");
	}

	@Test
	void keepsBareNewlines() {
		assertThat(decode(BareNewline.ALLOW, List.of("a\nb\rc\r\n\r\r\n.\r\n")))
			.isEqualTo(new Found(true, "a\nb\rc\r\n\r\r\n", "", EnumSet.of(Violation.NO_HEADER)));
	}

	@ParameterizedTest
	@EnumSource(value = BareNewline.class, names = { "FIX", "ALLOW" })
	void doesNotTakeAMessageOfBareLinesForOneLongLine(BareNewline bareNewline) {
		String message = "a: b\n\n" + "text\n".repeat(100) + "\r\n.\r\n";
		assertThat(decode(bareNewline, List.of(message)).violations()).isEmpty();
	}

	/** Section 4.5.3.1.6. */
	@Test
	void doesNotCountTheDotOfDotStuffing() {
		String longest = "." + "x".repeat(MAX_LINE - 3) + "\r\n";
		assertThat(decode(BareNewline.REJECT, List.of("." + longest + ".\r\n")))
			.isEqualTo(new Found(true, longest, "", EnumSet.of(Violation.NO_HEADER)));
		assertThat(decode(BareNewline.REJECT, List.of("..x" + longest + ".\r\n")).violations())
			.contains(Violation.LINE_TOO_LONG);
	}

	@Test
	void reportsAnEndlessLineBeforeItEnds() {
		assertThat(decode(BareNewline.REJECT, List.of("x".repeat(MAX_LINE))).violations()).isEmpty();
		assertThat(decode(BareNewline.REJECT, List.of("x".repeat(MAX_LINE), "x")).violations())
			.containsExactly(Violation.LINE_TOO_LONG);
	}

	@Test
	void handsOnContentInLongRuns() {
		String text = "a line of text\r\n".repeat(100);
		List<Integer> runs = new ArrayList<>();
		ContentDecoder decoder = new ContentDecoder(BareNewline.REJECT, 1000, 10_000);
		decoder.decode(buffer(text + ".\r\n"), new Collector() {
			@Override
			public void content(ByteBuffer run) {
				runs.add(run.remaining());
			}
		});
		assertThat(runs).containsExactly(text.length());
	}

	private static ByteBuf buffer(String text) {
		return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static ByteBuf composite(byte[] octets) {
		CompositeByteBuf whole = Unpooled.compositeBuffer(octets.length);
		for (byte octet : octets) {
			whole.addComponent(true, Unpooled.wrappedBuffer(new byte[] { octet }));
		}
		return whole;
	}

	private static Found decodeChunks(ContentDecoder decoder, List<String> chunks) {
		Collector sink = new Collector();
		for (String chunk : chunks) {
			ByteBuf in = buffer(chunk);
			assertThat(decoder.decode(in, sink)).isFalse();
			assertThat(in.isReadable()).isFalse();
		}
		decoder.finish(sink);
		return inChunks(sink.text(), sink.violations);
	}

	/** Octet by octet, as {@link #reference}; there the last line may have no end. */
	private static Found chunkReference(BareNewline bareNewline, String input) {
		Lines lines = new Lines(bareNewline);
		int start = 0;
		for (int end = input.indexOf("\r\n"); end >= 0; end = input.indexOf("\r\n", start)) {
			lines.add(input.substring(start, end), true);
			start = end + 2;
		}
		Found found = lines.lastLine(input.substring(start));
		return inChunks(found.content(), found.violations());
	}

	/**
	 * Where a header section becomes too large depends on the chunks, so what is behind
	 * may go unseen.
	 */
	private static Found inChunks(String content, Set<Violation> violations) {
		if (violations.contains(Violation.HEADER_TOO_LARGE)) {
			violations.remove(Violation.RAW_HEADER);
		}
		return new Found(false, content, "", violations);
	}

	private static Found decode(BareNewline bareNewline, List<String> pieces) {
		ContentDecoder decoder = new ContentDecoder(bareNewline, MAX_LINE, MAX_HEADER);
		Collector sink = new Collector();
		for (int i = 0; i < pieces.size(); i++) {
			ByteBuf in = buffer(pieces.get(i));
			if (decoder.decode(in, sink)) {
				String rest = in.toString(StandardCharsets.ISO_8859_1)
						+ String.join("", pieces.subList(i + 1, pieces.size()));
				return new Found(true, sink.text(), rest, sink.violations);
			}
			assertThat(in.isReadable()).isFalse();
		}
		return new Found(false, sink.text(), "", sink.violations);
	}

	/**
	 * Octet by octet: content is what stands between CRLFs, unstuffed; the message ends
	 * at the first line that is a single dot. What cannot be known yet at the end of the
	 * input (a dot at the beginning of a line, and a CR behind it) is not handed on.
	 */
	private static Found reference(BareNewline bareNewline, String input) {
		Lines lines = new Lines(bareNewline);
		int start = 0;
		for (int end = input.indexOf("\r\n"); end >= 0; end = input.indexOf("\r\n", start)) {
			String line = input.substring(start, end);
			start = end + 2;
			if (line.equals(".")) {
				return lines.found(true, input.substring(start));
			}
			lines.add(line.startsWith(".") ? line.substring(1) : line, true);
		}
		String rest = input.substring(start);
		if (rest.startsWith(".")) {
			rest = rest.equals(".\r") ? "" : rest.substring(1);
		}
		lines.add(rest, false);
		return lines.found(false, "");
	}

	private static final class Lines {

		private final BareNewline bareNewline;

		private final StringBuilder content = new StringBuilder();

		private final Set<Violation> violations = EnumSet.noneOf(Violation.class);

		private int line;

		private int header;

		private boolean inHeader = true;

		private boolean over;

		private final StringBuilder text = new StringBuilder();

		private Lines(BareNewline bareNewline) {
			this.bareNewline = bareNewline;
		}

		private void add(String text, boolean complete) {
			for (int i = 0; i < text.length(); i++) {
				char c = text.charAt(i);
				boolean undecided = c == '\r' && i == text.length() - 1 && !complete && !this.over;
				boolean bare = (c == '\n' || c == '\r') && !undecided;
				this.line++;
				boolean ends = bare && (this.bareNewline == BareNewline.FIX
						|| (c == '\n' && this.bareNewline == BareNewline.ALLOW));
				if (!ends) {
					this.text.append(c);
				}
				if (!bare) {
					this.content.append(c);
					continue;
				}
				if (this.bareNewline == BareNewline.REJECT) {
					this.violations.add(Violation.BARE_NEWLINE);
				}
				boolean fixed = this.bareNewline == BareNewline.FIX;
				this.content.append(fixed ? "\r\n" : String.valueOf(c));
				if (fixed || (c == '\n' && this.bareNewline == BareNewline.ALLOW)) {
					this.line++;
					endLine();
				}
			}
			if (complete) {
				this.content.append("\r\n");
				this.line += 2;
				endLine();
			}
			else {
				checkField();
				if (this.line > MAX_LINE) {
					this.violations.add(Violation.LINE_TOO_LONG);
				}
			}
		}

		/** RFC 5322 section 2.2; what is no field may hold anything. */
		private void checkField() {
			boolean raw = this.text.toString().matches("(?s)[!-9;-~]+[ \t]*:.*[\\x80-\\xff].*")
					|| (this.header > 0 && this.text.toString().matches("(?s)[ \t].*[\\x80-\\xff].*"));
			if (this.inHeader && raw) {
				this.violations.add(Violation.RAW_HEADER);
			}
		}

		/** Whether the first line is a field, the line of an mbox, or empty. */
		private boolean beginsHeader() {
			return this.text.isEmpty() || this.text.toString().matches("(?s)[!-9;-~]+[ \t]*:.*|>?From .*");
		}

		private void endLine() {
			checkField();
			if (this.inHeader && this.header == 0 && !beginsHeader()) {
				this.violations.add(Violation.NO_HEADER);
				this.inHeader = false;
			}
			this.text.setLength(0);
			if (this.line > MAX_LINE) {
				this.violations.add(Violation.LINE_TOO_LONG);
			}
			if (this.inHeader) {
				this.header += this.line;
				this.inHeader = this.line != 2;
				if (this.header > MAX_HEADER) {
					this.violations.add(Violation.HEADER_TOO_LARGE);
					this.inHeader = false;
				}
			}
			this.line = 0;
		}

		/** All chunks have come, the last perhaps in the midst of a line. */
		private Found lastLine(String text) {
			this.over = true;
			add(text, false);
			if (this.line > 0) {
				endLine();
			}
			return found(false, "");
		}

		private Found found(boolean end, String rest) {
			return new Found(end, this.content.toString(), rest, this.violations);
		}

	}

	/**
	 * What was found.
	 *
	 * @param end whether the message has ended
	 * @param content its content
	 * @param rest what stands behind it
	 * @param violations what is wrong with it
	 */
	private record Found(boolean end, String content, String rest, Set<Violation> violations) {
	}

	private static class Collector implements ContentDecoder.Sink {

		private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

		private final Set<Violation> violations = EnumSet.noneOf(Violation.class);

		@Override
		public void content(ByteBuffer run) {
			assertThat(run.hasRemaining()).isTrue();
			byte[] copy = new byte[run.remaining()];
			run.get(copy);
			this.octets.writeBytes(copy);
		}

		@Override
		public void violation(Violation violation) {
			this.violations.add(violation);
		}

		private String text() {
			return this.octets.toString(StandardCharsets.ISO_8859_1);
		}

	}

}
