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
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Postfix of its own, beside one that the system may have: it has its settings, queue
 * and log below one directory. It takes mail from its {@code sendmail} command, and by
 * SMTP where it is to listen; what it does with that is a matter of its settings.
 */
final class Postfix implements AutoCloseable {

	private static final String PACKAGES = "postfix libsasl2-modules";

	private static final List<String> SETTINGS = List.of("compatibility_level = 3.6", "inet_protocols = ipv4",
			"inet_interfaces = loopback-only", "mydestination =", "mail_owner = postfix", "setgid_group = postdrop",
			"smtp_host_lookup = native", "message_size_limit = 20000000", "smtp_dns_support_level = disabled",
			"smtp_tls_loglevel = 1", "maillog_file_prefixes = /");

	private static final List<String> SERVICES = List.of("pickup unix n - n 60 1 pickup",
			"cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr",
			"rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce",
			"trace unix - - n - 0 bounce", "flush unix n - n 1000? 0 flush", "smtp unix - - n - - smtp",
			"lmtp unix - - n - - lmtp", "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil",
			"error unix - - n - - error", "retry unix - - n - - error", "postlog unix-dgram n - n - 1 postlogd");

	/** Where a message can be, in the order in which it walks through them. */
	private static final List<String> QUEUES = List.of("maildrop", "incoming", "active", "deferred", "hold", "corrupt");

	private final Program postfix = Program.installed("postfix", PACKAGES);

	private final Program sendmail = Program.installed("sendmail", PACKAGES);

	private final Path directory;

	private final Map<String, Integer> ports;

	/**
	 * Starts one that listens to nothing.
	 * @param directory a new one, which the user {@code postfix} can reach
	 * @param settings lines of {@code main.cf} beyond the common ones
	 */
	Postfix(Path directory, List<String> settings) throws IOException, InterruptedException {
		this(directory, "relay.client.example", settings, Map.of());
	}

	/**
	 * Starts it.
	 * @param directory a new one, which the user {@code postfix} can reach
	 * @param hostname its name
	 * @param settings lines of {@code main.cf} beyond the common ones
	 * @param listeners names, each with settings of its own
	 */
	Postfix(Path directory, String hostname, List<String> settings, Map<String, List<String>> listeners)
			throws IOException, InterruptedException {
		if (!"root".equals(System.getProperty("user.name"))) {
			throw new AssertionError("The interop tests start Postfix, which only root can do");
		}
		this.directory = directory;
		Files.createDirectories(configuration());
		Files.createDirectories(queue());
		Files.write(configuration().resolve("main.cf"),
				Stream.of(SETTINGS, settings, List.of("myhostname = " + hostname, "queue_directory = " + queue(),
						"data_directory = " + directory.resolve("data"), "maillog_file = " + directory.resolve("log")))
					.flatMap(List::stream)
					.toList());
		this.ports = FreePorts.forNames(listeners.keySet());
		Files.write(configuration().resolve("master.cf"),
				Stream
					.concat(SERVICES.stream(),
							listeners.entrySet().stream().map((one) -> listener(port(one.getKey()), one.getValue())))
					.toList());
		this.postfix.run("-c", configuration(), "start");
	}

	private static String listener(int port, List<String> settings) {
		return settings.stream()
			.map((setting) -> " -o { " + setting + " }")
			.collect(Collectors.joining("", Sending.HOST + ":" + port + " inet n - n - - smtpd", ""));
	}

	/** Where a listener listens, on 127.0.0.1. */
	int port(String listener) {
		return this.ports.get(listener);
	}

	/** Stops it and starts it again: it reads its tables anew. */
	void restart() throws IOException, InterruptedException {
		close();
		this.postfix.run("-c", configuration(), "start");
	}

	/**
	 * Where the one of a directory looks how users log in, when it starts: Cyrus SASL
	 * would look where {@code cyrus_sasl_config_path} says, but Debian's Postfix does
	 * not.
	 */
	static Path logins(Path directory) {
		return configuration(directory).resolve("sasl");
	}

	private static Path configuration(Path directory) {
		return directory.resolve("configuration");
	}

	private Path configuration() {
		return configuration(this.directory);
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
