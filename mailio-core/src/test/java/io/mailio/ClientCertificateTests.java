/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.TlsInfo;
import io.mailio.session.TlsMode;
import io.mailio.transport.ClientAuth;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Clients that show a certificate, or do not. */
@ParameterizedClass
@EnumSource(TlsEngine.class)
class ClientCertificateTests {

	private static final String JOHN = "CN=john,O=Client";

	@Parameter
	private TlsEngine engine;

	private final List<Optional<String>> subjects = new CopyOnWriteArrayList<>();

	private SmtpServer started(ClientAuth clientAuth) {
		Tls tls = Tls.builder(TestCertificates.DEFAULT.keys())
			.clientAuth(clientAuth, TestCertificates.AUTHORITY.trust())
			.engine(this.engine)
			.build();
		SmtpServer server = new Mailroom().open()
			.tls(tls)
			.authenticator(new Certificates())
			.handler("noop", "look", (req, res) -> {
				TlsInfo info = req.session().connection().tls();
				this.subjects.add(Optional.ofNullable(info.clientSubject()).map(Object::toString));
				return res.accept();
			})
			.listener("mx", (mx) -> mx.address(InetAddress.getLoopbackAddress()).port(0))
			.listener("submissions",
					(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT))
			.build();
		server.start();
		return server;
	}

	private static TestClient encrypted(SmtpServer server, TlsMode mode, SSLContext context) {
		if (mode == TlsMode.STARTTLS) {
			return TestClient.startTls(server.port("mx"), context);
		}
		TestClient client = TestClient.connect(server.port("submissions"));
		client.handshake(context);
		return client;
	}

	@ParameterizedTest
	@CsvSource({ "STARTTLS,TLSv1.2", "STARTTLS,TLSv1.3", "IMPLICIT,TLSv1.2", "IMPLICIT,TLSv1.3" })
	void theSubjectIsSeenAndLogsIn(TlsMode mode, String protocol) {
		SSLContext context = TestCertificates.client(TestCertificates.JOHN, protocol);
		try (SmtpServer server = started(ClientAuth.WANT)) {
			// The second client resumes the session of the first, where the engine does.
			for (int i = 0; i < 2; i++) {
				try (TestClient client = encrypted(server, mode, context)) {
					client.expect("220");
					assertThat(client.command("EHLO me", "250")).contains("AUTH EXTERNAL");
					client.command("NOOP", "250");
					client.command("AUTH EXTERNAL amFuZQ==", "535 5.7.8");
					client.command("AUTH EXTERNAL =", "235 2.7.0");
					assertThat(client.message("b@example.com", "x")).startsWith("250");
				}
			}
			assertThat(this.subjects).hasSize(2)
				.allMatch((subject) -> subject.orElseThrow().equals("CN=john, O=Client"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aClientWithoutACertificateGoesOnIfNoneIsNeeded(String protocol) {
		try (SmtpServer server = started(ClientAuth.WANT);
				TestClient client = encrypted(server, TlsMode.STARTTLS, TestCertificates.client(null, protocol))) {
			client.expect("220");
			assertThat(client.command("EHLO me", "250")).doesNotContain("AUTH");
			client.command("AUTH EXTERNAL =", "504");
			client.command("NOOP", "250");
			assertThat(this.subjects).containsExactly(Optional.empty());
		}
	}

	@Test
	void aClientIsNotAskedByDefault() {
		try (SmtpServer server = started(ClientAuth.NONE);
				TestClient client = encrypted(server, TlsMode.STARTTLS,
						TestCertificates.client(TestCertificates.JOHN, "TLSv1.3"))) {
			client.expect("220");
			client.command("EHLO me", "250");
			client.command("NOOP", "250");
			assertThat(this.subjects).containsExactly(Optional.empty());
		}
	}

	@ParameterizedTest
	@CsvSource({ "NEED,,TLSv1.2", "NEED,,TLSv1.3", "WANT,STRANGER,TLSv1.2", "WANT,STRANGER,TLSv1.3",
			"WANT,EXPIRED,TLSv1.2", "WANT,EXPIRED,TLSv1.3", "NEED,STRANGER,TLSv1.3", "NEED,EXPIRED,TLSv1.3" })
	void aHandshakeFailsWithTheWrongCertificateAndWithoutTheOneThatIsNeeded(ClientAuth clientAuth,
			@Nullable TestCertificates shown, String protocol) {
		SSLContext context = TestCertificates.client(shown, protocol);
		try (SmtpServer server = started(clientAuth)) {
			for (TlsMode mode : new TlsMode[] { TlsMode.STARTTLS, TlsMode.IMPLICIT }) {
				assertThat(isServed(server, mode, context)).isFalse();
			}
			await().until(() -> server.connections() == 0);
			assertThat(this.subjects).isEmpty();
		}
	}

	/** With TLS 1.3 the client's part of the handshake is over before it fails. */
	private static boolean isServed(SmtpServer server, TlsMode mode, SSLContext context) {
		try (TestClient client = encrypted(server, mode, context)) {
			client.expect("220");
			client.command("NOOP", "250");
			return true;
		}
		catch (UncheckedIOException | AssertionError ex) {
			assertThat(ex.getCause()).isNotInstanceOf(SocketTimeoutException.class);
			return false;
		}
	}

	@Test
	void aClientWithTheCertificateThatIsNeededComesIn() {
		try (SmtpServer server = started(ClientAuth.NEED);
				TestClient client = encrypted(server, TlsMode.IMPLICIT,
						TestCertificates.client(TestCertificates.JOHN, "TLSv1.3"))) {
			client.expect("220");
			client.command("NOOP", "250");
			assertThat(this.subjects).hasSize(1);
		}
	}

	/** Knows john by his certificate. */
	private static final class Certificates implements Authenticator {

		@Override
		public Set<Credentials.Kind> kinds() {
			return Set.of(Credentials.Kind.CERTIFICATE);
		}

		@Override
		public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
			Credentials.Certificate shown = (Credentials.Certificate) credentials;
			boolean john = shown.subject().equals(new javax.security.auth.x500.X500Principal(JOHN));
			return john ? Optional.of(User.named("john")) : Optional.empty();
		}

	}

}
