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
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Speaks SMTP line by line. */
public final class SmtpTestClient implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private Socket socket;

	private BufferedReader in;

	/** Connects to this machine. */
	public SmtpTestClient(int port) throws IOException {
		use(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	private void use(Socket socket) throws IOException {
		socket.setSoTimeout(TIMEOUT_MILLIS);
		this.socket = socket;
		this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
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

	/**
	 * The handshake after STARTTLS with mx.example.com; gives the server's certificate.
	 */
	public X509Certificate handshake(SSLContext trusting) throws IOException {
		return handshake(trusting, "mx.example.com");
	}

	/** The handshake after STARTTLS; gives the server's certificate. */
	public X509Certificate handshake(SSLContext trusting, String serverName) throws IOException {
		SSLSocket encrypted = (SSLSocket) trusting.getSocketFactory()
			.createSocket(this.socket, serverName, this.socket.getPort(), true);
		encrypted.startHandshake();
		use(encrypted);
		return (X509Certificate) encrypted.getSession().getPeerCertificates()[0];
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
