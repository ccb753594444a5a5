/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks SMTP line by line. */
public final class SmtpTestClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final Socket socket;

	private final BufferedReader in;

	/** Connects to this machine. */
	public SmtpTestClient(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(TIMEOUT_MILLIS);
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.US_ASCII));
	}

	/** Sends a command, or several lines, and waits for the reply. */
	public String send(String line) throws IOException {
		write(line);
		return reply();
	}

	/** Sends a command, or several lines. */
	public void write(String line) throws IOException {
		this.socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
	}

	/** The lines of the next reply, {@code \n} between them. */
	public String reply() throws IOException {
		StringBuilder reply = new StringBuilder();
		String line;
		do {
			line = this.in.readLine();
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
