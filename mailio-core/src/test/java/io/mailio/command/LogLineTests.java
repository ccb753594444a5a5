/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

import io.mailio.session.ChannelBindings;
import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.ServerInfo;
import io.mailio.session.SessionState;
import io.mailio.session.TlsInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogLineTests {

	private static String line(Principal subject) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
		TlsInfo tls = new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", subject, ChannelBindings.NONE);
		return LogLine
			.of("Said", new SessionState("1", new ServerInfo("mx", Set.of(), "default"),
					new ConnectionInfo(address, address, tls), new ClientInfo(address.getAddress(), "localhost", "c")))
			.toString();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "EMAILADDRESS=john@client.example,CN=john | emailAddress=john@client.example,CN=john",
					"CN=john,O=Client | CN=john,O=Client",
					"CN=John Doe,SERIALNUMBER=7 | \"CN=John Doe,serialNumber=7\"",
					"CN=\\\"j\\\" | \"CN=\\\\\\\"j\\\\\\\"\"", "CN=j\\0Ahn | CN=j\\u{a}hn" })
	void theSubjectOfACertificateIsReadable(String subject, String shown) {
		assertThat(line(new X500Principal(subject))).endsWith(" certificate=" + shown);
	}

	@Test
	void aPrincipalOfAnotherKindHasItsName() {
		assertThat(line(() -> "somebody")).endsWith(" certificate=somebody");
	}

}
