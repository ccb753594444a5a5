/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Stands before a server and hides that it knows CHUNKING: what the client says goes on
 * as it is, and in what the server says the word is another one.
 */
final class WithoutChunking implements AutoCloseable {

	private final ServerSocket socket;

	private final int server;

	private WithoutChunking(int server) throws IOException {
		this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.server = server;
	}

	static WithoutChunking before(int server) {
		try {
			WithoutChunking proxy = new WithoutChunking(server);
			start(proxy::serve);
			return proxy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int port() {
		return this.socket.getLocalPort();
	}

	private static void start(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// One side has gone, and takes the other one with it.
				Thread.currentThread().interrupt();
			}
		}, "without-chunking");
		thread.setDaemon(true);
		thread.start();
	}

	private void serve() throws IOException {
		while (true) {
			Socket client = this.socket.accept();
			Socket target = new Socket(InetAddress.getLoopbackAddress(), this.server);
			client.setTcpNoDelay(true);
			target.setTcpNoDelay(true);
			start(() -> pass(client, target, false));
			start(() -> pass(target, client, true));
		}
	}

	/** Replies of our server come in one piece. */
	private static void pass(Socket from, Socket to, boolean replies) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] block = new byte[64 * 1024];
			for (int length = in.read(block); length >= 0; length = in.read(block)) {
				String text = new String(block, 0, length, StandardCharsets.ISO_8859_1);
				out.write(
						(replies ? text.replace("CHUNKING", "XCHUNKIN") : text).getBytes(StandardCharsets.ISO_8859_1));
			}
		}
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

	private interface Task {

		void run() throws IOException;

	}

}
