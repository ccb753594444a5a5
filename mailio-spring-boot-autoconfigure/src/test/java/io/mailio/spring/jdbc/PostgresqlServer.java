/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL of its own, beside one that the system may have: everything of it is below
 * one directory, and it listens on 127.0.0.1 alone. It does not run as root; there it
 * runs as the user {@code postgres}.
 */
final class PostgresqlServer implements AutoCloseable {

	private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

	private static final String SUPERUSER = "mailio";

	private static final int PATIENCE_SECONDS = 60;

	private final Path programs = programs();

	private final Path directory;

	private final int port;

	/**
	 * Starts it.
	 * @param directory a new one, which any user can reach
	 */
	PostgresqlServer(Path directory) {
		this.directory = directory;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			this.port = socket.getLocalPort();
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
			if (isRoot()) {
				Files.setOwner(directory,
						FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		run("initdb", "--pgdata=" + data(), "--username=" + SUPERUSER, "--auth=trust", "--encoding=UTF8",
				"--locale=C.UTF-8", "--no-sync");
		run("pg_ctl", "--pgdata=" + data(), "--log=" + directory.resolve("log"), "--wait", "start",
				"--options=-p " + this.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + directory);
	}

	private static Path programs() {
		try (Stream<Path> versions = Files.isDirectory(PROGRAMS) ? Files.list(PROGRAMS) : Stream.empty()) {
			return versions.map((version) -> version.resolve("bin"))
				.filter((bin) -> Files.isExecutable(bin.resolve("initdb")))
				.max(Comparator.naturalOrder())
				.orElseThrow(() -> new AssertionError("The interop tests need PostgreSQL below " + PROGRAMS
						+ ". On Debian: apt-get install postgresql"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private Path data() {
		return this.directory.resolve("data");
	}

	private void run(String program, String... arguments) {
		List<String> command = new ArrayList<>(isRoot() ? List.of("runuser", "-u", "postgres", "--") : List.of());
		command.add(this.programs.resolve(program).toString());
		command.addAll(List.of(arguments));
		Path output = this.directory.resolve(program + ".txt");
		try {
			Process process = new ProcessBuilder(command).directory(this.directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
			process.destroyForcibly();
			if (!ended || process.exitValue() != 0) {
				throw new AssertionError(String.join(" ", command) + ":\n" + Files.readString(output));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted", ex);
		}
	}

	/** Where it is. */
	TestDatabase database() {
		return TestDatabase.postgresql("jdbc:postgresql://127.0.0.1:" + this.port + "/postgres", SUPERUSER);
	}

	/** Stops it; who is still connected is not waited for. */
	@Override
	public void close() {
		run("pg_ctl", "--pgdata=" + data(), "--mode=fast", "--wait", "stop");
	}

}
