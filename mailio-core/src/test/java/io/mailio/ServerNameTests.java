/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

import io.mailio.session.ChannelBindings;
import io.mailio.session.TlsInfo;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Several certificates on one port (RFC 6066 section 3). */
@ParameterizedClass
@EnumSource(TlsEngine.class)
class ServerNameTests {

	@Parameter
	private TlsEngine engine;

	private Tls.Builder keys() {
		return Tls.builder(TestCertificates.DEFAULT.keys()).engine(this.engine);
	}

	private Tls named() {
		return keys().forServerName("MX.foo.com", TestCertificates.FOO.keys())
			.forServerName("*.foo.com", TestCertificates.WILDCARD.keys())
			.build();
	}

	private static SSLSession session(TestClient client, SSLContext context, String name) {
		client.command("STARTTLS", "220");
		return client.handshake(context, name);
	}

	private static String subject(SSLSession session) throws Exception {
		return ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
	}

	@ParameterizedTest
	@CsvSource({ "mx.foo.com,CN=mx.foo.com", "mX.Foo.COM,CN=mx.foo.com", "smtp.foo.com,CN=*.foo.com",
			"foo.com,CN=mx.example.com", "a.b.foo.com,CN=mx.example.com", "mx.bar.com,CN=mx.example.com",
			"127.0.0.1,CN=mx.example.com" })
	void theNameChoosesTheCertificate(String name, String subject) throws Exception {
		try (SmtpServer server = started(named())) {
			for (String protocol : new String[] { "TLSv1.2", "TLSv1.3" }) {
				try (TestClient client = TestClient.hello(server.port())) {
					assertThat(subject(session(client, TestCertificates.client(null, protocol), name)))
						.isEqualTo(subject);
					client.command("EHLO me", "250");
				}
			}
		}
	}

	@Test
	void theSessionKnowsTheCertificateThatWasShown() throws Exception {
		CompletableFuture<TlsInfo> seen = new CompletableFuture<>();
		SmtpServer.Builder builder = Mailroom.server().tls(named()).handler("noop", "look", (req, res) -> {
			seen.complete(req.session().connection().tls());
			return res.accept();
		});
		try (SmtpServer server = started(builder); TestClient client = TestClient.hello(server.port())) {
			SSLSession session = session(client, TestCertificates.client(null, "TLSv1.3"), "mx.foo.com");
			client.command("NOOP", "250");
			TlsInfo tls = seen.get(20, TimeUnit.SECONDS);
			assertThat(tls.protocol()).isEqualTo(session.getProtocol());
			assertThat(tls.cipher()).isEqualTo(session.getCipherSuite());
			assertThat(tls.clientSubject()).isNull();
			assertThat(tls.channelBindings().get(ChannelBindings.TLS_SERVER_END_POINT))
				.isEqualTo(MessageDigest.getInstance("SHA-256").digest(session.getPeerCertificates()[0].getEncoded()));
		}
	}

	/** A client that remembers one name's session does not get it for another name. */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void eachNameHasItsOwnSessions(String protocol) throws Exception {
		SSLContext context = TestCertificates.client(null, protocol);
		try (SmtpServer server = started(named())) {
			for (String name : new String[] { "mx.foo.com", "smtp.foo.com", "mx.foo.com", "smtp.foo.com" }) {
				try (TestClient client = TestClient.hello(server.port())) {
					assertThat(subject(session(client, context, name)))
						.isEqualTo(name.startsWith("mx") ? "CN=mx.foo.com" : "CN=*.foo.com");
					client.command("EHLO me", "250");
				}
			}
		}
	}

	@Test
	void aNameIsToBeOneAndToHaveOneKey() {
		Tls.Builder tls = keys().forServerName("b\u00fccher.example", TestCertificates.FOO.keys());
		for (String wrong : new String[] { "", "*", "*.", "mx.*.com", "*mx.foo.com", "a b", "[127.0.0.1]",
				"mx..com" }) {
			assertThatIllegalArgumentException().isThrownBy(() -> tls.forServerName(wrong, TestCertificates.FOO.keys()))
				.withMessageContaining("'" + wrong + "' is not a server name");
		}
		assertThatIllegalArgumentException()
			.isThrownBy(() -> tls.forServerName("xn--bcher-kva.example", TestCertificates.FOO.keys()))
			.withMessageContaining("two keys");
	}

	private static SmtpServer started(Tls tls) {
		return started(Mailroom.server().tls(tls));
	}

	private static SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

}
