/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that listens where spamd is expected, on a port of its own, and answers as a
 * test wants.
 */
public final class SpamdDouble implements AutoCloseable {

	/** What spamd 4.0 says of a message. */
	public static final String REPORT = """
			Spam detection software, running on the system "mx.example.com",
			has identified this incoming email as possible spam.

			Content preview:  Buy now
			   1.0 FORGED_A               in the text
			 9.9 FORGED_B               in the text
			 pts rule name              description
			---- ---------------------- --------------------------------------------------
			 9.9 FORGED_C               in the text

			Content analysis details:   (1008.1 points, 5.0 required)

			 pts rule name              description
			---- ---------------------- --------------------------------------------------
			 2.4 FSL_HELO_NON_FQDN_1    No description available.
			-0.0 SPF_PASS               SPF: sender matches SPF record
			1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email
			                            [5.0 FORGED_D text]
			 -10 WELCOME                Known
			  12 ABC                    Twelve

			""";

	/** What it does with a connection. */
	@FunctionalInterface
	public interface Behaviour {

		/** Answers, or not. The connection closes when this returns. */
		void serve(InputStream in, OutputStream out) throws IOException;

	}

	/** Answers when the request has come, and then waits for the client to close. */
	@FunctionalInterface
	public interface Answer {

		/** What to say to a request. */
		String to(String request);

	}

	private final ServerSocket socket;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final AtomicInteger most = new AtomicInteger();

	private volatile Behaviour behaviour;

	public SpamdDouble(Behaviour behaviour) {
		this.behaviour = behaviour;
		try {
			this.socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::acceptAll);
	}

	/** One that behaves. */
	public static SpamdDouble answering(String answer) {
		SpamdDouble spamd = new SpamdDouble((in, out) -> {
		});
		spamd.behave(spamd.reading((request) -> answer));
		return spamd;
	}

	/** An answer as it should be. */
	public static String ok(String score, String report) {
		return "SPAMD/1.1 0 EX_OK\r\nContent-length: " + report.length() + "\r\nSpam: True ; " + score
				+ " / 5.0\r\n\r\n" + report;
	}

	public void behave(Behaviour behaviour) {
		this.behaviour = behaviour;
	}

	/** Reads the request, answers and leaves it to the client to close. */
	public Behaviour reading(Answer answer) {
		return (in, out) -> {
			String request = request(in);
			this.requests.add(request);
			out.write(answer.to(request).getBytes(StandardCharsets.ISO_8859_1));
			out.flush();
			in.transferTo(OutputStream.nullOutputStream());
		};
	}

	/** A request with its content. */
	static String request(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int octet = in.read();
			if (octet < 0) {
				throw new IOException("The client has closed the connection");
			}
			head.append((char) octet);
		}
		String lower = head.toString().toLowerCase(Locale.ROOT);
		int from = lower.indexOf("content-length: ") + "content-length: ".length();
		int length = Integer.parseInt(lower.substring(from, lower.indexOf("\r\n", from)));
		return head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	private void acceptAll() {
		while (!this.socket.isClosed()) {
			try {
				Socket client = this.socket.accept();
				this.open.add(client);
				this.most.accumulateAndGet(this.open.size(), Math::max);
				this.threads.execute(() -> serve(client));
			}
			catch (IOException ex) {
				// Closed: the end of the test.
			}
		}
	}

	private void serve(Socket client) {
		try (client) {
			this.behaviour.serve(new BufferedInputStream(client.getInputStream()), client.getOutputStream());
		}
		catch (IOException ex) {
			// The client has gone.
		}
		finally {
			this.open.remove(client);
		}
	}

	/** Its port. */
	public int port() {
		return this.socket.getLocalPort();
	}

	/** What was asked. */
	public List<String> requests() {
		return this.requests;
	}

	/** How many connections the client has not closed. */
	public int open() {
		return this.open.size();
	}

	/** How many there were at a time. */
	public int most() {
		return this.most.get();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		for (Socket client : this.open) {
			client.close();
		}
		this.threads.shutdown();
	}

}
