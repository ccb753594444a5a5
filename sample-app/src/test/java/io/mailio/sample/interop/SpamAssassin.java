/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * A spamd of its own, with settings below one directory and the rules that Debian brings.
 * It asks nobody on the network, learns nothing, and listens on 127.0.0.1.
 */
final class SpamAssassin implements AutoCloseable {

	private static final Path RULES = Path.of("/usr/share/spamassassin");

	private static final Path PLUGINS = Path.of("/etc/spamassassin");

	private static final int PATIENCE_SECONDS = 60;

	private final Process process;

	private final Path log;

	private final int port;

	/**
	 * Starts it.
	 * @param directory a new one, which any user can reach
	 */
	SpamAssassin(Path directory) throws IOException {
		Program.installed("spamd", "spamd");
		if (!"root".equals(System.getProperty("user.name"))) {
			throw new AssertionError("The interop tests start spamd as the user nobody, which only root can do");
		}
		Path site = Files.createDirectories(directory.resolve("site"));
		Path home = Files.createDirectories(directory.resolve("home"));
		Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
		Files.write(site.resolve("local.cf"), List.of("use_bayes 0", "required_score 6.5", "dns_available no"));
		try (Stream<Path> files = Files.list(PLUGINS)) {
			for (Path plugins : files.filter((file) -> file.toString().endsWith(".pre")).toList()) {
				Files.copy(plugins, site.resolve(plugins.getFileName()));
			}
		}
		this.port = FreePorts.one();
		this.log = directory.resolve("log");
		this.process = new ProcessBuilder("spamd", "--local", "--listen=" + Sending.HOST, "--port=" + this.port,
				"--allowed-ips=" + Sending.HOST, "--max-children=2", "--nouser-config", "--username=nobody",
				"--helper-home-dir=" + home, "--configpath=" + RULES, "--siteconfigpath=" + site, "--syslog=stderr",
				"--pidfile=" + directory.resolve("pid"))
			.redirectErrorStream(true)
			.redirectOutput(this.log.toFile())
			.start();
		Awaitility.await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> !this.process.isAlive() || answers());
		if (!this.process.isAlive()) {
			throw new AssertionError("spamd has ended:\n" + log());
		}
	}

	private boolean answers() {
		try (Socket socket = new Socket(Sending.HOST, this.port)) {
			socket.getOutputStream().write("PING SPAMC/1.5\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).contains("PONG");
		}
		catch (IOException ex) {
			return false;
		}
	}

	int port() {
		return this.port;
	}

	/** What it has to say. */
	String log() throws IOException {
		return Files.readString(this.log, StandardCharsets.ISO_8859_1);
	}

	/** Ends it, which ends its children. */
	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
			this.process.destroyForcibly();
		}
	}

}
