/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that sends mail on is killed again and again while it takes and sends mail:
 * what it has acknowledged arrives, whole. {@code -Dmailio.relay.crashes} says how often,
 * {@code -Dmailio.relay.seed} repeats a run.
 */
class RelayCrashTests {

	private static final int CRASHES = Integer.getInteger("mailio.relay.crashes", 5);

	private static final int CLIENTS = 4;

	@TempDir
	private Path directory;

	private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

	private final Set<String> arrived = ConcurrentHashMap.newKeySet();

	private final Queue<String> broken = new ConcurrentLinkedQueue<>();

	private final AtomicInteger number = new AtomicInteger();

	private final AtomicInteger refusals = new AtomicInteger();

	@Test
	void whatIsAcknowledgedArrives() throws Exception {
		long seed = Long.getLong("mailio.relay.seed", System.nanoTime());
		System.out.println("RelayCrashTests seed " + seed);
		Random random = new Random(seed);
		try (SmtpServer target = target(random.nextInt(5, 20))) {
			for (int crash = 0; crash < CRASHES; crash++) {
				loadAndKill(target.port(), 20 + random.nextInt(400), random.nextLong());
			}
			Process last = RelayProcess.start(this.directory, target.port());
			try {
				port(last);
				Awaitility.await()
					.atMost(Duration.ofMinutes(2))
					.untilAsserted(() -> assertThat(this.arrived).as("seed %d", seed).containsAll(this.acknowledged));
			}
			finally {
				last.destroyForcibly().waitFor();
			}
		}
		assertThat(this.broken).as("seed %d", seed).isEmpty();
		assertThat(this.acknowledged).hasSizeGreaterThan(CRASHES);
		assertThat(this.refusals).as("deferred messages").hasPositiveValue();
	}

	/** Refuses one message in some for a while. */
	private SmtpServer target(int oneIn) {
		SmtpServer target = Mailroom.server()
			.domains("elsewhere.example")
			.handler("queue", "check", (req, res) -> check(oneIn, req, res))
			.build();
		target.start();
		return target;
	}

	private Decision check(int oneIn, SmtpRequest req, SmtpResponse res) throws IOException {
		try (InputStream in = req.message().openStream()) {
			String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
			String id = req.message().headers().first("Subject").orElseThrow();
			if (!text.endsWith(content(id))) {
				this.broken.add(id);
			}
			if (Math.floorMod(id.hashCode() + this.refusals.get(), oneIn) == 0) {
				this.refusals.incrementAndGet();
				return res.reject(451, "4.3.0 Not now");
			}
			this.arrived.add(id);
		}
		return res.accept();
	}

	/** Says by itself whether it is right. */
	private static String content(String id) {
		int lines = (id.hashCode() & 0x3f) == 0 ? 2000 : id.hashCode() & 0x7f;
		return "Subject: " + id + "\r\n\r\n" + "this is the message %s, line after line\r\n".formatted(id).repeat(lines)
				+ "end of " + id + "\r\n";
	}

	private void loadAndKill(int targetPort, int acknowledgements, long seed) throws Exception {
		Process process = RelayProcess.start(this.directory, targetPort);
		try {
			int port = port(process);
			AtomicInteger left = new AtomicInteger(acknowledgements);
			CompletableFuture<?>[] clients = IntStream.range(0, CLIENTS)
				.mapToObj((client) -> CompletableFuture
					.runAsync(() -> load(port, process, left, new Random(seed + client))))
				.toArray(CompletableFuture[]::new);
			CompletableFuture.allOf(clients).join();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	private static int port(Process process) throws IOException {
		BufferedReader out = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
		String line = out.readLine();
		while (line != null && !line.startsWith("ready ")) {
			line = out.readLine();
		}
		assertThat(line).as("a server that starts").isNotNull();
		return Integer.parseInt(line.substring("ready ".length()));
	}

	/** Sends until the server is killed, which whoever gets the last reply does. */
	private void load(int port, Process process, AtomicInteger left, Random random) {
		try (TestClient client = TestClient.hello(port)) {
			while (process.isAlive()) {
				String id = "m" + this.number.incrementAndGet() + "-" + random.nextInt(1000);
				client.command("MAIL FROM:<a@example.com>", "250");
				client.command("RCPT TO:<b@elsewhere.example>", "250");
				client.command("DATA", "354");
				client.command(content(id) + ".", "250");
				this.acknowledged.add(id);
				if (left.decrementAndGet() <= 0) {
					process.toHandle().destroyForcibly();
				}
			}
		}
		catch (RuntimeException | AssertionError ex) {
			assertThat(left.get()).as("what keeps a client from sending: %s", ex).isLessThan(CLIENTS);
		}
	}

}
