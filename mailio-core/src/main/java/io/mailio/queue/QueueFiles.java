/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;

/**
 * Reads the directory of a {@link FileQueue} without changing anything, on the command
 * line: {@code list DIRECTORY} prints what waits, {@code export DIRECTORY TARGET [ID...]}
 * writes messages as files, which belong to whoever runs it alone. It may be used while
 * the queue is open; then it shows what was on disk a moment ago.
 */
public final class QueueFiles implements Closeable {

	private static final String USAGE = """
			usage: QueueFiles list DIRECTORY
			       QueueFiles export DIRECTORY TARGET [ID...]""";

	private final RecordReader reader;

	private final Index index = new Index();

	private final Recovery recovery;

	private final PrintStream complaints;

	/** Whether a message means nothing to this version, or is not there. */
	private boolean lacking;

	private QueueFiles(Path directory, PrintStream complaints) throws IOException {
		this.reader = new RecordReader(new ContentFiles(directory));
		this.complaints = complaints;
		this.recovery = new Recovery(this.index, System.currentTimeMillis(), new Complaints(complaints), false);
		this.recovery.read(directory);
	}

	/**
	 * Runs a command; the process ends with 0 if all went well, 1 if something could not
	 * be read or written, 2 for wrong usage.
	 * @param args see above
	 */
	public static void main(String[] args) {
		System.exit(run(args, System.out, System.err));
	}

	static int run(String[] args, PrintStream out, PrintStream complaints) {
		boolean list = args.length == 2 && args[0].equals("list");
		boolean export = args.length >= 3 && args[0].equals("export");
		if (!list && !export) {
			complaints.println(USAGE);
			return 2;
		}
		Path directory = Path.of(args[1]);
		if (!Files.isDirectory(directory)) {
			complaints.println(directory + " is no directory");
			return 2;
		}
		if (!isQueue(directory)) {
			complaints.println(directory + " holds no queue: there is neither a journal nor a lock in it");
			return 2;
		}
		try (QueueFiles files = new QueueFiles(directory, complaints)) {
			if (list) {
				files.list(out);
			}
			else {
				files.export(Path.of(args[2]), List.of(args).subList(3, args.length), out);
			}
			return files.lacking ? 1 : 0;
		}
		catch (IOException ex) {
			complaints.println(Printable.of(ex.toString()));
			return 1;
		}
	}

