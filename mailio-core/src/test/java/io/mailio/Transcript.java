/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A dialogue written down as text, one step per line: <pre>
 * # a comment
 * &#64;server auth           the set-up that the dialogue needs; "plain" if there is none
 * C: EHLO client         the client sends the line and CRLF
 * c: EHLO cl             the client sends the octets and nothing else
 * S: 250 2.1.0 *         the server sends such a line; * is any text
 * S: 250-...             the server sends any number of lines that begin with 250-
 * S: !250-AUTH*          among them none like this (directly after "...")
 * S: &lt;close&gt;             the server closes the connection
 * M: content             the kept message has this content (the lines of it, in order)
 * </pre> Within a client's or a content line {@code \r \n \t \\} and {@code \xHH} stand
 * for octets. How the connection is made is not said here, so that a dialogue can run
 * over any.
 */
record Transcript(String name, String server, List<Step> steps) {

	record Step(int line, Kind kind, String text) {
	}

	enum Kind {

		CLIENT, OCTETS, SERVER, CONTENT

	}

	private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9A-Fa-f]{2})|(.))");

	/** All dialogues, in the order of their names. */
	static List<Transcript> all() {
		try (Stream<Path> files = Files.list(Path.of(Transcript.class.getResource("/transcripts").toURI()))) {
			return files.filter((file) -> file.toString().endsWith(".txt")).sorted().map(Transcript::read).toList();
		}
		catch (IOException | java.net.URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Transcript read(Path file) {
		try {
			String server = "plain";
			List<Step> steps = new ArrayList<>();
			List<String> lines = Files.readAllLines(file);
			for (int i = 0; i < lines.size(); i++) {
				String line = lines.get(i);
				if (line.startsWith("@server ")) {
					server = line.substring("@server ".length()).strip();
				}
				else if (!line.isBlank() && !line.startsWith("#")) {
					steps.add(step(i + 1, line));
				}
			}
			return new Transcript(file.getFileName().toString(), server, steps);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Step step(int number, String line) {
		String text = (line.length() > 3) ? line.substring(3) : "";
		return switch (line.substring(0, 2)) {
			case "C:" -> new Step(number, Kind.CLIENT, unescape(text) + "\r\n");
			case "c:" -> new Step(number, Kind.OCTETS, unescape(text));
			case "S:" -> new Step(number, Kind.SERVER, text);
			case "M:" -> new Step(number, Kind.CONTENT, unescape(text));
			default -> throw new IllegalArgumentException("Line " + number + " is no step: " + line);
		};
	}

	private static String unescape(String text) {
		return ESCAPE.matcher(text).replaceAll((found) -> {
			String octet = (found.group(1) != null) ? String.valueOf((char) Integer.parseInt(found.group(1), 16))
					: switch (found.group(2)) {
						case "r" -> "\r";
						case "n" -> "\n";
						case "t" -> "\t";
						default -> found.group(2);
					};
			return Matcher.quoteReplacement(octet);
		});
	}

	/**
	 * Plays the client.
	 * @param client a fresh connection
	 * @param speaker how octets are sent
	 * @param mailroom where messages are kept
	 */
	void play(TestClient client, Speaker speaker, Mailroom mailroom) {
		String[] held = new String[1];
		for (int i = 0; i < this.steps.size(); i++) {
			Step step = this.steps.get(i);
			try {
				switch (step.kind()) {
					case CLIENT, OCTETS -> speaker.say(client, step.text());
					case SERVER -> held[0] = answer(client, step.text(), held[0], unwanted(i));
					case CONTENT -> {
					}
				}
			}
			catch (AssertionError ex) {
				throw new AssertionError(this.name + " line " + step.line() + ": " + ex.getMessage(), ex);
			}
		}
		List<String> content = this.steps.stream()
			.filter((step) -> step.kind() == Kind.CONTENT)
			.map(Step::text)
			.toList();
		if (!content.isEmpty()) {
			assertThat(mailroom.letters().stream().map(Mailroom.Letter::content).collect(Collectors.joining()))
				.as(this.name)
				.isEqualTo(content.stream().map((line) -> line + "\r\n").collect(Collectors.joining()));
		}
	}

	private List<String> unwanted(int from) {
		return this.steps.subList(from + 1, this.steps.size())
			.stream()
			.takeWhile((step) -> step.kind() == Kind.SERVER && step.text().startsWith("!"))
			.map((step) -> step.text().substring(1))
			.toList();
	}

	/** Checks one step; returns a line that was read and not yet used. */
	private static String answer(TestClient client, String expected, String held, List<String> unwanted) {
		if (expected.startsWith("!")) {
			return held;
		}
		if (expected.equals("<close>")) {
			client.expectClose();
			return null;
		}
		if (expected.endsWith("...")) {
			String start = expected.substring(0, expected.length() - 3);
			String line = (held != null) ? held : client.readLine();
			while (line.startsWith(start)) {
				String current = line;
				assertThat(unwanted).noneMatch((pattern) -> matches(pattern, current));
				line = client.readLine();
			}
			return line;
		}
		String line = (held != null) ? held : client.readLine();
		assertThat(matches(expected, line)).as("'%s' is like '%s'", line, expected).isTrue();
		return null;
	}

	private static boolean matches(String pattern, String line) {
		String regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
		return line.matches(regex);
	}

	/** All octets of the client. */
	byte[] clientOctets() {
		return this.steps.stream()
			.filter((step) -> step.kind() == Kind.CLIENT || step.kind() == Kind.OCTETS)
			.map(Step::text)
			.collect(Collectors.joining())
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	@Override
	public String toString() {
		return this.name;
	}

	/** How a client sends octets. */
	@FunctionalInterface
	interface Speaker {

		void say(TestClient client, String octets);

	}

}
