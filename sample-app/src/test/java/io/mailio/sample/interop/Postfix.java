/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Postfix of its own, beside one that the system may have: it has its settings, queue
 * and log below one directory, listens to nothing, takes mail from its {@code sendmail}
 * command and relays everything to one server.
 */
final class Postfix implements AutoCloseable {

	private static final String PACKAGES = "postfix libsasl2-modules";

	private static final List<String> SETTINGS = List.of("compatibility_level = 3.6", "inet_protocols = ipv4",
			"inet_interfaces = loopback-only", "myhostname = relay.client.example", "mydestination =",
			"mail_owner = postfix", "setgid_group = postdrop", "smtp_host_lookup = native",
			"message_size_limit = 20000000", "smtp_dns_support_level = disabled", "smtp_tls_loglevel = 1",
			"maillog_file_prefixes = /");

	private static final List<String> SERVICES = List.of("pickup unix n - n 60 1 pickup",
			"cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr",
			"rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
			"trace unix - - n - 0 bounce", "flush unix n - n 1000? 0 flush", "smtp unix - - n - - smtp",
			"lmtp unix - - n - - lmtp", "error unix - - n - - error", "retry unix - - n - - error",
			"postlog unix-dgram n - n - 1 postlogd");

	/** Where a message can be, in the order in which it walks through them. */
	private static final List<String> QUEUES = List.of("maildrop", "incoming", "active", "deferred", "hold", "corrupt");

	private final Program postfix = Program.installed("postfix", PACKAGES);

	private final Program sendmail = Program.installed("sendmail", PACKAGES);

	private final Path directory;

	/**
	 * Starts it.
	 * @param directory a new one, which the user {@code postfix} can reach
	 * @param settings lines of {@code main.cf} beyond the common ones
	 */
	Postfix(Path directory, List<String> settings) throws IOException, InterruptedException {
		if (!"root".equals(System.getProperty("user.name"))) {
			throw new AssertionError("The interop tests start Postfix, which only root can do");
		}
		this.directory = directory;
		Files.createDirectories(configuration());
		Files.createDirectories(queue());
		Files.write(configuration().resolve("main.cf"),
				Stream.of(SETTINGS, settings, List.of("queue_directory = " + queue(),
						"data_directory = " + directory.resolve("data"), "maillog_file = " + directory.resolve("log")))
					.flatMap(List::stream)
					.toList());
		Files.write(configuration().resolve("master.cf"), SERVICES);
		this.postfix.run("-c", configuration(), "start");
	}

	private Path configuration() {
		return this.directory.resolve("configuration");
	}

	private Path queue() {
		return this.directory.resolve("queue");
	}

	/** Returns when the message is in the queue. */
	void enqueue(String sender, List<String> recipients, Path message) throws IOException, InterruptedException {
		this.sendmail.runWithInput(message,
				Stream.concat(Stream.of("-C", configuration(), "-i", "-f", sender), recipients.stream()).toArray());
	}

	/** Whether nothing is left to deliver; throws if a file vanishes meanwhile. */
	boolean idle() {
		return QUEUES.stream().map(queue()::resolve).allMatch(Postfix::empty);
	}

	private static boolean empty(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.noneMatch(Files::isRegularFile);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What it has to say about its deliveries. */
	String log() throws IOException {
		return Files.readString(this.directory.resolve("log"));
	}

	/** Stops it. */
	@Override
	public void close() throws IOException, InterruptedException {
		this.postfix.run("-c", configuration(), "stop");
	}

}
