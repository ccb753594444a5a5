/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import io.mailio.codec.BareNewline;
import io.mailio.session.Limits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dialogues of {@code src/test/resources/transcripts}, over each kind of connection.
 */
class TranscriptTests {

	private static final List<Connection> CONNECTIONS = List.of(new Connection("plain", false),
			new Connection("STARTTLS", true));

	/** What is different under TLS, or speaks of the greeting and of STARTTLS itself. */
	private static final Set<String> PLAIN_ONLY = Set.of("auth-needs-tls.txt", "greeting.txt", "others.txt");

	static Stream<Arguments> dialogues() {
		return CONNECTIONS.stream()
			.flatMap((connection) -> Transcript.all()
				.stream()
				.filter((dialogue) -> !connection.tls() || !PLAIN_ONLY.contains(dialogue.toString()))
				.map((dialogue) -> Arguments.of(connection, dialogue)));
	}

	@ParameterizedTest(name = "{1} ({0})")
	@MethodSource("dialogues")
	void goesAsWritten(Connection connection, Transcript dialogue) {
		play(connection, dialogue, TestClient::send);
	}

	@ParameterizedTest(name = "{1} ({0})")
	@MethodSource("dialogues")
	void goesAsWrittenInPiecesOfAnySize(Connection connection, Transcript dialogue) {
		long seed = System.nanoTime();
		System.out.println(dialogue + " in pieces, seed " + seed);
		Random random = new Random(seed);
		play(connection, dialogue, (client, octets) -> client.sendInPieces(octets, random));
	}

	private static void play(Connection connection, Transcript dialogue, Transcript.Speaker speaker) {
		Mailroom mailroom = new Mailroom();
		SmtpServer server = connection.prepare(setUp(dialogue.server(), mailroom)).build();
		server.start();
		try (server; TestClient client = connection.open(server.port())) {
			dialogue.play(client, speaker, mailroom);
		}
	}

	private static SmtpServer.Builder setUp(String name, Mailroom mailroom) {
		return switch (name) {
			case "plain" -> mailroom.open();
			case "fix" -> mailroom.open().bareNewline(BareNewline.FIX);
			case "allow" -> mailroom.open().bareNewline(BareNewline.ALLOW);
			case "nobody" -> Mailroom.server();
			case "auth" -> auth(mailroom).authRequiresTls(false);
			case "auth-tls" -> auth(mailroom);
			case "small" -> mailroom.open()
				.limits(Limits.builder().commandLine(512).maxRecipients(2).messageSize(2000).errors(7).build());
			default -> throw new IllegalArgumentException("There is no set-up '" + name + "'");
		};
	}

	private static SmtpServer.Builder auth(Mailroom mailroom) {
		return mailroom.open()
			.handler("auth", "john",
					(req, res) -> Arrays.asList("john", "doe")
						.equals(List.of(req.user().username(), req.user().password())) ? res.accept()
								: res.reject(535, "5.7.8 Who are you?"));
	}

	/** How a dialogue's connection is made; the dialogue itself does not know. */
	record Connection(String name, boolean tls) {

		SmtpServer.Builder prepare(SmtpServer.Builder server) {
			return this.tls ? server.tls(TestKeys.FIRST.server()) : server;
		}

		TestClient open(int port) {
			return this.tls ? TestClient.startTls(port, TestKeys.FIRST.client()) : TestClient.connect(port);
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
