/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.mailio.codec.BareNewline;

/**
 * What a server must make of a stream of octets, told in the plainest way from the whole
 * of it: lines of commands end with CRLF, content ends with CRLF dot CRLF. What the
 * replies are is taken from the server; how many there must be, and which content goes
 * with which reply, is found out here.
 */
final class SmtpOracle {

	private static final String CRLF = "\r\n";

	private static final String BARE = "\r(?!\n)|(?<!\r)\n";

	/**
	 * A message: as it should be kept, whether it may be, and the code of the reply to
	 * its end.
	 */
	record Content(String text, boolean allowed, int reply) {
	}

	private final BareNewline bareNewline;

	private final List<Content> contents = new ArrayList<>();

	private int replies;

	private String rest;

	private SmtpOracle(BareNewline bareNewline, String stream) {
		this.bareNewline = bareNewline;
		this.rest = stream;
	}

	/**
	 * Reads what a client has sent along with what the server has answered.
	 * @param bareNewline what becomes of bare newlines in content
	 * @param stream all that the client has sent after the greeting
	 * @param codes the codes of all replies after the greeting
	 * @return what must have come of it
	 */
	static SmtpOracle read(BareNewline bareNewline, String stream, List<Integer> codes) {
		SmtpOracle oracle = new SmtpOracle(bareNewline, stream);
		for (int last = 0; oracle.replies < codes.size(); oracle.replies++) {
			int code = codes.get(oracle.replies);
			boolean asked = (last == 354) ? oracle.endOfContent(code) : oracle.line();
			if (!asked) {
				break;
			}
			last = code;
			if (code == 221 || code == 421) {
				oracle.rest = "";
			}
		}
		return oracle;
	}

	private boolean line() {
		int end = this.rest.indexOf(CRLF);
		if (end >= 0) {
			this.rest = this.rest.substring(end + 2);
		}
		return end >= 0;
	}

	private boolean endOfContent(int code) {
		int end = (CRLF + this.rest).indexOf(CRLF + "." + CRLF);
		if (end < 0) {
			return false;
		}
		String raw = this.rest.substring(0, end);
		this.rest = this.rest.substring(end + 3);
		String plain = raw.replaceAll("(^|\r\n)\\.", "$1");
		boolean bare = Pattern.compile(BARE).matcher(raw).find();
		this.contents.add(new Content((this.bareNewline == BareNewline.FIX) ? plain.replaceAll(BARE, CRLF) : plain,
				!bare || this.bareNewline != BareNewline.REJECT, code));
		return true;
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

	/** All contents that were complete. */
	List<Content> contents() {
		return this.contents;
	}

	/** The contents that must have been kept, and nothing else. */
	List<String> kept() {
		return this.contents.stream()
			.filter((content) -> content.allowed() && content.reply() == 250)
			.map(Content::text)
			.toList();
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%d replies, %s", this.replies, this.contents);
	}

}
