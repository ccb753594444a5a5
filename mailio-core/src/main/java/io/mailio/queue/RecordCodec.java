/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.mailio.queue.JournalRecord.Change;
import io.mailio.queue.JournalRecord.Changed;
import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
import io.mailio.queue.JournalRecord.Settled;
import io.mailio.queue.JournalRecord.Suspension;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;

/**
 * The octets of records: a type, then the fields in the order of {@link JournalRecord};
 * numbers big-endian, text as UTF-8 behind its length in two octets. The content of a
 * message stands behind its record; the length of what stands before it comes first, so
 * that the one can be read without the other. {@code docs/queue.md} has it all.
 */
final class RecordCodec {

	private static final int MESSAGE = 'M';

	private static final int SETTLED = 'S';

	private static final int CHANGED = 'C';

	private static final int SUSPENSION = 'D';

	/** Type and length of the head: what must be read first of a message. */
	private static final int PREFIX = 5;

	private static final int HELD = 1;

	private static final int IN_FILE = 1;

	private static final int NOT_BEFORE = 2;

	private RecordCodec() {
	}

	static byte[] encode(JournalRecord record) {
		ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
		try (DataOutputStream out = new DataOutputStream(octets)) {
			if (record instanceof Message message) {
				byte[] head = head(message);
				out.writeByte(MESSAGE);
				out.writeInt(head.length);
				out.write(head);
			}
			else if (record instanceof Settled settled) {
				out.writeByte(SETTLED);
				write(settled, out);
			}
			else if (record instanceof Changed changed) {
				out.writeByte(CHANGED);
				out.writeLong(changed.id());
				out.writeLong(changed.recorded());
				out.writeByte(changed.change().ordinal());
			}
			else if (record instanceof Suspension suspension) {
				out.writeByte(SUSPENSION);
				write(suspension.destination(), out);
				out.writeBoolean(suspension.suspended());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return octets.toByteArray();
	}

	private static byte[] head(Message message) throws IOException {
		ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
		DataOutputStream out = new DataOutputStream(octets);
		out.writeLong(message.id());
		out.writeLong(message.enqueued());
		out.writeLong(message.recorded());
		out.writeLong(message.size());
		out.writeByte((message.inFile() ? IN_FILE : 0) | ((message.notBefore() != 0) ? NOT_BEFORE : 0));
		if (message.notBefore() != 0) {
			out.writeLong(message.notBefore());
		}
		write(message.from().toString(), out);
		write(message.parameters().toString(), out);
		out.writeShort(message.parts().size());
		for (Part part : message.parts()) {
			write(part, out);
		}
		return octets.toByteArray();
	}

	private static void write(Part part, DataOutputStream out) throws IOException {
		write(part.destination(), out);
		out.writeByte(part.held() ? HELD : 0);
		out.writeShort(part.attempts());
		out.writeLong(part.due());
		write(part.history(), out);
		out.writeShort(part.recipients().size());
		for (Numbered numbered : part.recipients()) {
			out.writeShort(numbered.number());
			write(numbered.recipient().mailbox().toString(), out);
			write(numbered.recipient().parameters().toString(), out);
		}
	}

	private static void write(Settled settled, DataOutputStream out) throws IOException {
		out.writeLong(settled.id());
		out.writeLong(settled.recorded());
		write(settled.destination(), out);
		out.writeShort(settled.done().length);
		for (int number : settled.done()) {
			out.writeShort(number);
		}
		out.writeShort(settled.bounced());
		out.writeShort(settled.attempts());
		out.writeLong(settled.due());
		write(settled.history(), out);
	}

	private static void write(List<Attempt> history, DataOutputStream out) throws IOException {
		out.writeByte(history.size());
		for (Attempt attempt : history) {
			out.writeLong(attempt.ended().toEpochMilli());
			write(attempt.reply(), out);
		}
	}

	private static void write(String text, DataOutputStream out) throws IOException {
		byte[] octets = text.getBytes(StandardCharsets.UTF_8);
		if (octets.length > 0xffff) {
			throw new IllegalArgumentException("A text of " + octets.length + " octets is too long for the journal");
		}
		out.writeShort(octets.length);
		out.write(octets);
	}

	/**
	 * How many octets of a message stand before its content.
	 * @param beginning at least the first {@link #PREFIX} octets
	 * @throws NoRecordException if that cannot be
	 */
	static int headLength(ByteBuffer beginning) throws NoRecordException {
		int length = (beginning.remaining() >= PREFIX) ? beginning.getInt(beginning.position() + 1) : -1;
		if (length < 0 || length > Frame.MAX_RECORD - PREFIX) {
			throw new NoRecordException("A record without a beginning");
		}
		return PREFIX + length;
	}

	/**
	 * Reads a record; of a message, the content behind it is left.
	 * @throws NoRecordException if it is none
	 */
	static JournalRecord decode(ByteBuffer in) throws NoRecordException {
		try {
			int type = in.get();
			return switch (type) {
				case MESSAGE -> message(in);
				case SETTLED -> settled(in);
				case CHANGED -> new Changed(in.getLong(), in.getLong(), change(in.get()));
				case SUSPENSION -> new Suspension(text(in), in.get() != 0);
				default -> throw new NoRecordException("There are no records of type " + type);
			};
		}
		catch (RuntimeException ex) {
			throw new NoRecordException("A record that cannot be read: " + ex);
		}
	}

	/** Whether a record is a message's. */
	static boolean isMessage(ByteBuffer in) {
		return in.get(in.position()) == MESSAGE;
	}

	/**
	 * Reads of a message what the index keeps, and passes over the rest: a queue may be
	 * opened with a million of them.
	 * @throws NoRecordException if it is none
	 */
	static Outline outline(ByteBuffer in) throws NoRecordException {
		try {
			in.get();
			Beginning beginning = beginning(in);
			skipText(in);
			skipText(in);
			int count = in.getShort();
			if (count == 1) {
				return beginning.outline(List.of(partOutline(in)));
			}
			List<Outline.Part> parts = new ArrayList<>(count);
			for (int i = 0; i < count; i++) {
				parts.add(partOutline(in));
			}
			return beginning.outline(parts);
		}
		catch (RuntimeException ex) {
			throw new NoRecordException("A record that cannot be read: " + ex);
		}
	}

	private static Outline.Part partOutline(ByteBuffer in) {
		String destination = text(in);
		boolean held = in.get() == HELD;
		int attempts = in.getShort();
		long due = in.getLong();
		long lastAttempt = 0;
		for (int left = in.get(); left > 0; left--) {
			lastAttempt = in.getLong();
			skipText(in);
		}
		int[] recipients = new int[in.getShort()];
		for (int i = 0; i < recipients.length; i++) {
			recipients[i] = in.getShort();
			skipText(in);
			skipText(in);
		}
		return new Outline.Part(destination, held, attempts, due, lastAttempt, recipients);
	}

	private static void skipText(ByteBuffer in) {
		int length = Short.toUnsignedInt(in.getShort());
		if (length > in.remaining()) {
			throw new BufferUnderflowException();
		}
		in.position(in.position() + length);
	}

	/** The fields of a message before the first text. */
	private record Beginning(long id, long enqueued, long recorded, long size, boolean inFile, long notBefore) {

		Outline outline(List<Outline.Part> parts) {
			return new Outline(this.id, this.enqueued, this.recorded, this.size, this.inFile, parts);
		}

	}

	private static Beginning beginning(ByteBuffer in) {
		in.getInt();
		long id = in.getLong();
		long enqueued = in.getLong();
		long recorded = in.getLong();
		long size = in.getLong();
		int flags = in.get();
		long notBefore = ((flags & NOT_BEFORE) != 0) ? in.getLong() : 0;
		return new Beginning(id, enqueued, recorded, size, (flags & IN_FILE) != 0, notBefore);
	}

	private static Message message(ByteBuffer in) {
		Beginning beginning = beginning(in);
		String from = text(in);
		ReversePath sender = from.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(from));
		Parameters parameters = Parameters.of(text(in));
		int count = in.getShort();
		List<Part> parts = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			parts.add(part(in));
		}
		return new Message(beginning.id(), beginning.enqueued(), beginning.recorded(), beginning.size(),
				beginning.inFile(), beginning.notBefore(), sender, parameters, parts);
	}

