/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Listens where spamd is expected, and calls spam what tells people to buy. */
final class SpamdStub implements AutoCloseable {

	private static final int MOST = 100_000;

	private static final Pattern HEAD = Pattern.compile("Content-length: (\\d+)\r\n(?:.*\r\n)*?\r\n");

	private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

	SpamdStub() throws IOException {
		Thread thread = new Thread(this::serve, "spamd");
		thread.setDaemon(true);
		thread.start();
	}

	int port() {
		return this.socket.getLocalPort();
	}

	private void serve() {
		try {
			while (true) {
				try (Socket client = this.socket.accept()) {
					boolean spam = request(client.getInputStream()).contains("Buy");
					client.getOutputStream()
						.write(("SPAMD/1.1 0 EX_OK\r\nSpam: " + (spam ? "True ; 12.5" : "False ; 0.1")
								+ " / 5.0\r\n\r\n")
							.getBytes(StandardCharsets.US_ASCII));
				}
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	private static String request(InputStream in) throws IOException {
		ByteArrayOutputStream octets = new ByteArrayOutputStream();
		for (int octet = in.read(); octet >= 0 && octets.size() < MOST; octet = in.read()) {
			octets.write(octet);
			String text = octets.toString(StandardCharsets.ISO_8859_1);
			Matcher head = HEAD.matcher(text);
			if (head.find() && text.length() - head.end() == Integer.parseInt(head.group(1))) {
				return text;
			}
		}
		return octets.toString(StandardCharsets.ISO_8859_1);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
