/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A DNS server in this process, on a free port of the loopback interface: answers by
 * name, counts questions, can hold its answers back, fail, or stay silent.
 */
final class DnsServer implements AutoCloseable {

	private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());

	private final Map<String, List<Record>> answers = new ConcurrentHashMap<>();

	private final AtomicInteger questions = new AtomicInteger();

	private volatile CountDownLatch gate = new CountDownLatch(0);

	private volatile int failure = Rcode.NOERROR;

	private volatile boolean silent;

	DnsServer() throws IOException {
		Thread thread = new Thread(this::serve, "dns-server");
		thread.setDaemon(true);
		thread.start();
	}

	private void serve() {
		try {
			while (true) {
				DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
				this.socket.receive(packet);
				this.questions.incrementAndGet();
				this.gate.await();
				if (!this.silent) {
					byte[] reply = reply(new Message(Arrays.copyOf(packet.getData(), packet.getLength()))).toWire();
					this.socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// The test is over.
		}
	}

	private Message reply(Message question) {
		Message reply = new Message(question.getHeader().getID());
		reply.getHeader().setFlag(Flags.QR);
		reply.addRecord(question.getQuestion(), Section.QUESTION);
		List<Record> records = this.answers.get(question.getQuestion().getName().toString().toLowerCase());
		if (this.failure != Rcode.NOERROR) {
			reply.getHeader().setRcode(this.failure);
		}
		else if (records == null) {
			reply.getHeader().setRcode(Rcode.NXDOMAIN);
		}
		else {
			records.forEach((record) -> reply.addRecord(record, Section.ANSWER));
		}
		return reply;
	}

	String address() {
		return this.socket.getLocalAddress().getHostAddress() + ":" + this.socket.getLocalPort();
	}

	DnsServer answer(String name, Record... records) {
		this.answers.put(name, List.of(records));
		return this;
	}

	DnsServer failing(int code) {
		this.failure = code;
		return this;
	}

	DnsServer silent() {
		this.silent = true;
		return this;
	}

	/** Answers wait until the latch is opened. */
	CountDownLatch hold() {
		CountDownLatch gate = new CountDownLatch(1);
		this.gate = gate;
		return gate;
	}

	int questions() {
		return this.questions.get();
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
