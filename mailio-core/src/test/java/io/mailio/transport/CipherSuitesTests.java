/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.util.List;

import javax.net.ssl.SSLException;

import io.mailio.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which cipher suites are agreed on, with each engine. The client is BoringSSL, which
 * still knows those that the JDK has switched off.
 */
@ParameterizedClass
@EnumSource(TlsEngine.class)
class CipherSuitesTests {

	private static final String STATIC_RSA = "TLS_RSA_WITH_AES_128_CBC_SHA";

	private static final String FORWARD_SECRET_CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";

	private static final int MAX_FLIGHTS = 20;

	@Parameter
	private TlsEngine engine;

	private Tls.Builder tls() {
		return Tls.builder(TestCertificates.RSA.keys()).engine(this.engine);
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
			"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" })
	void forwardSecretAuthenticatedOnesAreTaken(String suite) throws Exception {
		assertThat(agreed(tls().build(), "TLSv1.2", suite)).isEqualTo(suite);
	}

	/** RFC 9325 section 4.1. */
	@ParameterizedTest
	@ValueSource(strings = { STATIC_RSA, "TLS_RSA_WITH_AES_128_GCM_SHA256", FORWARD_SECRET_CBC })
	void othersAreNot(String suite) throws Exception {
		assertThat(agreed(tls().build(), "TLSv1.2", suite)).isEqualTo("none");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aClientThatLeavesItToUsGetsOneOfTheBest(String protocol) throws Exception {
		assertThat(agreed(tls().build(), protocol, STATIC_RSA, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
				"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"))
			.matches("TLS_(ECDHE_RSA_WITH_)?AES_(128|256)_GCM_SHA(256|384)");
	}

	@Test
	void thoseThatTheUserNamesAreTakenInstead() throws Exception {
		Tls old = tls().ciphers(List.of(FORWARD_SECRET_CBC)).build();
		assertThat(agreed(old, "TLSv1.2", FORWARD_SECRET_CBC)).isEqualTo(FORWARD_SECRET_CBC);
		assertThat(agreed(old, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")).isEqualTo("none");
	}

	@Test
	void namingNoneChangesNothing() throws Exception {
		Tls tls = tls().ciphers(List.of()).build();
		assertThat(agreed(tls, "TLSv1.2", FORWARD_SECRET_CBC)).isEqualTo("none");
		assertThat(tls.context().cipherSuites()).contains("TLS_AES_128_GCM_SHA256",
				"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
	}

	/** The suite of a handshake with such a client, {@code none} if it fails. */
	private static String agreed(Tls tls, String protocol, String... offered) throws SSLException {
		SslHandler ours = tls.context().newHandler(UnpooledByteBufAllocator.DEFAULT);
		SslHandler theirs = SslContextBuilder.forClient()
			.sslProvider(SslProvider.OPENSSL)
			.trustManager(InsecureTrustManagerFactory.INSTANCE)
			.protocols(protocol)
			.ciphers(List.of(offered))
			.endpointIdentificationAlgorithm(null)
			.build()
			.newHandler(UnpooledByteBufAllocator.DEFAULT);
		EmbeddedChannel server = new EmbeddedChannel(ours);
		EmbeddedChannel client = new EmbeddedChannel(theirs);
		try {
			for (int i = 0; i < MAX_FLIGHTS; i++) {
				carry(client, server);
				carry(server, client);
			}
			return ours.handshakeFuture().isSuccess() ? ours.engine().getSession().getCipherSuite() : "none";
		}
		catch (DecoderException ex) {
			return "none";
		}
		finally {
			client.releaseOutbound();
			client.finishAndReleaseAll();
			server.finishAndReleaseAll();
		}
	}

	private static void carry(EmbeddedChannel from, EmbeddedChannel to) {
		from.runPendingTasks();
		for (ByteBuf octets = from.readOutbound(); octets != null; octets = from.readOutbound()) {
			to.writeInbound(octets);
		}
	}

}
