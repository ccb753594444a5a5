/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * A {@link Postfix} that takes mail for {@code example.com} and puts all of it into one
 * maildir.
 */
final class PostfixInbox implements AutoCloseable {

	private static final Pattern TRACE = Pattern.compile("""
			Return-Path: <(?<sender>.*)>
			X-Original-To: (?<recipient>.*)
			Delivered-To: \\k<recipient>
			Received: from mail\\.client\\.example \\(unknown \\[127\\.0\\.0\\.1]\\)
				by mx\\.example\\.com \\(Postfix\\) with (?<protocol>\\S+) id \\S+
				for <\\k<recipient>>; .*
			""");

	/**
	 * A message that has arrived.
	 *
	 * @param protocol of {@code Received}, see RFC 3848
	 * @param content below the fields that Postfix adds; Unix keeps lines without CR
	 */
	record Letter(String sender, String recipient, String protocol, String content) {

		private static Letter read(Path file) {
			String text;
			try {
				text = Files.readString(file, StandardCharsets.ISO_8859_1);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			Matcher trace = TRACE.matcher(text);
			if (!trace.lookingAt()) {
				throw new AssertionError(
						"These are not Postfix's fields: " + text.substring(0, Math.min(text.length(), 500)));
			}
			return new Letter(trace.group("sender"), trace.group("recipient"), trace.group("protocol"),
					text.substring(trace.end()));
		}

	}

	private final Path directory;

	private final Postfix postfix;

	private int mark;

	/**
	 * Starts it.
	 * @param directory one of its own, which the user {@code postfix} can reach
	 * @param settings lines of {@code main.cf}
	 * @param listeners names, each with settings of its own
	 */
	PostfixInbox(Path directory, List<String> settings, Map<String, List<String>> listeners)
			throws IOException, InterruptedException {
		this.directory = directory;
		Files.createDirectory(mail());
		// The agent that delivers is nobody.
		Files.setPosixFilePermissions(mail(), PosixFilePermissions.fromString("rwxrwxrwx"));
		refuse(List.of());
		List<String> all = new ArrayList<>(
				List.of("virtual_mailbox_domains = example.com", "virtual_mailbox_base = " + mail(),
						"virtual_mailbox_maps = static:inbox/", "virtual_uid_maps = static:65534",
						"virtual_gid_maps = static:65534", "local_recipient_maps =", "smtpd_peername_lookup = no",
						"smtpd_error_sleep_time = 0", "local_header_rewrite_clients =", "smtpd_tls_loglevel = 1",
						"smtpd_recipient_restrictions = check_recipient_access texthash:" + access()));
		all.addAll(settings);
		this.postfix = new Postfix(directory, "mx.example.com", all, listeners);
	}

	private Path mail() {
		return this.directory.resolve("mail");
	}

	private Path access() {
		return this.directory.resolve("access");
	}

	/** Each line a recipient and a reply; holds after the next start. */
	void refuse(List<String> recipients) throws IOException {
		Files.write(access(), recipients);
	}

	void restart() throws IOException, InterruptedException {
		this.postfix.restart();
	}

	int port(String listener) {
		return this.postfix.port(listener);
	}

	/** What has arrived, when nothing is under way any more. */
	List<Letter> letters() throws IOException {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptionsInstanceOf(UncheckedIOException.class)
			.until(this.postfix::idle);
		return files().stream().map(Letter::read).toList();
	}

	private List<Path> files() throws IOException {
		Path folder = mail().resolve("inbox").resolve("new");
		if (!Files.isDirectory(folder)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.toList();
		}
	}

	/** Forgets what has arrived and what was logged. */
	void forget() throws IOException {
		for (Path file : files()) {
			Files.delete(file);
		}
		this.mark = this.postfix.log().length();
	}

	/** What was logged since. */
	String log() throws IOException {
		return this.postfix.log().substring(this.mark);
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.postfix.close();
	}

}
