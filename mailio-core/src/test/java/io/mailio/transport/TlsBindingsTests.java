/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;

import io.mailio.session.ChannelBindings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class TlsBindingsTests {

	private static final byte[] ENCODED = { 1, 2, 3 };

	private final X509Certificate certificate = mock(X509Certificate.class);

	private final SSLSession session = mock(SSLSession.class);

	private byte[] bound() {
		return new TlsBindings(this.session).get(ChannelBindings.TLS_SERVER_END_POINT);
	}

	private void signedWith(String algorithm) throws GeneralSecurityException {
		given(this.certificate.getSigAlgName()).willReturn(algorithm);
		given(this.certificate.getEncoded()).willReturn(ENCODED);
		given(this.session.getLocalCertificates()).willReturn(new Certificate[] { this.certificate });
	}

	/** RFC 5929 section 4.1. */
	@ParameterizedTest
	@CsvSource({ "SHA256withRSA,SHA-256", "SHA384withECDSA,SHA-384", "SHA512withRSA,SHA-512", "SHA1withRSA,SHA-256",
			"MD5withRSA,SHA-256", "SHA3-256withRSA,SHA3-256" })
	void theCertificateIsHashedAsItIsSigned(String signature, String hash) throws Exception {
		signedWith(signature);
		assertThat(bound()).isEqualTo(MessageDigest.getInstance(hash).digest(ENCODED));
	}

	@Test
	void thePaddingOfPssTellsTheHash() throws Exception {
		signedWith("RSASSA-PSS");
		AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
		parameters.init(new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1));
		given(this.certificate.getSigAlgParams()).willReturn(parameters.getEncoded());
		assertThat(bound()).isEqualTo(MessageDigest.getInstance("SHA-384").digest(ENCODED));
	}

	@Test
	void aSignatureWithoutOneHashFunctionBindsNothing() throws Exception {
		signedWith("Ed25519");
		assertThat(bound()).isNull();
		assertThat(new TlsBindings(this.session).isPossible()).isFalse();
	}

	@Test
	void aSessionWithoutACertificateBindsNothing() {
		assertThat(bound()).isNull();
	}

	@Test
	void anEngineThatExportsNothingBindsNothing() {
		ExtendedSSLSession old = mock(ExtendedSSLSession.class);
		given(old.getProtocol()).willReturn("TLSv1.2");
		assertThat(new TlsBindings(old).get(ChannelBindings.TLS_EXPORTER)).isNull();
		assertThat(new TlsBindings(this.session).get(ChannelBindings.TLS_EXPORTER)).isNull();
		assertThat(new TlsBindings(this.session).get("tls-unique")).isNull();
		assertThat(new TlsBindings(this.session)).hasToString("channel bindings");
	}

}
