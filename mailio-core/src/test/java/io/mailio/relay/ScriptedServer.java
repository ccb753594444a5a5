/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on a real socket that says what it was told, whatever it hears: one line of
 * its script for each line that comes, the first one at once. {@code -} is no answer,
 * {@code FIN} the end of its sending side, {@code RST} a reset, {@code CLOSE} an end.
 */
final class ScriptedServer implements AutoCloseable {

	private final ServerSocket socket;

	private final List<String> script;

	private final List<String> heard = new CopyOnWriteArrayList<>();

	private final List<Socket> open = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	private final CountDownLatch ended = new CountDownLatch(1);

	private ScriptedServer(List<String> script) throws IOException {
		this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.script = script;
	}

	static ScriptedServer start(String... script) {
		try {
			ScriptedServer server = new ScriptedServer(List.of(script));
			Thread thread = new Thread(server::serve, "scripted-server");
			thread.setDaemon(true);
			thread.start();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	SmtpTarget target() {
		return SmtpTarget.of("mx.example.com", (InetSocketAddress) this.socket.getLocalSocketAddress());
	}

	List<String> heard() {
		return this.heard;
	}

	int connections() {
		return this.connections.get();
	}

	private void serve() {
		try {
			while (true) {
				Socket client = this.socket.accept();
				client.setTcpNoDelay(true);
				this.open.add(client);
				this.connections.incrementAndGet();
				Thread talk = new Thread(() -> talk(client), "scripted-session");
				talk.setDaemon(true);
				talk.start();
			}
		}
		catch (IOException ex) {
			this.ended.countDown();
		}
	}

	private void talk(Socket client) {
		try {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
			for (String line : this.script) {
				if (!answer(client, line)) {
					return;
				}
				String next = in.readLine();
				if (next == null) {
					return;
				}
				this.heard.add(next);
			}
			while (in.readLine() != null) {
				continue;
			}
		}
		catch (SocketException ex) {
			this.heard.add(String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean answer(Socket client, String line) throws IOException {
		switch (line) {
			case "-" -> {
				return true;
			}
			case "FIN" -> client.shutdownOutput();
			case "RST" -> {
				client.setSoLinger(true, 0);
				client.close();
			}
			case "CLOSE" -> client.close();
			default -> client.getOutputStream()
				.write((line.replace("|", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		}
		return !client.isClosed();
	}

	@Override
	public void close() {
		try {
			this.socket.close();
			for (Socket client : this.open) {
				client.close();
			}
			this.ended.await();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
