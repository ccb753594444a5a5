/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.session.Limits;
import io.mailio.smtp.Envelope;

/** A {@code queue} handler that keeps all messages in memory for a test to look at. */
public final class Mailroom implements CommandHandler {

	/** A kept message, without our trace header. */
	public record Letter(Envelope envelope, String trace, String content) {
	}

	/**
	 * A header field, the line of an mbox, or the empty line that ends the header (RFC
	 * 5322 section 2.2); nothing at all runs into nothing.
	 */
	private static final Pattern HEADER = Pattern.compile("[!-9;-~]+[ \t]*:|>?From |\r?\n|\\z");

	private final List<Letter> letters = new CopyOnWriteArrayList<>();

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) throws IOException {
		try (InputStream in = req.message().openStream()) {
			String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
			int end = text.indexOf("\r\n");
			while (text.startsWith("\t", end + 2)) {
				end = text.indexOf("\r\n", end + 2);
			}
			this.letters.add(new Letter(req.session().envelope(), text.substring(0, end + 2), text.substring(end + 2)));
		}
		return res.accept();
	}

	/**
	 * How content must stand behind our header fields: with an empty line between them if
	 * it has no header of its own.
	 */
	public static String kept(String content) {
		return HEADER.matcher(content).lookingAt() ? content : "\r\n" + content;
	}

	/** All letters so far. */
	public List<Letter> letters() {
		return this.letters;
	}

	/** The only letter. */
	public Letter letter() {
		org.assertj.core.api.Assertions.assertThat(this.letters).hasSize(1);
		return this.letters.get(0);
	}

	/**
	 * A builder for tests: loopback, any free port, names that transcripts know, no delay
	 * after a failed authentication.
	 */
	public static SmtpServer.Builder server() {
		return SmtpServer.builder()
			.hostname("mx.example.com")
			.domains("example.com", "example.org")
			.address(InetAddress.getLoopbackAddress())
			.limits(Limits.builder().authFailureDelay(Duration.ZERO).build())
			.port(0);
	}

	/** The same, with this mail room. */
	public SmtpServer.Builder open() {
		return server().handler("queue", "mailroom", this);
	}

	/** A started server with this mail room. */
	public SmtpServer start() {
		SmtpServer server = open().build();
		server.start();
		return server;
	}

}
