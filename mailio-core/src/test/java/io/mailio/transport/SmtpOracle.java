/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailio.Mailroom;
import io.mailio.codec.BareNewline;
import io.mailio.session.Protocol;

/**
 * What a server must make of a stream of octets, told in the plainest way from the whole
 * of it: lines of commands end with CRLF, content of DATA ends with CRLF dot CRLF,
 * content of BDAT when its octets are counted. What the replies are is taken from the
 * server; how many there must be, and which content goes with which reply, is found out
 * here.
 */
final class SmtpOracle {

	private static final String CRLF = "\r\n";

	private static final String BARE = "\r(?!\n)|(?<!\r)\n";

	/** No command holds these: control characters, separators and what is no UTF-8. */
	private static final Pattern UNPRINTABLE = Pattern
		.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ufffd]");

	private static final Pattern BDAT = Pattern.compile("(?i)BDAT(?:[ \t](.*))?");

	private static final Pattern CHUNK = Pattern.compile("(\\d{1,18})(?: (.*))?", Pattern.DOTALL);

	private static final Pattern BINARY = Pattern.compile("(?i).* BODY=BINARYMIME(?: .*)?");

	private static final int MAX_LINE = 2048;

	/**
	 * A message: as it should be kept, whether it may be, and the codes of the replies to
	 * its end: one, or under LMTP one for each accepted RCPT.
	 */
	record Content(String text, boolean allowed, List<Integer> replies) {

		int reply() {
			return this.replies.get(0);
		}

	}

	private final BareNewline bareNewline;

	private final Protocol protocol;

	private final Deque<Integer> codes;

	private final List<Content> contents = new ArrayList<>();

	private int replies;

	private String rest;

	private boolean over;

	/** How many RCPT commands were accepted. */
	private int recipients;

	private boolean binary;

	private final StringBuilder chunks = new StringBuilder();

	private boolean chunkSeen;

	private boolean chunkRefused;

	private SmtpOracle(BareNewline bareNewline, Protocol protocol, String stream, Collection<Integer> codes) {
		this.bareNewline = bareNewline;
		this.protocol = protocol;
		this.codes = new ArrayDeque<>(codes);
		this.rest = stream;
	}

	/**
	 * Reads what a client has sent along with what the server has answered.
	 * @param bareNewline what becomes of bare newlines in content
	 * @param protocol what is spoken
	 * @param stream all that the client has sent after the greeting
	 * @param codes the codes of all replies after the greeting
	 * @return what must have come of it
	 */
	static SmtpOracle read(BareNewline bareNewline, Protocol protocol, String stream, List<Integer> codes) {
		SmtpOracle oracle = new SmtpOracle(bareNewline, protocol, stream, codes);
		int last = 0;
		while (last >= 0 && !oracle.codes.isEmpty()) {
			last = oracle.step(last);
			if (last == 221 || last == 421) {
				oracle.rest = "";
				oracle.over = true;
			}
		}
		oracle.timeout();
		return oracle;
	}

	/**
	 * Nothing comes any more: the server may say so, once. What it has seen of the last
	 * line may be enough to refuse it.
	 */
	private void timeout() {
		if (this.over || !isAnswered()) {
			return;
		}
		boolean badLine = this.rest.contains("\n") || this.rest.length() >= MAX_LINE;
		if (badLine && List.copyOf(this.codes).equals(List.of(500, 421))) {
			next();
		}
		if (List.copyOf(this.codes).equals(List.of(421))) {
			next();
			this.over = true;
		}
	}

	private int next() {
		this.replies++;
		return this.codes.remove();
	}

	/**
	 * Takes what the next reply answers.
	 * @param last the code before
	 * @return the code of the reply, or of the last one if there are several; -1 if
	 * nothing is left to answer
	 */
	private int step(int last) {
		if (last == 354) {
			return endOfData();
		}
		int end = this.rest.indexOf(CRLF);
		if (end < 0) {
			return -1;
		}
		String octets = this.rest.substring(0, end);
		String line = new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
		this.rest = this.rest.substring(end + 2);
		boolean command = last != 334 && end + 2 <= MAX_LINE && !UNPRINTABLE.matcher(line).find();
		Matcher chunk = BDAT.matcher(line);
		if (command && chunk.matches()) {
			return chunk((chunk.group(1) != null) ? chunk.group(1).strip() : "");
		}
		int code = next();
		if (command) {
			answered(line.split(" ", 2)[0].toUpperCase(Locale.ROOT), line, code);
		}
		return code;
	}

	private void answered(String verb, String line, int code) {
		boolean accepted = code == 250;
		switch (verb) {
			case "EHLO", "HELO", "LHLO", "RSET", "MAIL" -> {
				if (accepted) {
					reset();
					this.binary = verb.equals("MAIL") && BINARY.matcher(line).matches();
				}
			}
			case "RCPT" -> {
				this.recipients += accepted ? 1 : 0;
				require(!accepted || !this.chunkSeen, "no RCPT between chunks");
			}
			case "DATA" -> {
				require(code != 354 || (this.recipients > 0 && !this.binary && !this.chunkSeen), "no DATA here");
			}
			default -> {
			}
		}
	}

	private void reset() {
		this.recipients = 0;
		this.binary = false;
		this.chunks.setLength(0);
		this.chunkSeen = false;
		this.chunkRefused = false;
	}

	private int chunk(String argument) {
		Matcher size = CHUNK.matcher(argument);
		if (!size.matches()) {
			int code = next();
			require(code == 501 || code == 421, "a chunk without a size is refused");
			this.rest = "";
			return code;
		}
		long octets = Long.parseLong(size.group(1));
		String word = (size.group(2) != null) ? size.group(2).strip() : "";
		int first = this.codes.peek();
		boolean outOfOrder = first == 503 || first == 530;
		if (first != 421) {
			require(outOfOrder == (this.recipients == 0), "chunks are taken within a transaction only");
		}
		if (octets > this.rest.length()) {
			// The octets never come; but nobody waits for very many, only to throw them
			// away.
			require(first == 421 || (outOfOrder && octets > 1_000_000), "a chunk is read to its end");
			this.rest = "";
			return next();
		}
		if (first == 421) {
			return next();
		}
		String content = this.rest.substring(0, (int) octets);
		this.rest = this.rest.substring((int) octets);
		if (outOfOrder) {
			return next();
		}
		this.chunkSeen = true;
		this.chunks.append(content);
		if (word.equalsIgnoreCase("LAST")) {
			String text = this.chunks.toString();
			return endOfMessage(text, text, !this.chunkRefused);
		}
		int code = next();
		require(word.isEmpty() || code != 250, "nothing but LAST stands behind the size");
		this.chunkRefused |= code != 250;
		return code;
	}

	private int endOfData() {
		int end = (CRLF + this.rest).indexOf(CRLF + "." + CRLF);
		if (end < 0) {
			return -1;
		}
		String raw = this.rest.substring(0, end);
		this.rest = this.rest.substring(end + 3);
		return endOfMessage(raw, raw.replaceAll("(^|\r\n)\\.", "$1"), true);
	}

	private int endOfMessage(String raw, String plain, boolean whole) {
		boolean bare = !this.binary && Pattern.compile(BARE).matcher(raw).find();
		boolean fixed = bare && this.bareNewline == BareNewline.FIX;
		boolean refused = bare && this.bareNewline == BareNewline.REJECT;
		List<Integer> answers = new ArrayList<>();
		int due = (this.protocol == Protocol.LMTP) ? this.recipients : 1;
		while (answers.size() < due && !this.codes.isEmpty()) {
			answers.add(next());
		}
		require(answers.size() == due, "a reply for each RCPT");
		this.contents.add(new Content(fixed ? plain.replaceAll(BARE, CRLF) : plain, whole && !refused, answers));
		reset();
		return answers.contains(421) ? 421 : 250;
	}

	private void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what + ": " + this);
		}
	}

	/** How many of the replies had something to answer; all of them, if all is well. */
	int replies() {
		return this.replies;
	}

	/**
	 * Whether everything that asks for a reply had one, or the server has said goodbye.
	 */
	boolean isAnswered() {
		return !this.rest.contains(CRLF);
	}

	/** Whether the server has said goodbye. */
	boolean isOver() {
		return this.over;
	}

	/** All contents that were complete. */
	List<Content> contents() {
		return Collections.unmodifiableList(this.contents);
	}

	/**
	 * The contents that must have been kept, and nothing else, as they stand behind our
	 * header fields.
	 */
	List<String> kept() {
		return this.contents.stream()
			.filter((content) -> content.allowed() && content.replies().contains(250))
			.map((content) -> Mailroom.kept(content.text()))
			.toList();
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%d replies, then %s for %s, %s", this.replies, this.codes, this.rest,
				this.contents);
	}

}
