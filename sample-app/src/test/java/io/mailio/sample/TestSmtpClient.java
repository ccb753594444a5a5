/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends what it is told and returns the reply, lines joined by LF. */
final class TestSmtpClient implements AutoCloseable {

	private static final int PATIENCE = 30_000;

	private final Socket socket;

	private final BufferedReader reader;

	private TestSmtpClient(Socket socket) throws IOException {
		this.socket = socket;
		this.reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
	}

	/** Connects and reads the greeting. */
	static TestSmtpClient connect(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(PATIENCE);
		TestSmtpClient client = new TestSmtpClient(socket);
		client.reply();
		return client;
	}

	String send(String text) throws IOException {
		this.socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		return reply();
	}

	private String reply() throws IOException {
		StringBuilder reply = new StringBuilder();
		String line;
		do {
			line = this.reader.readLine();
			if (line == null) {
				throw new IOException("The server has closed the connection after: " + reply);
			}
			reply.append(reply.isEmpty() ? "" : "\n").append(line);
		}
		while (line.length() > 3 && line.charAt(3) == '-');
		return reply.toString();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