	/** A queue that was never written to has its lock alone, a copy perhaps none. */
	private static boolean isQueue(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.anyMatch((file) -> file.endsWith(QueueLock.NAME) || Segment.number(file).isPresent());
		}
		catch (IOException | UncheckedIOException ex) {
			// Whoever reads it says why that is not possible.
			return true;
		}
	}

	private List<IndexedMessage> messages() {
		return this.index.messages().sorted(Comparator.comparingLong(IndexedMessage::id)).toList();
	}

	private Message read(IndexedMessage message) throws IOException {
		return this.reader.message(message.segment(), message.place(), message.length());
	}

	private void list(PrintStream out) throws IOException {
		for (IndexedMessage message : messages()) {
			Message record;
			try {
				record = read(message);
			}
			catch (NoRecordException ex) {
				complain(message, ex);
				continue;
			}
			out.println(new QueueId(message.id()) + " " + Instant.ofEpochMilli(message.enqueued()) + " "
					+ message.size() + " octets from <" + Printable.of(record.from().toString()) + ">");
			for (Waiting waiting : message.waiting()) {
				print(record, waiting, out);
			}
		}
		this.index.suspended()
			.stream()
			.sorted()
			.forEach((destination) -> out.println("suspended: " + Printable.of(destination)));
	}

	private void print(Message record, Waiting waiting, PrintStream out) throws IOException {
		String recipients = recipients(record, waiting).stream()
			.map((one) -> "<" + Printable.of(one.mailbox().toString()) + ">")
			.collect(Collectors.joining(" "));
		out.println(
				"    " + Printable.of(waiting.destination().name()) + (waiting.isHeld() ? " held" : "") + ", attempts "
						+ waiting.attempts() + ", next " + Instant.ofEpochMilli(waiting.due()) + ": " + recipients);
		List<Attempt> history = this.reader.history(waiting.lastSegment(), waiting.lastPlace(), record,
				waiting.destination().name());
		history.forEach((one) -> out.println("        " + one.ended() + " " + Printable.of(one.reply())));
	}

	private static List<Recipient> recipients(Message record, Waiting waiting) throws IOException {
		return record.recipients(waiting.destination().name(), waiting.recipients())
			.stream()
			.map(Numbered::recipient)
			.toList();
	}

	private void complain(IndexedMessage message, NoRecordException why) {
		this.lacking = true;
		this.complaints.println("Message " + new QueueId(message.id()) + ", " + message.length() + " octets in "
				+ message.segment() + " at " + message.place() + ", means nothing to this version: "
				+ Printable.of(String.valueOf(why.getMessage())));
	}

	private void export(Path target, List<String> ids, PrintStream out) throws IOException {
		Directories.make(target);
		Set<String> missing = new LinkedHashSet<>(ids);
		for (IndexedMessage message : messages()) {
			if (missing.remove(new QueueId(message.id()).toString()) || ids.isEmpty()) {
				export(message, target, out);
			}
		}
		for (String id : missing) {
			this.lacking = true;
			this.complaints.println("There is no message " + Printable.of(id) + " in the queue");
		}
	}

	/**
	 * The content as it came, and what is left of the envelope beside it; the record as
	 * it is, if nobody can tell the one from the other.
	 */
	private void export(IndexedMessage message, Path target, PrintStream out) throws IOException {
		String name = new QueueId(message.id()).toString();
		Message record;
		try {
			record = read(message);
		}
		catch (NoRecordException ex) {
			complain(message, ex);
			write(target.resolve(name + ".record"),
					new ByteArrayInputStream(this.reader.octets(message.segment(), message.place(), message.length())));
			return;
		}
		Path content = target.resolve(name + ".eml");
		try (InputStream in = this.reader.content(message.segment(), message.place(), message.length(), record)
			.openStream()) {
			write(content, in);
		}
		StringBuilder envelope = new StringBuilder("MAIL FROM:<" + record.from() + "> " + record.parameters() + "\n");
		for (Waiting waiting : message.waiting()) {
			recipients(record, waiting)
				.forEach((one) -> envelope.append("RCPT TO:<" + one.mailbox() + "> " + one.parameters() + "\n"));
		}
		write(target.resolve(name + ".envelope"),
				new ByteArrayInputStream(envelope.toString().getBytes(StandardCharsets.UTF_8)));
		out.println(content);
	}

	private static void write(Path file, InputStream octets) throws IOException {
		try (OutputStream out = Channels
			.newOutputStream(Directories.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
			octets.transferTo(out);
		}
	}

	@Override
	public void close() {
		this.recovery.segments().forEach(Segment::close);
	}

	/** Damage is told and left as it is. */
	private record Complaints(PrintStream to) implements Recovery.Damage {

		@Override
		public void piece(Segment segment, long from, long to, boolean last, String why) {
			this.to.println(segment + " is damaged from octet " + from + " to " + to + ": " + why);
		}

		@Override
		public void unknown(Segment segment, long from, long to, String why) {
			this.to.println(segment + " holds a record from octet " + from + " to " + to
					+ " that means nothing to this version: " + Printable.of(why));
		}

		@Override
		public void file(Path file, IOException failure) {
			this.to.println(failure.getMessage());
		}

		@Override
		public void missing(long first, long last) {
			this.to.println("Segments " + Long.toHexString(first) + " to " + Long.toHexString(last) + " are missing");
		}

	}

}
