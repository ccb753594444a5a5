/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * <a href="https://www.postfix.org/">Postfix</a>, which relays to us what it is given.
 */
class PostfixTests extends ClientTests {

	private static final Pattern TROUBLE = Pattern
		.compile("status=(bounced|deferred)|postfix/[sl]mtp\\[\\d+]: warning:");

	private @Nullable Postfix postfix;

	private List<String> settings = List.of();

	private int started;

	PostfixTests(MailServer server) {
		super(server);
	}

	@Override
	Stream<String> mechanisms() {
		return Stream.of("PLAIN", "LOGIN", "SCRAM-SHA-256");
	}

	@Test
	void shouldDeliverToEachRecipientByLmtp() throws Exception {
		String lmtp = "default_transport = lmtp:[%s]:%d".formatted(Sending.HOST, server().lmtpPort());
		Path message = Files.write(server().directory().resolve("message.eml"), Content.SHORT.octets());
		deliver(List.of(lmtp), Content.SHORT.sender(), List.of("bob@example.com", "eve@example.com"), message);
		for (String recipient : List.of("bob@example.com", "eve@example.com")) {
			assertThat(server().newMail(recipient)).isDirectoryContaining((file) -> true);
		}
		assertThat(server().files()).hasSize(2)
			.allSatisfy((file) -> assertThat(file).content(StandardCharsets.ISO_8859_1)
				.contains("\tby mx.example.com with LMTP id "));
	}

	@Override
	void send(Sending sending) throws IOException, InterruptedException {
		deliver(settings(sending), sending.sender(), List.of(sending.recipient()), sending.message());
	}

	private void deliver(List<String> settings, String sender, List<String> recipients, Path message)
			throws IOException, InterruptedException {
		Postfix postfix = running(settings);
		postfix.enqueue(sender, recipients, message);
		try {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.ignoreExceptionsInstanceOf(UncheckedIOException.class)
				.until(postfix::idle);
			assertThat(postfix.log()).contains("status=sent").doesNotContainPattern(TROUBLE);
		}
		catch (ConditionTimeoutException | AssertionError ex) {
			String log = postfix.log();
			stop();
			throw new AssertionError("Postfix could not deliver:\n" + log, ex);
		}
	}

	/** Below a {@code Received} of its own. */
	@Override
	byte[] received(byte[] content) {
		String text = new String(content, StandardCharsets.ISO_8859_1);
		assertThat(text).startsWith("Received: by relay.client.example (Postfix, from userid 0)\r\n");
		return text.replaceFirst("\\AReceived: .*\r\n(?:\\s.*\r\n)*", "").getBytes(StandardCharsets.ISO_8859_1);
	}

	/** One that runs already, if it has these settings. */
	private Postfix running(List<String> settings) throws IOException, InterruptedException {
		if (this.postfix == null || !settings.equals(this.settings)) {
			stop();
			this.postfix = new Postfix(newDirectory(), settings);
			this.settings = settings;
		}
		return this.postfix;
	}

	private Path newDirectory() throws IOException {
		return Files.createDirectory(server().directory().resolve("postfix-" + ++this.started));
	}

	@AfterAll
	void stop() throws IOException, InterruptedException {
		if (this.postfix != null) {
			this.postfix.close();
			this.postfix = null;
		}
	}

	private static List<String> settings(Sending sending) throws IOException {
		String relayhost = "[%s]:%d".formatted(Sending.HOST, sending.port());
		List<String> settings = new ArrayList<>(List.of("relayhost = " + relayhost));
		if (sending.encrypted()) {
			settings.addAll(List.of("smtp_tls_security_level = secure", "smtp_tls_CAfile = " + sending.certificate(),
					"smtp_tls_secure_cert_match = mx.example.com"));
		}
		if (sending.encryption() == Encryption.IMPLICIT) {
			settings.add("smtp_tls_wrappermode = yes");
		}
		if (sending.mechanism().isPresent()) {
			Path passwords = sending.message().resolveSibling("passwords");
			Files.writeString(passwords, relayhost + " " + Sending.USER + ":" + Sending.PASSWORD + "\n");
			settings.addAll(List.of("smtp_sasl_auth_enable = yes", "smtp_sasl_password_maps = texthash:" + passwords,
					"smtp_sasl_security_options =",
					"smtp_sasl_mechanism_filter = " + sending.mechanism().get().toLowerCase(Locale.ROOT)));
		}
		return settings;
	}

}
