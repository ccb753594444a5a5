/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.security.cert.CertificateException;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import io.mailio.smtp.DomainNames;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS of the sending side: 1.2 and 1.3 only (RFC 8996), with the server's name (RFC 6066
 * section 3), and with a look at its certificate or without.
 */
final class ClientTls {

	private static final int MAX_CAUSES = 16;

	private final @Nullable SslProvider provider;

	private volatile SslContext verifying;

	private final SslContext trusting;

	/**
	 * TLS.
	 * @param trust whose certificates are trusted, {@code null} for those that the JVM
	 * trusts
	 * @param provider who does the work, {@code null} for OpenSSL where it is and else
	 * the JDK
	 * @throws IllegalArgumentException if it cannot be set up
	 */
	ClientTls(@Nullable TrustManagerFactory trust, @Nullable SslProvider provider) {
		this.provider = provider;
		this.verifying = verifying(trust, provider);
		try {
			this.trusting = builder(provider).trustManager(InsecureTrustManagerFactory.INSTANCE)
				.endpointIdentificationAlgorithm(null)
				.build();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("TLS cannot be set up: " + ex.getMessage(), ex);
		}
	}

	private static SslContext verifying(@Nullable TrustManagerFactory trust, @Nullable SslProvider provider) {
		try {
			return builder(provider).trustManager(trust).endpointIdentificationAlgorithm("HTTPS").build();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("TLS cannot be set up: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Trusts others from the next connection on.
	 * @throws IllegalArgumentException if that cannot be set up; all stays as it is then
	 */
	void trust(TrustManagerFactory trust) {
		this.verifying = verifying(trust, this.provider);
	}

	private static SslContextBuilder builder(@Nullable SslProvider provider) {
		return SslContextBuilder.forClient().sslProvider(provider).protocols("TLSv1.3", "TLSv1.2");
	}

	/**
	 * A handler for one connection.
	 * @param executor where what takes long is calculated
	 */
	SslHandler handler(SmtpTarget target, boolean verified, ByteBufAllocator allocator, Executor executor) {
		SslContext context = verified ? this.verifying : this.trusting;
		return context.newHandler(allocator, name(target.hostname()), target.address().getPort(), executor);
	}

	/** As certificates have it: without the dot of the root, A-labels for U-labels. */
	private static String name(String hostname) {
		String name = hostname.endsWith(".") ? hostname.substring(0, hostname.length() - 1) : hostname;
		return DomainNames.toAscii(name);
	}

	/** Why a handshake has failed, in words. */
	static String describe(Throwable failure) {
		CertificateException refused = refusal(failure);
		return (refused != null) ? "the server's certificate is not accepted: " + text(refused) : text(failure);
	}

	/** Whether it has failed because of the server's certificate. */
	static boolean isAboutCertificate(Throwable failure) {
		return refusal(failure) != null;
	}

	private static @Nullable CertificateException refusal(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof CertificateException refused) {
				return refused;
			}
			cause = cause.getCause();
		}
		return null;
	}

	private static String text(Throwable failure) {
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

}
