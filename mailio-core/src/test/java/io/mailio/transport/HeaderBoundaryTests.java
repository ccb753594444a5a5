/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.mailio.codec.BareNewline;
import io.mailio.handler.Decision;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.mailio.transport.VirtualConnection.setup;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where our header fields end and what the client has sent begins (RFC 5322 section 2.2).
 */
class HeaderBoundaryTests {

	private static final String RECEIVED = "Received: from c \\(\\[127\\.0\\.0\\.1]\\)\r\n"
			+ "\tby mx\\.example\\.com with ESMTPA? id \\S+\r\n\tfor <b@example\\.com>;\r\n\t[^\r]* \\+0000\r\n";

	private static final String SUBMITTED = "Date: [^\r]* \\+0000\r\nMessage-ID: <[^>]*@mx\\.example\\.com>\r\n";

	/** What was kept, all of it. */
	private final List<String> kept = new ArrayList<>();

	private final List<Long> sizes = new ArrayList<>();

	private final List<String> names = new ArrayList<>();

	private final List<String> values = new ArrayList<>();

	private Decision keep(SmtpRequest req, SmtpResponse res) throws IOException {
		try (InputStream in = req.message().openStream()) {
			this.kept.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
		}
		req.message().headers().names().forEach((name) -> {
			this.names.add(name);
			this.values.add(req.message().headers().first(name).orElseThrow());
		});
		assertThat(req.message().mime().getHeader().getFields()).hasSameSizeAs(this.names);
		return res.accept();
	}

	private VirtualConnection.Setup server() {
		return setup().inline("auth", (req, res) -> res.accept())
			.inline("queue", this::keep)
			.listener(new SessionListener() {
				@Override
				public void messageReceived(SmtpSession session, Envelope envelope, long size) {
					HeaderBoundaryTests.this.sizes.add(size);
				}
			});
	}

	/** The ways in which content may come; it ends with CRLF. */
	private static List<List<String>> ways(String content) {
		List<List<String>> ways = new ArrayList<>();
		String data = "DATA\r\n" + content.replaceAll("(^|\r\n)\\.", "$1..") + ".\r\n";
		ways.add(List.of(data));
		ways.add(octets(data));
		String chunk = "BDAT " + content.length() + " LAST\r\n" + content;
		ways.add(List.of(chunk));
		ways.add(octets(chunk));
		List<String> chunks = new ArrayList<>(octets(content).stream().map((octet) -> "BDAT 1\r\n" + octet).toList());
		chunks.add("BDAT 0 LAST\r\n");
		ways.add(chunks);
		return ways;
	}

	private static List<String> octets(String text) {
		return text.chars().mapToObj((c) -> String.valueOf((char) c)).toList();
	}

	private void deliver(VirtualConnection.Setup server, String mail, List<String> pieces) {
		this.kept.clear();
		this.names.clear();
		this.values.clear();
		this.sizes.clear();
		try (VirtualConnection client = server.connect()) {
			client.work().send("EHLO c\r\nAUTH PLAIN AGpvaG4AZG9l\r\n").work();
			client.send(mail + "RCPT TO:<b@example.com>\r\n").said();
			pieces.forEach(client::send);
			client.work();
			assertThat(client.codes()).endsWith(250);
		}
	}

	private void deliver(VirtualConnection.Setup server, List<String> pieces) {
		deliver(server, "MAIL FROM:<john@example.com>\r\n", pieces);
	}

	static Stream<String> bodies() {
		return Stream.of(" x: y\r\n\r\nbody\r\n", "\tx: y\r\n", " \r\nX-Spam: no\r\n",
				"hello\r\nX-Spam: no\r\n\r\nbody\r\n", ": y\r\n", ". x: y\r\n", "\0: y\r\n", "\u007fx: y\r\n",
				"x y: z\r\nX-Spam: no\r\n\r\nbody\r\n", "\u00e9: y\r\n", "From\r\n x: y\r\n",
				"hello\r\nX-Spam: \u00e9\r\n\r\n");
	}

