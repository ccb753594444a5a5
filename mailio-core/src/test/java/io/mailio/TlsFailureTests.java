/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.mailio.session.TlsMode;
import io.mailio.transport.ClientAuth;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What the log says when TLS does not come about. */
@ParameterizedClass
@EnumSource(TlsEngine.class)
class TlsFailureTests {

	private static final String LOGGER = "io.mailio.transport.SmtpConnection";

	@Parameter
	private TlsEngine engine;

	private final Lines lines = new Lines();

	private SmtpServer server;

	@BeforeEach
	void start() {
		Logger logger = (Logger) LoggerFactory.getLogger(LOGGER);
		logger.setLevel(Level.DEBUG);
		logger.setAdditive(false);
		this.lines.start();
		logger.addAppender(this.lines);
		Tls tls = Tls.builder(TestCertificates.DEFAULT.keys())
			.engine(this.engine)
			.clientAuth(ClientAuth.WANT, TestCertificates.AUTHORITY.trust())
			.build();
		this.server = new Mailroom().open()
			.tls(tls)
			.listener("smtps",
					(smtps) -> smtps.address(InetAddress.getLoopbackAddress()).port(0).tlsMode(TlsMode.IMPLICIT))
			.build();
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.close();
		Logger logger = (Logger) LoggerFactory.getLogger(LOGGER);
		logger.detachAppender(this.lines);
		logger.setAdditive(true);
		logger.setLevel(null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aClientThatDoesNotTrustUsIsNamedOnce(String protocol) throws Exception {
		SSLContext untrusting = SSLContext.getInstance(protocol);
		untrusting.init(null, TestCertificates.STRANGER.trust().getTrustManagers(), null);
		try (TestClient client = TestClient.connect(this.server.port())) {
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> client.handshake(untrusting));
		}
		assertThat(onlyLine()).matches("TLS handshake with 127\\.0\\.0\\.1 failed in session [a-z0-9]+: the client "
				+ "does not accept our certificate \\(it sent the alert (certificate_unknown|unknown_ca)\\)");
	}

	@ParameterizedTest
	@CsvSource({ "STRANGER,TLSv1.2", "STRANGER,TLSv1.3", "EXPIRED,TLSv1.2", "EXPIRED,TLSv1.3" })
	void aClientThatWeDoNotTrustIsNamedOnce(TestCertificates shown, String protocol) {
		attempt(TestCertificates.client(shown, protocol));
		assertThat(onlyLine()).contains("TLS handshake with 127.0.0.1 failed in session ",
				"the client's certificate is not accepted: ");
	}

	@Test
	void aClientThatSpeaksNoTlsIsNamedOnce() {
		try (TestClient client = TestClient.connect(this.server.port())) {
			client.send("EHLO me\r\n");
			client.expectEnd();
		}
		assertThat(onlyLine()).contains("TLS handshake with 127.0.0.1 failed in session ",
				"what the client sends is not TLS");
	}

	@Test
	void aClientThatLeavesIsNamedOnce() {
		try (TestClient client = TestClient.connect(this.server.port())) {
			await().until(() -> this.server.connections() == 1);
		}
		assertThat(onlyLine()).contains("TLS handshake with 127.0.0.1 failed in session ",
				"the client has closed the connection");
	}

	private void attempt(@Nullable SSLContext context) {
		try (TestClient client = TestClient.connect(this.server.port())) {
			client.handshake(context);
			client.readAll();
		}
		catch (UncheckedIOException | AssertionError ex) {
			// What a client sees is held by others.
		}
	}

	/** Nothing more can come when the connection is gone. */
	private String onlyLine() {
		await().until(() -> this.server.connections() == 0 && !this.lines.all().isEmpty());
		this.server.stop();
		assertThat(this.lines.all()).hasSize(1);
		return this.lines.all().get(0);
	}

	private static final class Lines extends AppenderBase<ILoggingEvent> {

		private final List<String> lines = new ArrayList<>();

		@Override
		protected synchronized void append(ILoggingEvent event) {
			this.lines.add(event.getFormattedMessage());
		}

		synchronized List<String> all() {
			return List.copyOf(this.lines);
		}

	}

}
