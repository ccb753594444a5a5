/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.auth.Credentials;
import io.mailio.auth.ScramClient;
import io.mailio.auth.ScramVerifier;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.Limits;
import io.mailio.smtp.Reply;
import io.mailio.transport.TlsEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** AUTH (RFC 4954) over real sockets, with those who check credentials. */
class AuthTests {

	private static final String TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

	private static final String RIGHT = "AUTH PLAIN " + base64("\0john\0doe");

	private static final String WRONG = "AUTH PLAIN " + base64("\0john\0roe");

	private final List<String> seen = new CopyOnWriteArrayList<>();

	/** Whoever has the token is John. */
	static Authenticator tokens() {
		return new Authenticator() {
			@Override
			public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
				boolean right = credentials instanceof Credentials.Token token && token.token().equals(TOKEN);
				return right ? Optional.of(User.named("john", "the principal")) : Optional.empty();
			}

			@Override
			public Set<Credentials.Kind> kinds() {
				return Set.of(Credentials.Kind.TOKEN);
			}
		};
	}

	/** Knows John, whose password is doe. */
	static CredentialStore john() {
		ScramVerifier doe = ScramVerifier.of("doe", ScramVerifier.ITERATIONS);
		return (name) -> Optional.of(doe).filter((verifier) -> name.equals("john"));
	}

	private static Authenticator passwords() {
		return (credentials, session) -> {
			Credentials.Password password = (Credentials.Password) credentials;
			return password.password().equals("doe") ? Optional.of(User.named(password.username(), Map.of("id", 7)))
					: Optional.empty();
		};
	}

	private static SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	private static SmtpServer.Builder open() {
		return new Mailroom().open().authRequiresTls(false);
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String challenge(TestClient client) {
		String line = client.expect("334 ");
		return new String(Base64.getDecoder().decode(line.substring(4)), StandardCharsets.UTF_8);
	}

	private static void scram(TestClient client, String mechanism, ScramClient scram) {
		client.send("AUTH " + mechanism + " " + base64(scram.first()) + "\r\n");
		client.send(base64(scram.last(challenge(client))) + "\r\n");
		scram.check(challenge(client));
		client.command("", "235 2.7.0");
	}

	@Test
	void scramWorksInClearTextIfThatIsAllowed() {
		try (SmtpServer server = started(open().credentialStore(john()));
				TestClient client = TestClient.hello(server.port())) {
			assertThat(client.command("EHLO me", "250")).endsWith("AUTH SCRAM-SHA-256 PLAIN LOGIN");
			scram(client, "SCRAM-SHA-256", new ScramClient("n,,", new byte[0], "john", "doe", "fyko"));
			client.command("MAIL FROM:<john@example.com>", "250");
		}
	}

	@Test
	void scramIsBoundToTheCertificate() throws Exception {
		SmtpServer.Builder builder = new Mailroom().open().tls(TestKeys.FIRST.server()).credentialStore(john());
		try (SmtpServer server = started(builder)) {
			try (TestClient client = TestClient.hello(server.port())) {
				SSLSession session = encrypt(client);
				byte[] binding = sha256(session.getPeerCertificates()[0].getEncoded());
				scram(client, "SCRAM-SHA-256-PLUS",
						new ScramClient("p=tls-server-end-point,,", binding, "john", "doe", "fyko"));
			}
			try (TestClient client = TestClient.hello(server.port())) {
				encrypt(client);
				scram(client, "SCRAM-SHA-256", new ScramClient("n,,", new byte[0], "john", "doe", "fyko"));
			}
			try (TestClient client = TestClient.hello(server.port())) {
				encrypt(client);
				ScramClient mallory = new ScramClient("p=tls-server-end-point,,", new byte[32], "john", "doe", "fyko");
				client.send("AUTH SCRAM-SHA-256-PLUS " + base64(mallory.first()) + "\r\n");
				client.command(base64(mallory.last(challenge(client))), "535 5.7.8");
				client.command("AUTH SCRAM-SHA-256 " + base64("y,,n=john,r=abc"), "535 5.7.8");
			}
		}
	}

	@Test
	@EnabledForJreRange(minVersion = 25)
	void scramIsBoundToTheConnectionWhereTheTlsStackExportsKeys() throws Exception {
		SmtpServer.Builder builder = new Mailroom().open()
			.tls(TestKeys.FIRST.server(TlsEngine.JDK))
			.credentialStore(john());
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			byte[] binding = exported(encrypt(client));
			assertThat(binding).hasSize(32);
			scram(client, "SCRAM-SHA-256-PLUS", new ScramClient("p=tls-exporter,,", binding, "john", "doe", "fyko"));
		}
	}

	@Test
	void aResumedSessionBindsAsWell() throws Exception {
		SmtpServer.Builder builder = new Mailroom().open().tls(TestKeys.FIRST.server()).credentialStore(john());
		SSLContext context = TestKeys.FIRST.client();
		try (SmtpServer server = started(builder)) {
			for (int i = 0; i < 3; i++) {
				try (TestClient client = TestClient.hello(server.port())) {
					SSLSession session = encrypt(client, context);
					byte[] binding = sha256(session.getPeerCertificates()[0].getEncoded());
					scram(client, "SCRAM-SHA-256-PLUS",
							new ScramClient("p=tls-server-end-point,,", binding, "john", "doe", "fyko"));
				}
			}
		}
	}

	private static SSLSession encrypt(TestClient client) {
		return encrypt(client, TestKeys.FIRST.client());
	}

	private static SSLSession encrypt(TestClient client, SSLContext context) {
		client.command("STARTTLS", "220");
		SSLSession session = client.handshake(context);
		assertThat(client.command("EHLO me", "250")).endsWith("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN");
		return session;
	}

	private static byte[] sha256(byte[] octets) throws GeneralSecurityException {
		return MessageDigest.getInstance("SHA-256").digest(octets);
	}

	private static byte[] exported(SSLSession session)
			throws IllegalAccessException, InvocationTargetException, NoSuchMethodException {
		return (byte[]) ExtendedSSLSession.class
			.getMethod("exportKeyingMaterialData", String.class, byte[].class, int.class)
			.invoke(session, "EXPORTER-Channel-Binding", new byte[0], 32);
	}

	@Test
	void handlersAreAskedAfterTheAuthenticatorAndMayRefuse() {
		SmtpServer.Builder builder = open().authenticator(passwords()).handler("auth", "veto", (req, res) -> {
			this.seen.add(req.user() + " " + req.user().password() + " " + req.user().principal().orElseThrow());
			return req.user().username().equals("john") ? res.accept(235, "Welcome") : res.reject(535, "Not you");
		}).handler("mail", "look", (req, res) -> {
			User user = req.session().user();
			this.seen.add(user + " " + user.hasPassword() + " " + user.principal().orElseThrow());
			return res.accept();
		});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command(WRONG, "535 5.7.8");
			assertThat(this.seen).isEmpty();
			client.command("AUTH PLAIN " + base64("\0jane\0doe"), "535 5.7.8 Not you");
			client.command(RIGHT, "235 2.7.0 Welcome");
			client.command("MAIL FROM:<>", "250");
		}
		assertThat(this.seen).containsExactly("jane doe {id=7}", "john doe {id=7}", "john false {id=7}");
	}

	@Test
	void handlersSeeNoPasswordWhereThereIsNone() {
		SmtpServer.Builder builder = open().authenticator(tokens())
			.credentialStore(john())
			.handler("auth", "look", (req, res) -> {
				assertThatIllegalStateException().isThrownBy(() -> req.user().password())
					.withMessageContaining("hasPassword");
				this.seen.add(req.command().data() + " " + req.user() + " " + req.user().principal().isPresent());
				return res.accept();
			});
		try (SmtpServer server = started(builder)) {
			try (TestClient client = TestClient.hello(server.port())) {
				client.command("AUTH OAUTHBEARER " + base64("n,,\1auth=Bearer " + TOKEN + "\1\1"), "235");
			}
			try (TestClient client = TestClient.hello(server.port())) {
				scram(client, "scram-sha-256", new ScramClient("n,,", new byte[0], "john", "doe", "fyko"));
			}
		}
		assertThat(this.seen).containsExactly("OAUTHBEARER john true", "scram-sha-256 john false");
	}

	@Test
	void anAuthenticatorThatFailsOrHangsIsATemporaryFailureAndCountsForNothing() {
		CountDownLatch never = new CountDownLatch(1);
		SmtpServer.Builder builder = open()
			.limits(Limits.builder()
				.authFailuresPerAddress(1)
				.authFailureDelay(Duration.ZERO)
				.handlerTimeout(Duration.ofMillis(100))
				.build())
			.authenticator((credentials, session) -> {
				switch (credentials.username()) {
					case "fail" -> throw new IllegalStateException("the directory is away");
					case "hang" -> never.await();
					case "expired" -> throw new SmtpReplyException(new Reply(535, "Your password has expired"));
					case "null" -> {
						return null;
					}
					default -> {
					}
				}
				return Optional.of(User.named(credentials.username()));
			});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH PLAIN " + base64("\0fail\0doe"), "454 4.7.0");
			client.command("AUTH PLAIN " + base64("\0hang\0doe"), "454 4.7.0");
			client.command("AUTH PLAIN " + base64("\0null\0doe"), "454 4.7.0");
			client.command("NOOP", "250");
			client.command(RIGHT, "235");
		}
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH PLAIN " + base64("\0expired\0doe"), "535 5.7.8 Your password has expired");
			client.command(RIGHT, "454 4.7.0");
		}
	}

	@Test
	void failuresOfAnAddressCountOverAllConnectionsAndListeners() {
		SmtpServer.Builder builder = Mailroom.server()
			.discard()
			.authRequiresTls(false)
			.limits(Limits.builder().authFailuresPerAddress(3).authFailureDelay(Duration.ZERO).build())
			.listener("one", (one) -> one.address(InetAddress.getLoopbackAddress()).port(0))
			.listener("two", (two) -> two.address(InetAddress.getLoopbackAddress()).port(0))
			.authenticator((credentials, session) -> {
				this.seen.add(credentials.username());
				return Optional.empty();
			});
		try (SmtpServer server = started(builder)) {
			for (String listener : List.of("one", "two", "one")) {
				try (TestClient client = TestClient.hello(server.port(listener))) {
					client.command(RIGHT, "535 5.7.8");
				}
			}
			try (TestClient client = TestClient.hello(server.port("two"))) {
				client.command(RIGHT, "454 4.7.0 Too many failed authentications from your network");
				client.command("MAIL FROM:<>", "250");
			}
		}
		assertThat(this.seen).hasSize(3);
	}

	@Test
	void guessesOnManyConnectionsAtOnceAreNotToldOfMoreThanTheLimit() {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch failed = new CountDownLatch(1);
		Limits once = Limits.builder().authFailuresPerAddress(1).authFailureDelay(Duration.ZERO).build();
		try (SmtpServer server = started(open().limits(once).authenticator((credentials, session) -> {
			if (credentials.username().equals("john")) {
				asked.countDown();
				failed.await();
				return Optional.of(User.named("john"));
			}
			asked.await();
			return Optional.empty();
		})); TestClient first = TestClient.hello(server.port()); TestClient second = TestClient.hello(server.port())) {
			first.send(RIGHT + "\r\n");
			second.command("AUTH PLAIN " + base64("\0jane\0doe"), "535 5.7.8");
			failed.countDown();
			first.expect("454 4.7.0 Too many failed authentications");
			first.command("NOOP", "250");
		}
	}

	@Test
	void theFailureThatReachesTheLimitIsAnsweredAsOne() {
		Limits once = Limits.builder().authFailuresPerAddress(1).authFailureDelay(Duration.ZERO).build();
		try (SmtpServer server = started(open().limits(once).authenticator(tokens()));
				TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH XOAUTH2 " + base64("user=jane\1auth=Bearer x\1\1"), "334");
			client.command("", "535 5.7.8");
			client.command("AUTH XOAUTH2", "454 4.7.0");
		}
	}

	@Test
	void eventsTellWhoTriedWhateverTheMechanism() {
		SmtpServer.Builder builder = open().authenticator(tokens())
			.credentialStore(john())
			.sessionListener(new SessionListener() {
				@Override
				public void authenticated(SmtpSession session, String username, boolean successful) {
					AuthTests.this.seen.add(username + " " + successful);
				}
			});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH XOAUTH2 " + base64("user=jane\1auth=Bearer x\1\1"), "334");
			client.command("", "535");
			client.command("AUTH XOAUTH2 " + base64("user=jane\1auth=Bearer x\1\1"), "334");
			client.command("*", "501");
			client.command(WRONG, "535");
			client.command("AUTH PLAIN", "334");
			client.command("*", "501");
			scram(client, "SCRAM-SHA-256", new ScramClient("n,,", new byte[0], "john", "doe", "fyko"));
			await().untilAsserted(
					() -> assertThat(this.seen).containsExactly("jane false", "jane false", "john false", "john true"));
		}
	}

	@Test
	void noSecretReachesALog() {
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		Level before = root.getLevel();
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		root.addAppender(log);
		root.setLevel(Level.TRACE);
		String secret = "S3cretPassw0rd";
		try (SmtpServer server = started(open().authenticator(new Authenticator() {
			@Override
			public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
				if (credentials.username().equals("fail")) {
					throw new IllegalArgumentException("cannot check " + credentials);
				}
				return Optional.empty();
			}

			@Override
			public Set<Credentials.Kind> kinds() {
				return Set.of(Credentials.Kind.PASSWORD, Credentials.Kind.TOKEN);
			}
		}).credentialStore(john())); TestClient client = TestClient.hello(server.port())) {
			client.command("AUTH PLAIN " + base64("\0john\0" + secret), "535");
			client.command("AUTH PLAIN " + base64("\0fail\0" + secret), "454");
			client.command("AUTH LOGIN " + base64("john"), "334");
			client.command(base64(secret), "535");
			client.command("AUTH XOAUTH2 " + base64("user=fail\1auth=Bearer " + secret + "\1\1"), "454");
			client.command("AUTH OAUTHBEARER " + base64("n,,\1auth=Bearer " + secret + "\1\1"), "334");
			client.command("AQ==", "535");
			client.command("AUTH SCRAM-SHA-256 " + base64("n,,n=john,r=" + secret), "334");
			client.command("c2VjcmV0", "535");
			client.command("QUIT", "221");
		}
		finally {
			root.setLevel(before);
			root.detachAppender(log);
		}
		assertThat(log.list).isNotEmpty();
		String core = base64(secret).substring(4, 12);
		assertThat(log.list.stream().map(AuthTests::text)).noneMatch((text) -> text.contains(secret)
				|| text.contains(core) || text.contains(base64("\0john\0" + secret)) || text.contains("c2VjcmV0"));
	}

	private static String text(ILoggingEvent event) {
		return event.getFormattedMessage() + ((event.getThrowableProxy() != null)
				? ch.qos.logback.classic.spi.ThrowableProxyUtil.asString(event.getThrowableProxy()) : "");
	}

}