	@ParameterizedTest
	@MethodSource("bodies")
	void whatBeginsWithNoFieldAddsNothingToOurs(String body) {
		for (List<String> way : ways(body)) {
			deliver(server(), way);
			assertThat(this.kept).as("%s", way).singleElement().asString().matches(exactly(RECEIVED, "\r\n" + body));
			assertThat(this.names).as("%s", way).containsExactly("Received");
			assertThat(this.values.get(0)).endsWith("+0000");
			assertThat(this.sizes).containsExactly((long) this.kept.get(0).length());
		}
	}

	@ParameterizedTest
	@MethodSource("bodies")
	void whatBeginsWithNoFieldAddsNothingToThoseOfASubmission(String body) {
		for (List<String> way : ways(body)) {
			deliver(server().loginRequired(), way);
			assertThat(this.kept).as("%s", way)
				.singleElement()
				.asString()
				.matches(exactly(RECEIVED + SUBMITTED, "\r\n" + body));
			assertThat(this.names).as("%s", way).containsExactly("Received", "Date", "Message-ID");
			assertThat(this.values.get(2)).matches("<.*>");
			assertThat(this.sizes).containsExactly((long) this.kept.get(0).length());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "x: y\r\n\r\nbody\r\n", "x:\r\n y\r\n", "x \t: y\r\n", "\r\nbody\r\n", "\r\n x: y\r\n",
			"From a Tue Jun  3 11:05:30 2008\r\nx: y\r\n\r\nbody\r\n", ">From a\r\nx: y\r\n" })
	void whatHasAHeaderFollowsAtOnce(String message) {
		for (List<String> way : ways(message)) {
			deliver(server(), way);
			assertThat(this.kept).as("%s", way).singleElement().asString().matches(exactly(RECEIVED, message));
			assertThat(this.names).as("%s", way)
				.isEqualTo(message.contains("x") && !message.startsWith("\r\n") ? List.of("Received", "x")
						: List.of("Received"));
		}
	}

	/** Nothing follows our fields that could be taken for one. */
	@Test
	void noContentAtAllNeedsNoEmptyLine() {
		for (List<String> way : List.of(List.of("DATA\r\n.\r\n"), List.of("BDAT 0 LAST\r\n"))) {
			deliver(server(), way);
			assertThat(this.kept).as("%s", way).singleElement().asString().matches(RECEIVED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", " ", "\t", "x ", "From", "\r", "x\ry: z", "\rx: y" })
	void aLineWithoutAnEndIsABodyToo(String body) {
		for (List<String> way : ways(body).subList(2, 5)) {
			deliver(server().bareNewline(BareNewline.ALLOW), way);
			assertThat(this.kept).as("%s", way).singleElement().asString().matches(exactly(RECEIVED, "\r\n" + body));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\nbody\r\n", "x: y\n\nbody\r\n" })
	void aBareNewlineThatIsTakenEndsTheLine(String message) {
		for (List<String> way : ways(message)) {
			deliver(server().bareNewline(BareNewline.ALLOW), way);
			assertThat(this.kept).as("%s", way).singleElement().asString().matches(exactly(RECEIVED, message));
			deliver(server().bareNewline(BareNewline.FIX), way);
			assertThat(this.kept).as("%s", way)
				.singleElement()
				.asString()
				.matches(exactly(RECEIVED, message.replaceAll("(?<!\r)\n", "\r\n")));
		}
	}

	@Test
	void binaryContentWithoutAHeaderIsABody() {
		String body = "\0\1\2 \n: x".repeat(1000);
		deliver(server(), "MAIL FROM:<john@example.com> BODY=BINARYMIME\r\n", ways(body).get(2));
		assertThat(this.kept).singleElement().asString().matches(exactly(RECEIVED, "\r\n" + body));
		assertThat(this.names).containsExactly("Received");
	}

	private static String exactly(String fields, String content) {
		return "(?s)" + fields + java.util.regex.Pattern.quote(content);
	}

}
