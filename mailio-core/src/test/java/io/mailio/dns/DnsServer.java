/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.Tokenizer;

/**
 * A DNS server in this process, on a free port of the loopback interface: answers by name
 * and type like a resolver, counts questions, can hold its answers back, fail, stay
 * silent, and send them by TCP only.
 */
public final class DnsServer implements AutoCloseable {

	private static final int PORT_ATTEMPTS = 20;

	private final DatagramSocket socket;

	private final ServerSocket streams;

	private final Map<String, List<Record>> answers = new ConcurrentHashMap<>();

	private final Map<String, List<Record>> zone = new ConcurrentHashMap<>();

	private final Map<String, Integer> failures = new ConcurrentHashMap<>();

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final AtomicInteger questions = new AtomicInteger();

	private volatile CountDownLatch gate = new CountDownLatch(0);

	private volatile int failure = Rcode.NOERROR;

	private volatile boolean silent;

	private volatile boolean truncating;

	private volatile boolean chasing = true;

	private volatile List<Record> authority = List.of();

	public DnsServer() throws IOException {
		DatagramSocket datagrams = null;
		ServerSocket streams = null;
		for (int i = 0; streams == null; i++) {
			datagrams = new DatagramSocket(0, InetAddress.getLoopbackAddress());
			try {
				streams = new ServerSocket(datagrams.getLocalPort(), 50, InetAddress.getLoopbackAddress());
			}
			catch (BindException ex) {
				datagrams.close();
				if (i == PORT_ATTEMPTS) {
					throw ex;
				}
			}
		}
		this.socket = datagrams;
		this.streams = streams;
		start(this::serve, "dns-server");
		start(this::serveStreams, "dns-server-tcp");
	}

	private static void start(Runnable task, String name) {
		Thread thread = new Thread(task, name);
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
				Message question = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
				if (!this.silent && failureOf(question) >= 0) {
					byte[] reply = (this.truncating ? truncated(question) : reply(question)).toWire();
					this.socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// The test is over.
		}
	}

	private void serveStreams() {
		try {
			while (true) {
				try (Socket stream = this.streams.accept()) {
					DataInputStream in = new DataInputStream(stream.getInputStream());
					this.questions.incrementAndGet();
					byte[] reply = reply(new Message(in.readNBytes(in.readUnsignedShort()))).toWire();
					DataOutputStream out = new DataOutputStream(stream.getOutputStream());
					out.writeShort(reply.length);
					out.write(reply);
					// The client closes; until then the answer is on its way.
					in.read();
				}
			}
		}
		catch (IOException ex) {
			// The test is over.
		}
	}

	private int failureOf(Message question) {
		return this.failures.getOrDefault(key(question), this.failure);
	}

	private static String key(Message question) {
		return question.getQuestion().getName().toString().toLowerCase(Locale.ROOT) + " "
				+ Type.string(question.getQuestion().getType());
	}

	private static Message empty(Message question) {
		Message reply = new Message(question.getHeader().getID());
		reply.getHeader().setFlag(Flags.QR);
		reply.addRecord(question.getQuestion(), Section.QUESTION);
		return reply;
	}

	private static Message truncated(Message question) {
		Message reply = empty(question);
		reply.getHeader().setFlag(Flags.TC);
		return reply;
	}

	private Message reply(Message question) {
		this.asked.add(key(question));
		Message reply = empty(question);
		Name name = question.getQuestion().getName();
		List<Record> records = this.answers.get(name.toString().toLowerCase(Locale.ROOT));
		if (failureOf(question) != Rcode.NOERROR) {
			reply.getHeader().setRcode(failureOf(question));
		}
		else if (records != null) {
			records.forEach((record) -> reply.addRecord(record, Section.ANSWER));
		}
		else {
			fromZone(name, question.getQuestion().getType(), reply);
		}
		return reply;
	}

	/** As a resolver does: with the records behind aliases, unless it is told not to. */
	private void fromZone(Name question, int type, Message reply) {
		Name at = question;
		boolean found = false;
		boolean alias = true;
		for (int i = 0; alias && i < 20; i++) {
			List<Record> owned = this.zone.get(at.toString().toLowerCase(Locale.ROOT));
			if (owned == null) {
				reply.getHeader().setRcode(Rcode.NXDOMAIN);
				break;
			}
			alias = false;
			for (Record record : owned) {
				if (record.getType() == type || record instanceof CNAMERecord) {
					reply.addRecord(record, Section.ANSWER);
					found |= record.getType() == type;
				}
				if (record instanceof CNAMERecord cname && this.chasing) {
					at = cname.getTarget();
					alias = true;
				}
			}
		}
		if (!found && (this.chasing || at.equals(question))) {
			this.authority.forEach((record) -> reply.addRecord(record, Section.AUTHORITY));
		}
	}

	public String address() {
		return this.socket.getLocalAddress().getHostAddress() + ":" + this.socket.getLocalPort();
	}

	/** Asks this server, and takes the time that answers last from a clock. */
	public DnsResolver resolver(Duration timeout, LongSupplier nanoTime) {
		return new DnsResolver(new DnsOptions(List.of(address()), timeout), nanoTime);
	}

	DnsServer answer(String name, Record... records) {
		this.answers.put(name, List.of(records));
		return this;
	}

	/** Adds records, each as {@code owner ttl type data} with full names. */
	public DnsServer zone(String... records) {
		for (String text : records) {
			Record record = record(text);
			this.zone
				.computeIfAbsent(record.getName().toString().toLowerCase(Locale.ROOT),
						(owner) -> new CopyOnWriteArrayList<>())
				.add(record);
		}
		return this;
	}

	/** Forgets all records of a name. */
	public DnsServer remove(String name) {
		this.zone.remove(name);
		return this;
	}

	/** Stands in the authority section of negative answers. */
	DnsServer authority(String... records) {
		List<Record> authority = new ArrayList<>();
		for (String record : records) {
			authority.add(record(record));
		}
		this.authority = authority;
		return this;
	}

	private static Record record(String text) {
		String[] words = text.split(" ", 4);
		try {
			return Record.fromString(Name.fromString(words[0], Name.root), Type.value(words[2]), DClass.IN,
					Long.parseLong(words[1]), new Tokenizer(words[3]), Name.root);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(text, ex);
		}
	}

	DnsServer failing(int code) {
		this.failure = code;
		return this;
	}

	/** Fails one question; a negative code is silence. */
	public DnsServer failing(String name, String type, int code) {
		this.failures.put(name + " " + type, code);
		return this;
	}

	DnsServer silent() {
		this.silent = true;
		return this;
	}

	/** Datagrams say no more than that the answer must be asked for by TCP. */
	DnsServer truncating() {
		this.truncating = true;
		return this;
	}

	/** Answers end with the first alias. */
	DnsServer notChasing() {
		this.chasing = false;
		return this;
	}

	/** Answers wait until the latch is opened. */
	CountDownLatch hold() {
		CountDownLatch gate = new CountDownLatch(1);
		this.gate = gate;
		return gate;
	}

	public int questions() {
		return this.questions.get();
	}

	/** What was answered, as {@code name type}. */
	public List<String> asked() {
		return this.asked;
	}

	@Override
	public void close() {
		this.socket.close();
		try {
			this.streams.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
