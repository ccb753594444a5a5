/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.mailio.BlockingCalls;
import io.mailio.LeakWatch;
import io.mailio.Mailroom;
import io.mailio.SmtpServer;
import io.mailio.TestCertificates;
import io.mailio.TestKeys;
import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.auth.ScramVerifier;
import io.mailio.handler.User;
import io.mailio.relay.Verdict.Advice;
import io.mailio.relay.Verdict.Kind;
import io.mailio.session.Limits;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import io.mailio.smtp.Envelope;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;
import io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** The client over real connections, most of them to our own server. */
class SmtpClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static SmtpClient.Builder client() {
		return SmtpClient.builder().ehloName("client.example").timeouts(SmtpTimeouts.all(PATIENCE));
	}

	/** With handshakes and with content. */
	private static SmtpTimeouts impatient() {
		Duration instant = Duration.ofMillis(300);
		return new SmtpTimeouts(PATIENCE, PATIENCE, PATIENCE, instant, PATIENCE, PATIENCE, PATIENCE, instant, PATIENCE,
				PATIENCE);
	}

	private static SmtpTarget target(SmtpServer server) {
		return target(server.port());
	}

	private static SmtpTarget target(int port) {
		return SmtpTarget.of("mx.example.com", new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	private static Transmission send(SmtpClient client, SmtpTarget target) {
		return send(client, target, Mail.envelope(), "Subject: x\r\n\r\nHello\r\n");
	}

	private static Transmission send(SmtpClient client, SmtpTarget target, Envelope envelope, String content) {
		return client.send(target, envelope, Mail.content(content))
			.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
			.join();
	}

	private static Verdict verdict(Transmission transmission) {
		return transmission.results().get(0).verdict();
	}

	private static SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	private static UnaryOperator<String> normalised() {
		return (content) -> {
			String lines = content.replaceAll("\r\n|\r|\n", "\n").replace("\n", "\r\n");
			return (lines.isEmpty() || lines.endsWith("\n")) ? lines : lines + "\r\n";
		};
	}

	@Test
	void randomContentArrivesOctetForOctet() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		Mailroom mailroom = new Mailroom();
		int rounds = 150;
		try (SmtpServer server = started(
				mailroom.open().rawHeaders(io.mailio.session.RawHeaders.ALLOW).tls(TestKeys.FIRST.server()));
				SmtpClient client = client().build()) {
			for (int round = 0; round < rounds; round++) {
				String content = random(random);
				TlsPolicy policy = random.nextBoolean() ? TlsPolicy.NONE : TlsPolicy.REQUIRED;
				Transmission sent = send(client, target(server).withTls(policy), Mail.envelope(), content);
				assertThat(sent.isDelivered()).as("seed %d, round %d: %s", seed, round, sent).isTrue();
				Mailroom.Letter letter = mailroom.letters().get(round);
				assertThat(letter.content().equals(Mailroom.kept(normalised().apply(content))))
					.as("seed %d, round %d", seed, round)
					.isTrue();
			}
		}
	}

	/** Of all sizes, with line ends and dots where they hurt. */
	private static String random(Random random) {
		int length = (random.nextInt(10) == 0) ? random.nextInt(1_000_000) : random.nextInt(500);
		StringBuilder content = new StringBuilder();
		String[] pieces = { "\r\n", "\n", "\r", ".", "\r\n.\r\n", "a", "\u00e9", "\r\n..", "line of text", "\0" };
		while (content.length() < length) {
			content.append(pieces[random.nextInt(pieces.length)]);
			if (random.nextInt(20) == 0) {
				content.append("x".repeat(random.nextInt(900))).append("\r\n");
			}
		}
		return content.toString();
	}

	@Test
	void randomContentByDataArrivesOctetForOctet() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open().rawHeaders(io.mailio.session.RawHeaders.ALLOW));
				WithoutChunking proxy = WithoutChunking.before(server.port());
				SmtpClient client = client().build()) {
			for (int round = 0; round < 60; round++) {
				String content = random(random);
				Transmission sent = send(client, target(proxy.port()), Mail.envelope(), content);
				assertThat(sent.isDelivered()).as("seed %d, round %d: %s", seed, round, sent).isTrue();
				assertThat(mailroom.letters().get(round).content().equals(Mailroom.kept(normalised().apply(content))))
					.as("seed %d, round %d", seed, round)
					.isTrue();
			}
		}
	}

	@Test
	void binaryContentArrivesAsItIs() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = mailroom.start(); SmtpClient client = client().build()) {
			byte[] octets = new byte[700_000];
			new Random(17).nextBytes(octets);
			String content = "A: b\r\n\r\n" + new String(octets, StandardCharsets.ISO_8859_1);
			Envelope envelope = Mail.envelope("<a@client.example> BODY=BINARYMIME", "<b@example.com>");
			assertThat(send(client, target(server), envelope, content).isDelivered()).isTrue();
			assertThat(mailroom.letter().content().equals(content)).isTrue();
		}
	}

	@Test
	void parametersArriveAsTheyCame() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = mailroom.start(); SmtpClient client = client().build()) {
			Envelope envelope = Mail.envelope("<a@client.example> RET=HDRS ENVID=QQ+2B1 SMTPUTF8",
					"<b\u00fc@example.com> NOTIFY=SUCCESS ORCPT=utf-8;d\u00fc@example.com", "<c@example.org>");
			Transmission sent = send(client, target(server), envelope, "Subject: \u00c3\u00bc\r\n\r\n");
			assertThat(sent.isDelivered()).isTrue();
			assertThat(sent.notifies()).isTrue();
			Envelope arrived = mailroom.letter().envelope();
			assertThat(arrived.from()).isEqualTo(envelope.from());
			assertThat(arrived.recipients()).isEqualTo(envelope.recipients());
			assertThat(arrived.envelopeId()).contains("QQ+1");
			assertThat(arrived.isInternational()).isTrue();
			assertThat(arrived.parameters().value("RET")).contains("HDRS");
		}
	}

	@Test
	void moreRecipientsThanTheServerTakesAreServedAll() {
		Mailroom mailroom = new Mailroom();
		Limits limits = Limits.builder().maxRecipients(30).build();
		try (SmtpServer server = started(mailroom.open().limits(limits)); SmtpClient client = client().build()) {
			Transmission sent = send(client, target(server), Mail.envelopeTo(100), "x\r\n");
			assertThat(sent.isDelivered()).isTrue();
			assertThat(mailroom.letters()).hasSize(4);
			assertThat(mailroom.letters().stream().flatMap((letter) -> letter.envelope().to().stream())).hasSize(100)
				.doesNotHaveDuplicates();
			assertThat(client.connections()).isEqualTo(1);
		}
	}

	// TLS

	@ParameterizedTest
	@CsvSource({ "JDK, JDK", "JDK, OPENSSL", "OPENSSL, JDK", "OPENSSL, OPENSSL" })
	void mailGoesOverTlsIfItIsOffered(TlsEngine engine, SslProvider provider) {
		try (SmtpServer server = started(new Mailroom().open().tls(TestKeys.FIRST.server(engine)));
				SmtpClient client = client().sslProvider(provider).build()) {
			Transmission sent = send(client, target(server));
			assertThat(sent.isDelivered()).isTrue();
			assertThat(sent.tls()).isNotNull();
			assertThat(sent.tls().protocol()).isEqualTo("TLSv1.3");
			assertThat(sent.tls().verified()).isFalse();
			assertThat(send(client, target(server).withTls(TlsPolicy.NONE)).tls()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "false, JDK", "true, JDK", "false, OPENSSL", "true, OPENSSL" })
	void aCertificateThatIsTrustedAndNamesTheHostIsTaken(boolean implicit, SslProvider provider) {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open()
			.tls(Tls.of(TestCertificates.DEFAULT.keys()))
			.listener("mx",
					(spec) -> spec.address(InetAddress.getLoopbackAddress())
						.port(0)
						.tlsMode(implicit ? TlsMode.IMPLICIT : TlsMode.STARTTLS)));
				SmtpClient client = client().trust(TestCertificates.AUTHORITY.trust()).sslProvider(provider).build()) {
			SmtpTarget target = target(server).withTls(TlsPolicy.VERIFIED);
			Transmission sent = send(client, implicit ? target.withImplicitTls() : target);
			assertThat(sent.isDelivered()).as(sent.toString()).isTrue();
			assertThat(sent.tls()).isNotNull();
			assertThat(sent.tls().verified()).isTrue();
		}
	}

	/** Whose name is another one's, and whom nobody trusts. */
	@ParameterizedTest
	@CsvSource({ "JDK, FOO, mx.example.com", "JDK, DEFAULT, mx.foo.com", "JDK, STRANGER, mx.example.com",
			"JDK, DEFAULT, 127.0.0.1", "OPENSSL, FOO, mx.example.com", "OPENSSL, DEFAULT, mx.foo.com",
			"OPENSSL, STRANGER, mx.example.com", "OPENSSL, DEFAULT, 127.0.0.1" })
	void anotherCertificateIsNotTaken(SslProvider provider, TestCertificates certificate, String hostname) {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open().tls(Tls.of(certificate.keys())));
				SmtpClient client = client().trust(TestCertificates.AUTHORITY.trust()).sslProvider(provider).build()) {
			SmtpTarget target = SmtpTarget.of(hostname, target(server).address());
			Transmission verified = send(client, target.withTls(TlsPolicy.VERIFIED));
			assertThat(verdict(verified).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(verified).phase()).isEqualTo(Phase.TLS);
			assertThat(verdict(verified).reply().toString()).startsWith("454 4.7.5 ").contains("certificate");
			assertThat(verdict(verified).advice()).isEqualTo(Advice.NEXT_HOST);
			assertThat(mailroom.letters()).isEmpty();
			assertThat(send(client, target.withTls(TlsPolicy.REQUIRED)).isDelivered()).isTrue();
			Transmission requireTls = send(client, target,
					Mail.envelope("<a@client.example> REQUIRETLS", "<b@example.com>"), "x\r\n");
			assertThat(verdict(requireTls).kind()).isEqualTo(Kind.PERMANENT);
			assertThat(verdict(requireTls).reply().toString()).startsWith("550 5.7.30 ");
		}
	}

	@Test
	void aMessageThatRequiresTlsGoesOverVerifiedTls() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open().tls(Tls.of(TestCertificates.DEFAULT.keys())));
				SmtpClient client = client().trust(TestCertificates.AUTHORITY.trust()).build()) {
			Transmission sent = send(client, target(server).withTls(TlsPolicy.NONE),
					Mail.envelope("<a@client.example> REQUIRETLS", "<b@example.com>"), "x\r\n");
			assertThat(sent.isDelivered()).as(sent.toString()).isTrue();
			assertThat(mailroom.letter().envelope().requiresTls()).isTrue();
		}
	}

	@Test
	void aHandshakeThatFailsLeadsToAConnectionWithoutTls() {
		for (String handshake : List.of("220 go", "CLOSE", "RST")) {
			try (ScriptedServer server = ScriptedServer.start("220 mx", "250-mx|250 STARTTLS", handshake, "CLOSE");
					SmtpClient client = client().build()) {
				Transmission sent = send(client, server.target());
				assertThat(server.connections()).as(handshake).isEqualTo(2);
				assertThat(verdict(sent).phase().isOpening()).isFalse();
				assertThat(server.heard()).contains("MAIL FROM:<a@client.example>");
				int before = server.connections();
				Transmission required = send(client, server.target().withTls(TlsPolicy.REQUIRED));
				assertThat(server.connections()).isEqualTo(before + 1);
				assertThat(verdict(required).kind()).isEqualTo(Kind.TEMPORARY);
				assertThat(verdict(required).phase()).isEqualTo(Phase.TLS);
			}
		}
	}

	@Test
	void aHandshakeThatDoesNotEndIsEnded() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250-mx|250 STARTTLS", "220 go");
				SmtpClient client = client().timeouts(impatient()).build()) {
			Transmission sent = send(client, server.target().withTls(TlsPolicy.REQUIRED));
			assertThat(verdict(sent).phase()).isEqualTo(Phase.TLS);
			assertThat(verdict(sent).reply().toString()).startsWith("454 4.7.5 ");
		}
	}

	// Logins

	private static Authenticator passwords() {
		return (credentials, session) -> (credentials instanceof Credentials.Password password
				&& password.username().equals("john") && password.password().equals("d\u00f6e"))
						? Optional.of(User.named("john")) : Optional.empty();
	}

	private static SmtpServer.Builder guarded(Mailroom mailroom) {
		return mailroom.open()
			.tls(TestKeys.FIRST.server())
			.handler("mail", "guard",
					(req, res) -> req.session().authenticated() ? res.accept() : res.reject(530, "5.7.0 Log in"));
	}

	@Test
	void aLoginOpensTheDoor() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(guarded(mailroom).authenticator(passwords()));
				SmtpClient client = client().build()) {
			assertThat(verdict(send(client, target(server))).reply().code()).isEqualTo(530);
			Transmission wrong = send(client, target(server).withLogin(new Login("john", "wrong")));
			assertThat(verdict(wrong).kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict(wrong).phase()).isEqualTo(Phase.AUTH);
			assertThat(verdict(wrong).reply().toString()).startsWith("454 4.7.0 The login has failed: 535 5.7.8 ");
			assertThat(send(client, target(server).withLogin(new Login("john", "d\u00f6e"))).isDelivered()).isTrue();
		}
	}

	@Test
	void scramProvesThePasswordOnBothSides() {
		Mailroom mailroom = new Mailroom();
		ScramVerifier john = ScramVerifier.of("d\u00f6e", 10_000);
		try (SmtpServer server = started(guarded(mailroom)
			.credentialStore((name) -> name.equals("j=o,n") ? Optional.of(john) : Optional.empty()));
				SmtpClient client = client().build()) {
			Transmission sent = send(client, target(server).withLogin(new Login("j=o,n", "d\u00f6e")));
			assertThat(sent.isDelivered()).as(sent.toString()).isTrue();
			Transmission wrong = send(client, target(server).withLogin(new Login("j=o,n", "doe")));
			assertThat(verdict(wrong).phase()).isEqualTo(Phase.AUTH);
		}
	}

	@Test
	void aLoginNeedsTlsUnlessItIsAllowedWithout() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(guarded(mailroom).authRequiresTls(false).authenticator(passwords()));
				SmtpClient careful = client().build();
				SmtpClient careless = client().loginWithoutTls(true).build()) {
			SmtpTarget target = target(server).withTls(TlsPolicy.NONE).withLogin(new Login("john", "d\u00f6e"));
			Verdict refused = verdict(send(careful, target));
			assertThat(refused.kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(refused.reply().toString()).startsWith("454 4.7.0 The login needs TLS");
			assertThat(send(careless, target).isDelivered()).isTrue();
		}
	}

	@Test
	void aServerThatOffersNoLoginThatWeKnowGetsNoMail() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250-mx|250 AUTH GSSAPI");
				SmtpClient client = client().loginWithoutTls(true).build()) {
			Verdict verdict = verdict(send(client, server.target().withLogin(new Login("a", "b"))));
			assertThat(verdict.phase()).isEqualTo(Phase.AUTH);
			assertThat(server.heard()).noneMatch((line) -> line.startsWith("MAIL"));
		}
	}

	@Test
	void aServerThatDoesNotProveThatItKnowsThePasswordGetsNoMail() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250-mx|250 AUTH SCRAM-SHA-256", "235 welcome");
				SmtpClient client = client().loginWithoutTls(true).build()) {
			Verdict verdict = verdict(send(client, server.target().withLogin(new Login("a", "b"))));
			assertThat(verdict.reply().toString()).contains("has not proved");
		}
	}

	@Test
	void nonsenseInALoginIsCancelled() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250-mx|250 AUTH SCRAM-SHA-256", "334 !!!",
				"501 ok"); SmtpClient client = client().loginWithoutTls(true).build()) {
			Verdict verdict = verdict(send(client, server.target().withLogin(new Login("a", "b"))));
			assertThat(verdict.reply().toString()).contains("501");
			await().until(() -> server.heard().contains("QUIT"));
			assertThat(server.heard()).contains("*");
		}
	}

	// LMTP

	@Test
	void lmtpTellsOfEachRecipient() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(
				mailroom.open().handler("queue", "some", (spec) -> spec.before("mailroom"), (req, res) -> {
					res.rejectRecipient(req.session().envelope().to().get(1), 452, "4.2.2 full");
					return res.accept();
				})
					.listener("local",
							(spec) -> spec.address(InetAddress.getLoopbackAddress()).port(0).protocol(Protocol.LMTP)));
				SmtpClient client = client().build()) {
			Transmission sent = send(client, target(server).withLmtp(), Mail.envelopeTo(3), "x\r\n");
			assertThat(sent.results().stream().map((one) -> one.verdict().kind())).containsExactly(Kind.DELIVERED,
					Kind.TEMPORARY, Kind.DELIVERED);
		}
	}

	// Trouble on the wire

	@Test
	void nobodyListens() throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (SmtpClient client = client().build()) {
			Verdict verdict = verdict(send(client, target(port)));
			assertThat(verdict.phase()).isEqualTo(Phase.CONNECT);
			assertThat(verdict.kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict.reply().toString())
				.startsWith("421 4.4.1 Cannot connect to mx.example.com [127.0.0.1]:");
			assertThat(client.connections()).isZero();
		}
	}

	@Test
	void anAddressOfOursThatIsNoneIsTrouble() throws Exception {
		try (SmtpServer server = new Mailroom().start(); SmtpClient client = client().build()) {
			InetAddress loopback = InetAddress.getByName("127.0.0.1");
			assertThat(send(client, target(server).withLocalAddress(loopback)).isDelivered()).isTrue();
			InetAddress foreign = InetAddress.getByName("192.0.2.1");
			Verdict verdict = verdict(send(client, target(server).withLocalAddress(foreign)));
			assertThat(verdict.phase()).isEqualTo(Phase.CONNECT);
			assertThat(verdict.kind()).isEqualTo(Kind.TEMPORARY);
		}
	}

	/** At each point the server ends its side, resets the connection, or says nothing. */
	@ParameterizedTest
	@ValueSource(strings = { "FIN", "RST", "CLOSE", "-" })
	void serversThatEndTheConversationAtAnyPointAreTrouble(String end) {
		String[] whole = { "220 mx", "250-mx|250 8BITMIME", "250 ok", "250 ok", "354 go", "-", "-", "-", "250 ok" };
		Duration patience = end.equals("-") ? Duration.ofMillis(300) : PATIENCE;
		try (SmtpClient client = client().timeouts(SmtpTimeouts.all(patience).withConnect(PATIENCE)).build()) {
			for (int point = 0; point < whole.length; point++) {
				String[] script = java.util.Arrays.copyOf(whole, point + 1);
				script[point] = end;
				try (ScriptedServer server = ScriptedServer.start(script)) {
					Verdict verdict = verdict(send(client, server.target().withTls(TlsPolicy.NONE)));
					assertThat(verdict.kind()).as("point %d", point).isEqualTo(Kind.TEMPORARY);
					assertThat(verdict.fromServer()).as("point %d", point).isFalse();
				}
			}
			await().until(() -> client.connections() == 0);
		}
	}

	@Test
	void aMessageWhoseServerReadsNothingIsGivenUp() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				SmtpClient client = client().timeouts(impatient()).build()) {
			CompletableFuture<Transmission> result = client.send(target(socket.getLocalPort()).withTls(TlsPolicy.NONE),
					Mail.envelope(), Mail.content(("x".repeat(98) + "\r\n").repeat(300_000)));
			try (java.net.Socket peer = socket.accept()) {
				peer.getOutputStream().write("220 mx\r\n".getBytes(StandardCharsets.US_ASCII));
				java.io.BufferedReader in = new java.io.BufferedReader(
						new java.io.InputStreamReader(peer.getInputStream(), StandardCharsets.ISO_8859_1), 64);
				for (String reply : List.of("250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n")) {
					in.readLine();
					peer.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
				}
				Verdict verdict = verdict(result.orTimeout(30, TimeUnit.SECONDS).join());
				assertThat(verdict.phase()).isEqualTo(Phase.CONTENT);
				assertThat(verdict.reply().toString()).contains("Time-out");
			}
		}
	}

	// The client itself

	@Test
	void manyMessagesAtOnceArriveAll() {
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open().tls(TestKeys.FIRST.server()));
				SmtpClient client = client().build()) {
			List<CompletableFuture<Transmission>> results = new ArrayList<>();
			for (int i = 0; i < 80; i++) {
				results.add(client.send(target(server), Mail.envelope(), Mail.content("Subject: " + i + "\r\n\r\n")));
			}
			results
				.forEach((result) -> assertThat(result.orTimeout(60, TimeUnit.SECONDS).join().isDelivered()).isTrue());
			assertThat(mailroom.letters().stream().map(Mailroom.Letter::content)).hasSize(80).doesNotHaveDuplicates();
			assertThat(client.connections()).isEqualTo(client.idleConnections());
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "JDK", "OPENSSL" })
	void nothingBlocksAnEventLoop(SslProvider provider) {
		int before = BlockingCalls.all().size();
		Mailroom mailroom = new Mailroom();
		try (SmtpServer server = started(mailroom.open().tls(TestKeys.FIRST.server()).authenticator(passwords()));
				SmtpClient client = client().sslProvider(provider).build()) {
			String large = "\r\n" + ("x".repeat(98) + "\r\n").repeat(20_000);
			assertThat(send(client, target(server), Mail.envelope(), large)).matches(Transmission::isDelivered);
			SmtpTarget login = target(server).withLogin(new Login("john", "d\u00f6e"));
			assertThat(send(client, login)).matches(Transmission::isDelivered);
			assertThat(send(client, target(server).withTls(TlsPolicy.VERIFIED)).isDelivered()).isFalse();
		}
		assertThat(BlockingCalls.all().subList(before, BlockingCalls.all().size()))
			.noneMatch((call) -> call.startsWith("mailio-client"));
	}

	@Test
	void closingEndsWhatIsGoingOn() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250 mx", "250 ok")) {
			SmtpClient client = client().build();
			CompletableFuture<Transmission> result = client.send(server.target(), Mail.envelope(),
					Mail.content("x\r\n"));
			await().until(() -> server.heard().contains("RCPT TO:<b@example.com>"));
			client.close();
			Verdict verdict = verdict(result.join());
			assertThat(verdict.kind()).isEqualTo(Kind.TEMPORARY);
			assertThat(verdict.phase()).isEqualTo(Phase.RCPT);
			assertThat(verdict.reply().toString()).startsWith("451 4.3.2 ");
			assertThat(client.connections()).isZero();
			client.close();
			assertThat(verdict(send(client, server.target())).reply().toString()).startsWith("451 4.3.2 ");
		}
	}

	@Test
	void closingSaysGoodbyeOnIdleConnections() {
		CountDownLatch quit = new CountDownLatch(1);
		try (SmtpServer server = started(new Mailroom().open().handler("quit", "seen", (req, res) -> {
			quit.countDown();
			return res.accept();
		}))) {
			SmtpClient client = client().build();
			assertThat(send(client, target(server)).isDelivered()).isTrue();
			assertThat(client.idleConnections()).isEqualTo(1);
			client.close();
			assertThat(quit.getCount()).isZero();
			await().until(() -> server.connections() == 0);
		}
	}

	@Test
	void aServerThatStaysSilentDoesNotKeepTheClientFromEnding() {
		try (ScriptedServer server = ScriptedServer.start("220 mx", "250 mx", "550 no", "-")) {
			SmtpClient client = client().build();
			assertThat(verdict(send(client, server.target())).kind()).isEqualTo(Kind.PERMANENT);
			client.close();
			assertThat(client.connections()).isZero();
		}
	}

	@Test
	void aCancelledConnectionAttemptLeavesNothingBehind() {
		try (SmtpServer server = new Mailroom().start(); SmtpClient client = client().build()) {
			for (int i = 0; i < 100; i++) {
				client.send(target(server), Mail.envelope(), Mail.content("x\r\n")).cancel(true);
			}
			await().until(() -> client.connections() == client.idleConnections());
			await().until(() -> server.connections() == client.idleConnections());
		}
		LeakWatch.collectGarbage();
		LeakWatch.check();
	}

	@Test
	void whatCannotBeIsRefused() {
		try (SmtpClient client = client().build()) {
			Envelope nobody = new Envelope(Mail.envelope().from(), Mail.envelope().parameters(), List.of());
			assertThatIllegalArgumentException().isThrownBy(() -> client.send(target(1), nobody, Mail.content("")));
		}
		InetSocketAddress unresolved = InetSocketAddress.createUnresolved("mx.example.com", 25);
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpTarget.of("mx.example.com", unresolved));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpTarget.of("mx\r\nexample", target(1).address()));
		assertThatIllegalArgumentException().isThrownBy(() -> target(1).withEhloName("a b"));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpClient.builder().ehloName("a\r\nb"));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpClient.builder().maxRecipients(0));
		assertThatIllegalArgumentException().isThrownBy(() -> SmtpTimeouts.all(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> new Login("", "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> new Login("a\0b", "x"));
	}

}
