/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program of the system. A test fails when it is not there, does not end in time, or
 * ends with a failure; what the program has printed is in the message.
 */
final class Program {

	private static final int PATIENCE_SECONDS = 30;

	private final String name;

	private Program(String name) {
		this.name = name;
	}

	/** Looks for it. */
	static Program installed(String name, String debianPackages) {
		boolean found = Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
			.map((directory) -> Path.of(directory, name))
			.anyMatch(Files::isExecutable);
		if (!found) {
			throw new AssertionError("The interop tests need the program '%s'. On Debian: apt-get install %s"
				.formatted(name, debianPackages));
		}
		return new Program(name);
	}

	/** A program of the JDK. */
	static Program ofJava(String name) {
		return new Program(Path.of(System.getProperty("java.home"), "bin", name).toString());
	}

	/**
	 * Without input.
	 * @return what it has printed
	 */
	String run(Object... arguments) throws IOException, InterruptedException {
		return runWithInput(Path.of("/dev/null"), arguments);
	}

	/**
	 * Reads a file as its standard input.
	 * @return what it has printed
	 */
	String runWithInput(Path input, Object... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(this.name));
		Stream.of(arguments).map(Object::toString).forEach(command::add);
		Path output = Files.createTempFile("mailio-interop-", ".txt");
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectInput(input.toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment().put("LC_ALL", "C.UTF-8");
			Process process = builder.start();
			boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
			process.destroyForcibly();
			if (!ended || process.exitValue() != 0) {
				String end = ended ? "with " + process.exitValue() : "not within " + PATIENCE_SECONDS + " s";
				throw new AssertionError("This ended %s:%n%s%n%s".formatted(end, String.join(" ", command),
						new String(Files.readAllBytes(output))));
			}
			return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
		}
		finally {
			Files.delete(output);
		}
	}

}
