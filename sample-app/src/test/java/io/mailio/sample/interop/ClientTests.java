/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is asked of every client: each message arrives once, octet for octet. */
@Tag("interop")
@ExtendWith(MailServer.Running.class)
@TestInstance(Lifecycle.PER_CLASS)
abstract class ClientTests {

	private final MailServer server;

	ClientTests(MailServer server) {
		this.server = server;
	}

	/** Returns when the server has answered for the message; throws if it refused. */
	abstract void send(Sending sending) throws Exception;

	/** How this client logs in, by the names of SASL. */
	Stream<String> mechanisms() {
		return Stream.of("PLAIN", "LOGIN");
	}

	/**
	 * Whether it can declare that addresses are not US-ASCII (RFC 6531); it sends them in
	 * any case.
	 */
	boolean declaresUtf8() {
		return true;
	}

	/**
	 * What this client makes of the content before it sends it; it cannot do otherwise.
	 */
	byte[] sent(Content content) {
		return content.finished();
	}

	/** What arrived without what this client has put in front. */
	byte[] received(byte[] content) {
		return content;
	}

	final MailServer server() {
		return this.server;
	}

	@BeforeEach
	void emptyMaildirs() throws IOException {
		this.server.forgetMail();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "INTERNATIONAL")
	void shouldArriveInTheClear(Content content) throws Exception {
		shouldArrive(content, "ESMTP", Encryption.NONE, Optional.empty());
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "INTERNATIONAL")
	void shouldArriveEncrypted(Content content) throws Exception {
		shouldArrive(content, "ESMTPS", Encryption.STARTTLS, Optional.empty());
	}

	@Test
	void shouldArriveEncryptedFromTheStart() throws Exception {
		shouldArrive(Content.SHORT, "ESMTPSA", Encryption.IMPLICIT, mechanisms().findFirst());
	}

	@ParameterizedTest
	@MethodSource("mechanisms")
	void shouldArriveAfterLogin(String mechanism) throws Exception {
		shouldArrive(Content.SHORT, "ESMTPSA", Encryption.STARTTLS, Optional.of(mechanism));
	}

	@Test
	void shouldArriveInternationalisedIfDeclared() throws Exception {
		if (declaresUtf8()) {
			shouldArrive(Content.INTERNATIONAL, "UTF8SMTP", Encryption.NONE, Optional.empty());
			return;
		}
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> send(sending(Content.INTERNATIONAL, Encryption.NONE, Optional.empty())))
			.withMessageContaining("553 5.6.7");
		assertThat(this.server.files()).isEmpty();
	}

	private Sending sending(Content content, Encryption encryption, Optional<String> mechanism) throws IOException {
		Path message = Files.write(this.server.directory().resolve("message.eml"), content.octets());
		return new Sending(this.server.port(encryption), encryption, this.server.certificate(), mechanism,
				content.sender(), content.recipient(), message);
	}

	private void shouldArrive(Content content, String protocol, Encryption encryption, Optional<String> mechanism)
			throws Exception {
		send(sending(content, encryption, mechanism));
		assertThat(this.server.files()).singleElement()
			.satisfies((file) -> assertThat(file).hasParent(this.server.newMail(content.recipient())));
		Arrival arrival = Arrival.parse(Files.readAllBytes(this.server.files().get(0)));
		assertThat(arrival.sender()).isEqualTo(content.sender());
		assertThat(arrival.recipient()).isEqualTo(content.recipient());
		assertThat(arrival.protocol()).isEqualTo(protocol);
		assertThat(arrival.encrypted()).isEqualTo(encryption != Encryption.NONE);
		shouldBeEqual(received(arrival.content()), sent(content));
	}

	/** Shows the surroundings of the first difference. */
	private static void shouldBeEqual(byte[] actual, byte[] expected) {
		int difference = Arrays.mismatch(actual, expected);
		assertThat(difference)
			.as(() -> "octet where the content differs: not%n%s%nbut%n%s".formatted(around(difference, expected),
					around(difference, actual)))
			.isEqualTo(-1);
	}

	private static String around(int position, byte[] octets) {
		String text = new String(octets, StandardCharsets.ISO_8859_1);
		return text.substring(Math.max(0, position - 80), Math.min(text.length(), position + 20))
			.replace("\r", "<CR>")
			.replace("\n", "<LF>");
	}

}
