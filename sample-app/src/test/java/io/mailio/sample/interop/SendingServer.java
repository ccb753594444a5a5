/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.RelaySpec;
import io.mailio.SmartHostAccess;
import io.mailio.SmtpServer;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueId;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;
import io.mailio.smtp.Envelope;
import org.slf4j.LoggerFactory;

/**
 * Our server, which sends everything for others to one port of this machine, one message
 * after the other. What does not arrive is not tried again within a test by itself.
 */
final class SendingServer implements AutoCloseable {

	/** Whose mail stays here. */
	static final String DOMAIN = "client.example";

	private static final int PATIENCE_SECONDS = 30;

	private static final RetrySchedule LATER = new RetrySchedule(Duration.ofHours(1), Duration.ofHours(4),
			Duration.ofDays(2));

	private final BlockingQueue<AttemptResult> results = new LinkedBlockingQueue<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.mailio");

	private final Level level = this.logger.getLevel();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private final Path directory;

	private final SmtpServer server;

	/**
	 * Starts it.
	 * @param directory for its queue and its mailboxes
	 * @param access where mail goes, and how
	 * @param more what else there is to be said
	 */
	SendingServer(Path directory, SmartHostAccess access, Consumer<RelaySpec> more) {
		this.directory = directory;
		RoutingOptions defaults = RoutingOptions.defaults();
		this.server = SmtpServer.builder()
			.hostname("mail.client.example")
			.domains(DOMAIN)
			.address(InetAddress.getLoopbackAddress())
			.port(0)
			.maildir(directory.resolve("mail") + "/%n")
			.relay((relay) -> {
				relay.directory(directory.resolve("queue"))
					.options(new RelayOptions(1, 1, 0, LATER, Duration.ZERO))
					.routing(new RoutingOptions(List.of(RoutingRule.all(access.host())), defaults.port(), false,
							defaults.addressOrder(), defaults.maxHosts(), defaults.maxAddresses()))
					.smartHost(access)
					.listener(new Results());
				more.accept(relay);
			})
			.build();
		listen();
		this.server.start();
	}

	static SmartHost host(int port) {
		return new SmartHost(Sending.HOST, port);
	}

	private void listen() {
		this.log.list = new CopyOnWriteArrayList<>();
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setLevel(Level.DEBUG);
		this.logger.setAdditive(false);
	}

	private final class Results implements RelayListener {

		@Override
		public void delivered(QueueId id, Envelope envelope, List<AttemptResult> results) {
			add(results);
		}

		@Override
		public void deferred(QueueId id, Envelope envelope, List<AttemptResult> results, Instant retryAt) {
			add(results);
		}

		@Override
		public void bounced(QueueId id, Envelope envelope, List<AttemptResult> results) {
			add(results);
		}

		private void add(List<AttemptResult> results) {
			results.stream()
				.filter((result) -> !result.recipient().mailbox().domain().equals(DOMAIN))
				.forEach(SendingServer.this.results::add);
		}

	}

	/** Returns when the message is durable. */
	QueueId send(Envelope envelope, byte[] content) {
		return this.server.relay().orElseThrow().send(envelope, new Octets(content)).toCompletableFuture().join();
	}

	private record Octets(byte[] octets) implements NewMessage.Source {

		@Override
		public long size() {
			return this.octets.length;
		}

		@Override
		public InputStream openStream() {
			return new ByteArrayInputStream(this.octets);
		}

	}

	/** What has become of a message for the next recipient that is not ours. */
	AttemptResult result() throws InterruptedException {
		AttemptResult result = this.results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
		if (result == null) {
			throw new AssertionError("Nothing was sent; the log:\n" + String.join("\n", log()));
		}
		return result;
	}

	MessageQueue queue() {
		return this.server.relay().orElseThrow().queue();
	}

	/** What was logged, DEBUG included; it is not printed. */
	List<String> log() {
		return this.log.list.stream().map((event) -> event.getLevel() + " " + event.getFormattedMessage()).toList();
	}

	/** What has arrived for a user of this server. */
	List<Path> mail(String user) throws IOException {
		Path folder = this.directory.resolve("mail").resolve(user).resolve("new");
		if (!Files.isDirectory(folder)) {
			return List.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.toList();
		}
	}

	@Override
	public void close() {
		this.server.close();
		this.logger.detachAppender(this.log);
		this.logger.setLevel(this.level);
		this.logger.setAdditive(true);
	}

}