	private static Part part(ByteBuffer in) {
		String destination = text(in);
		boolean held = in.get() == HELD;
		int attempts = in.getShort();
		long due = in.getLong();
		List<Attempt> history = history(in);
		int count = in.getShort();
		List<Numbered> recipients = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			int number = in.getShort();
			recipients.add(new Numbered(number, new Recipient(Mailbox.of(text(in)), Parameters.of(text(in)))));
		}
		return new Part(destination, held, attempts, due, history, recipients);
	}

	private static Settled settled(ByteBuffer in) {
		long id = in.getLong();
		long recorded = in.getLong();
		String destination = text(in);
		int[] done = new int[in.getShort()];
		for (int i = 0; i < done.length; i++) {
			done[i] = in.getShort();
		}
		return new Settled(id, recorded, destination, done, in.getShort(), in.getShort(), in.getLong(), history(in));
	}

	private static List<Attempt> history(ByteBuffer in) {
		int count = in.get();
		List<Attempt> history = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			history.add(new Attempt(Instant.ofEpochMilli(in.getLong()), text(in)));
		}
		return history;
	}

	private static Change change(int number) {
		if (number < 0 || number >= Change.values().length) {
			throw new IllegalArgumentException("There is no change " + number);
		}
		return Change.values()[number];
	}

	private static String text(ByteBuffer in) {
		byte[] octets = new byte[Short.toUnsignedInt(in.getShort())];
		in.get(octets);
		return new String(octets, StandardCharsets.UTF_8);
	}

}
