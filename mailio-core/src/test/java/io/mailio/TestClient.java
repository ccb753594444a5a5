/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that says exactly what a test tells it, octet by octet (ISO 8859-1). It waits
 * long for an answer that never comes, and not at all for one that is there.
 */
public final class TestClient implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 20_000;

	private Socket socket;

	private InputStream in;

	private TestClient(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new BufferedInputStream(socket.getInputStream());
	}

	/** Connects; the greeting is not read. */
	public static TestClient connect(int port) {
		try {
			Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
			socket.setSoTimeout(PATIENCE_MILLIS);
			socket.setTcpNoDelay(true);
			return new TestClient(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Connects, is greeted, and introduces itself. */
	public static TestClient hello(int port) {
		TestClient client = connect(port);
		client.expect("220");
		client.command("EHLO client.example", "250");
		return client;
	}

	/**
	 * Connects, is greeted, and begins TLS; the greeting is there to be read as if it
	 * came afterwards.
	 */
	public static TestClient startTls(int port, SSLContext context) {
		TestClient client = hello(port);
		client.command("STARTTLS", "220 2.0.0");
		client.handshake(context);
		byte[] greeting = "220 mx.example.com ESMTP\r\n".getBytes(StandardCharsets.ISO_8859_1);
		client.in = new SequenceInputStream(new ByteArrayInputStream(greeting), client.in);
		return client;
	}

	/** The handshake of TLS with mx.example.com. */
	public SSLSession handshake(SSLContext context) {
		return handshake(context, "mx.example.com");
	}

	/** The handshake of TLS. */
	public SSLSession handshake(SSLContext context, String serverName) {
		try {
			SSLSocket encrypted = (SSLSocket) context.getSocketFactory()
				.createSocket(this.socket, serverName, this.socket.getPort(), true);
			if (!context.getProtocol().equals("TLS")) {
				encrypted.setEnabledProtocols(new String[] { context.getProtocol() });
			}
			encrypted.startHandshake();
			this.socket = encrypted;
			this.in = new BufferedInputStream(encrypted.getInputStream());
			return encrypted.getSession();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends octets. */
	public TestClient send(String octets) {
		return send(octets.getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Sends octets. */
	public TestClient send(byte[] octets) {
		try {
			this.socket.getOutputStream().write(octets);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends octets in pieces of random size. */
	public TestClient sendInPieces(String octets, Random random) {
		byte[] all = octets.getBytes(StandardCharsets.ISO_8859_1);
		for (int from = 0; from < all.length;) {
			int to = Math.min(all.length, from + 1 + random.nextInt(12));
			send(java.util.Arrays.copyOfRange(all, from, to));
			from = to;
		}
		return this;
	}

	/** Sends a line and reads the whole reply, which begins with some text. */
	public String command(String line, String replyStart) {
		return send(line + "\r\n").expect(replyStart);
	}

	/** Reads a whole reply, which begins with some text; its lines joined by newlines. */
	public String expect(String start) {
		List<String> lines = new ArrayList<>();
		String line;
		do {
			line = readLine();
			lines.add(line);
		}
		while (line.length() > 3 && line.charAt(3) == '-');
		String reply = String.join("\n", lines);
		assertThat(reply).startsWith(start);
		return reply;
	}

	/** Reads one line, CRLF removed. */
	public String readLine() {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		try {
			for (int octet = this.in.read(); octet != '\n'; octet = this.in.read()) {
				if (octet < 0) {
					throw new AssertionError("The server closed the connection after '" + line + "'");
				}
				line.write(octet);
			}
		}
		catch (IOException ex) {
			throw new AssertionError("No line from the server, only '" + line + "'", ex);
		}
		String text = line.toString(StandardCharsets.ISO_8859_1);
		assertThat(text).endsWith("\r");
		return text.substring(0, text.length() - 1);
	}

	/** A transaction up to the 354, for one recipient. */
	public TestClient data(String recipient) {
		command("MAIL FROM:<sender@client.example>", "250 2.1.0");
		command("RCPT TO:<" + recipient + ">", "250 2.1.5");
		command("DATA", "354");
		return this;
	}

	/** A transaction up to the reply to the content. */
	public String message(String recipient, String content) {
		return data(recipient).send(content + "\r\n.\r\n").expect("");
	}

	/** The server closes, whatever it may say before. */
	public void expectEnd() {
		try {
			while (this.in.read() >= 0) {
				continue;
			}
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		catch (IOException ex) {
			throw new AssertionError("The server does not close the connection", ex);
		}
	}

	/** The server closes without a further word. */
	public void expectClose() {
		try {
			int octet = this.in.read();
			assertThat(octet).as("an octet after the last reply").isNegative();
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		catch (IOException ex) {
			throw new AssertionError("The server does not close the connection", ex);
		}
	}

	/** Everything up to the end of the connection. */
	public String readAll() {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		try {
			this.in.transferTo(all);
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
		catch (IOException ex) {
			throw new AssertionError("The server does not close the connection; it said '" + all + "'", ex);
		}
		return all.toString(StandardCharsets.ISO_8859_1);
	}

	/** Sends the end of the client's side only. */
	public TestClient shutdownOutput() {
		try {
			this.socket.shutdownOutput();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Leaves with a reset, as a client that crashes. */
	public void reset() {
		try {
			this.socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		close();
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
