/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a client is asked to do. With TLS it has to check the server's certificate.
 *
 * @param port of the server, on 127.0.0.1
 * @param encryption how to connect
 * @param certificate the only one to trust, as PEM
 * @param mechanism with which the user logs in
 * @param sender the envelope's
 * @param recipient the envelope's
 * @param message a file with the octets to send
 */
record Sending(int port, Encryption encryption, Path certificate, Optional<String> mechanism, String sender,
		String recipient, Path message) {

	static final String HOST = "127.0.0.1";

	static final String USER = "ann";

	/** With what has a meaning in Base64, URLs and shells. */
	static final String PASSWORD = "a+/=%41$~";

	/** Whether the addresses need SMTPUTF8. */
	boolean international() {
		return !StandardCharsets.US_ASCII.newEncoder().canEncode(this.sender + this.recipient);
	}

	boolean encrypted() {
		return this.encryption != Encryption.NONE;
	}

}
