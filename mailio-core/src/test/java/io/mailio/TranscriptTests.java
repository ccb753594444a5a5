/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import io.mailio.codec.BareNewline;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import io.mailio.transport.TlsEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dialogues of {@code src/test/resources/transcripts}, over each kind of connection.
 */
class TranscriptTests {

	/** What speaks of the greeting, of STARTTLS, or of what is different under TLS. */
	private static final Set<String> PLAIN_ONLY = Set.of("auth-needs-tls.txt", "greeting.txt", "others.txt");

	/** What speaks of HELO, or of one reply for several recipients. */
	private static final Set<String> SMTP_ONLY = Set.of("greeting.txt", "limits.txt", "names.txt", "transaction.txt");

	static Stream<Arguments> dialogues() {
		return Stream.of(Connection.values())
			.flatMap((connection) -> Transcript.all()
				.stream()
				.filter(connection::canHold)
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
			dialogue.play(client, connection.translated(speaker), mailroom);
		}
	}

	static SmtpServer.Builder setUp(String name, Mailroom mailroom) {
		return switch (name) {
			case "plain" -> mailroom.open();
			case "lmtp" -> mailroom.open()
				.handler("queue", "choosy", (spec) -> spec.before("mailroom").blocking(false), TranscriptTests::choose);
			case "fix" -> mailroom.open().bareNewline(BareNewline.FIX);
			case "allow" -> mailroom.open().bareNewline(BareNewline.ALLOW);
			case "nobody" -> Mailroom.server();
			case "auth" -> auth(mailroom).authRequiresTls(false);
			case "auth-tls" -> auth(mailroom);
			case "tokens" -> mailroom.open().authRequiresTls(false).authenticator(AuthTests.tokens());
			case "scram" -> mailroom.open().authRequiresTls(false).credentialStore(AuthTests.john());
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

	/** Refuses those whose names say so. */
	private static Decision choose(SmtpRequest req, SmtpResponse res) {
		for (Mailbox recipient : req.session().envelope().to()) {
			switch (recipient.localPart()) {
				case "full" -> res.rejectRecipient(recipient, new Reply(452, new EnhancedStatusCode(2, 2), "Full"));
				case "gone" -> res.rejectRecipient(recipient, 550, "Gone");
				default -> {
				}
			}
		}
		return res.accept();
	}

	/** How a dialogue's connection is made; the dialogue itself does not know. */
	enum Connection {

		PLAIN(TlsMode.NONE, Protocol.SMTP, TlsEngine.JDK), STARTTLS(TlsMode.STARTTLS, Protocol.SMTP, TlsEngine.JDK),
		STARTTLS_OPENSSL(TlsMode.STARTTLS, Protocol.SMTP, TlsEngine.OPENSSL),
		IMPLICIT_TLS(TlsMode.IMPLICIT, Protocol.SMTP, TlsEngine.JDK),
		IMPLICIT_TLS_OPENSSL(TlsMode.IMPLICIT, Protocol.SMTP, TlsEngine.OPENSSL),
		LMTP(TlsMode.NONE, Protocol.LMTP, TlsEngine.JDK);

		private final TlsMode tls;

		private final Protocol protocol;

		private final TlsEngine engine;

		Connection(TlsMode tls, Protocol protocol, TlsEngine engine) {
			this.tls = tls;
			this.protocol = protocol;
			this.engine = engine;
		}

		boolean canHold(Transcript dialogue) {
			String name = dialogue.toString();
			boolean local = this.protocol == Protocol.LMTP;
			return (this.tls == TlsMode.NONE || !PLAIN_ONLY.contains(name))
					&& (local ? !SMTP_ONLY.contains(name) : !name.startsWith("lmtp-"));
		}

		SmtpServer.Builder prepare(SmtpServer.Builder server) {
			if (this.tls != TlsMode.NONE) {
				server.tls(TestKeys.FIRST.server(this.engine));
			}
			return server.listener("test",
					(test) -> test.address(InetAddress.getLoopbackAddress())
						.port(0)
						.tlsMode(this.tls)
						.protocol(this.protocol));
		}

		TestClient open(int port) {
			return switch (this.tls) {
				case NONE -> TestClient.connect(port);
				case STARTTLS -> TestClient.startTls(port, TestKeys.FIRST.client());
				case IMPLICIT -> {
					TestClient client = TestClient.connect(port);
					client.handshake(TestKeys.FIRST.client());
					yield client;
				}
			};
		}

		/** LMTP has its own word for EHLO. */
		Transcript.Speaker translated(Transcript.Speaker speaker) {
			return (this.protocol == Protocol.LMTP)
					? (client, octets) -> speaker.say(client, octets.replaceFirst("^EHLO", "LHLO")) : speaker;
		}

	}

}
