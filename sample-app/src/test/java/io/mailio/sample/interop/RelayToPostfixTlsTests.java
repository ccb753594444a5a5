/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.RelaySpec;
import io.mailio.SmartHostAccess;
import io.mailio.queue.Outcome;
import io.mailio.queue.QueueFilter;
import io.mailio.relay.AttemptResult;
import io.mailio.relay.Login;
import io.mailio.relay.TlsPolicy;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mail that we send to a Postfix over TLS, whose certificate names 127.0.0.1 or somebody
 * else, and to one that wants a login.
 */
@Tag("interop")
@TestInstance(Lifecycle.PER_CLASS)
class RelayToPostfixTlsTests {

	private static final String REALM = "mx.example.com";

	private static final List<String> MECHANISMS = List.of("PLAIN", "LOGIN", "SCRAM-SHA-256");

	private static final Login LOGIN = new Login(Sending.USER, Sending.PASSWORD);

	private Path directory;

	private TrustManagerFactory trust;

	private PostfixInbox postfix;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.directory = directory;
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Authority authority = new Authority(directory);
		this.trust = authority.trust();
		String ours = "smtpd_tls_chain_files = " + authority.certify("ours", "ip:" + Sending.HOST);
		String others = "smtpd_tls_chain_files = " + authority.certify("others", "dns:other.example.com");
		Map<String, List<String>> listeners = new LinkedHashMap<>();
		listeners.put("clear", List.of());
		listeners.put("tls", List.of("smtpd_tls_security_level = may", ours));
		listeners.put("other-name", List.of("smtpd_tls_security_level = may", others));
		listeners.put("implicit", List.of("smtpd_tls_wrappermode = yes", ours));
		for (String mechanism : MECHANISMS) {
			listeners.put(mechanism,
					List.of("smtpd_tls_security_level = encrypt", ours, "smtpd_sasl_auth_enable = yes",
							"smtpd_tls_auth_only = yes", "smtpd_sasl_path = " + mechanism,
							"smtpd_recipient_restrictions = permit_sasl_authenticated, reject"));
		}
		Path home = Files.createDirectory(directory.resolve("postfix"));
		addUser(Files.createDirectories(Postfix.logins(home)));
		this.postfix = new PostfixInbox(home, List.of("smtpd_sasl_local_domain = " + REALM), listeners);
	}

	/** A user in the database of Cyrus SASL, and a configuration for each mechanism. */
	private static void addUser(Path logins) throws IOException, InterruptedException {
		Path database = logins.resolve("database");
		Path password = Files.writeString(logins.resolve("password"), Sending.PASSWORD);
		Program.installed("saslpasswd2", "sasl2-bin")
			.runWithInput(password, "-c", "-p", "-f", database, "-u", REALM, Sending.USER);
		Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r--r--"));
		for (String mechanism : MECHANISMS) {
			Files.write(logins.resolve(mechanism + ".conf"), List.of("pwcheck_method: auxprop",
					"auxprop_plugin: sasldb", "sasldb_path: " + database, "mech_list: " + mechanism));
		}
	}

	@AfterAll
	void stop() throws Exception {
		if (this.postfix != null) {
			this.postfix.close();
		}
	}

	@BeforeEach
	void forget() throws IOException {
		this.postfix.forget();
	}

	private SendingServer sender(String listener, TlsPolicy policy, @Nullable Login login) throws IOException {
		return sender(listener, policy, login, (relay) -> relay.trust(this.trust));
	}

	private SendingServer sender(String listener, TlsPolicy policy, @Nullable Login login, Consumer<RelaySpec> more)
			throws IOException {
		return new SendingServer(Files.createTempDirectory(this.directory, "sender-"), new SmartHostAccess(
				SendingServer.host(this.postfix.port(listener)), policy, listener.equals("implicit"), login), more);
	}

	private static AttemptResult send(SendingServer sender) throws InterruptedException {
		sender.send(Envelope.of(ReversePath.of(Mailbox.of("ann@client.example")), Mailbox.of("bob@example.com")),
				"Subject: hi\r\n\r\nText\r\n".getBytes(StandardCharsets.US_ASCII));
		return sender.result();
	}

	private void assertArrives(String protocol, String listener, TlsPolicy policy, @Nullable Login login)
			throws Exception {
		try (SendingServer sender = sender(listener, policy, login)) {
			AttemptResult result = send(sender);
			assertThat(result.kind()).as("%s%n%s", result.reply(), this.postfix.log())
				.isEqualTo(Outcome.Kind.DELIVERED);
			assertThat(sender.log()).noneMatch((line) -> line.contains(Sending.PASSWORD));
		}
		assertThat(this.postfix.letters()).singleElement().satisfies((letter) -> {
			assertThat(letter.protocol()).isEqualTo(protocol);
			assertThat(letter.content()).isEqualTo("Subject: hi\n\nText\n");
		});
	}

	private void assertWaits(SendingServer sender, String reason) throws Exception {
		AttemptResult result = send(sender);
		assertThat(result.kind()).as(result.reply().toString()).isEqualTo(Outcome.Kind.DEFERRED);
		assertThat(result.reply().toString()).contains(reason);
		assertThat(sender.log()).filteredOn((line) -> line.startsWith("INFO Message deferred: "))
			.singleElement()
			.asString()
			.contains("to=<bob@example.com>", "remote=\"127.0.0.1 [127.0.0.1]:", reason)
			.doesNotContain("\n");
		assertThat(sender.queue().list(QueueFilter.first(2))).hasSize(1);
		assertThat(sender.mail("ann")).isEmpty();
		assertThat(this.postfix.letters()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "clear,OPPORTUNISTIC,ESMTP", "clear,NONE,ESMTP", "tls,NONE,ESMTP", "tls,OPPORTUNISTIC,ESMTPS",
			"other-name,OPPORTUNISTIC,ESMTPS", "tls,REQUIRED,ESMTPS", "other-name,REQUIRED,ESMTPS",
			"tls,VERIFIED,ESMTPS", "implicit,VERIFIED,ESMTPS", "implicit,REQUIRED,ESMTPS" })
	void mailGoesOverTlsAsThePolicySays(String listener, TlsPolicy policy, String protocol) throws Exception {
		assertArrives(protocol, listener, policy, null);
		assertThat(this.postfix.log().contains("TLS connection established from")).isEqualTo(protocol.endsWith("S"));
	}

	@ParameterizedTest
	@EnumSource(names = { "REQUIRED", "VERIFIED" })
	void mailWaitsForTlsThatIsNotOffered(TlsPolicy policy) throws Exception {
		try (SendingServer sender = sender("clear", policy, null)) {
			assertWaits(sender, "TLS");
		}
	}

	@Test
	void mailWaitsForACertificateOfTheRightName() throws Exception {
		try (SendingServer sender = sender("other-name", TlsPolicy.VERIFIED, null)) {
			assertWaits(sender, "certificate is not accepted: No subject alternative names matching IP address "
					+ Sending.HOST + " found");
		}
	}

	@Test
	void mailWaitsForACertificateThatIsTrusted() throws Exception {
		try (SendingServer sender = sender("tls", TlsPolicy.VERIFIED, null, (relay) -> {
		})) {
			assertWaits(sender, "certificate is not accepted: ");
		}
	}

	@ParameterizedTest
	@CsvSource({ "PLAIN", "LOGIN", "SCRAM-SHA-256" })
	void weLogInToASmartHost(String mechanism) throws Exception {
		assertArrives("ESMTPSA", mechanism, TlsPolicy.VERIFIED, LOGIN);
		assertThat(this.postfix.log())
			.contains("sasl_method=" + mechanism + ", sasl_username=" + Sending.USER + "@" + REALM);
	}

	@ParameterizedTest
	@CsvSource({ "PLAIN", "LOGIN", "SCRAM-SHA-256" })
	void mailWaitsForTheRightPassword(String mechanism) throws Exception {
		String wrong = "not-the-password";
		try (SendingServer sender = sender(mechanism, TlsPolicy.VERIFIED, new Login(Sending.USER, wrong))) {
			assertWaits(sender, "5.7.8 Error: authentication failed");
			assertThat(sender.log()).noneMatch((line) -> line.contains(wrong));
		}
	}

}
