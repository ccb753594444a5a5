/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.mailio.queue.JournalRecord.Changed;
import io.mailio.queue.JournalRecord.Settled;
import io.mailio.queue.JournalRecord.Suspension;

/**
 * Builds the index from the segments of a directory, when a queue is opened.
 */
final class Recovery {

	private final Index index;

	private final long now;

	private final Damage damage;

	private final boolean writable;

	private final List<Segment> segments = new ArrayList<>();

	private long lastId;

	/** What is done about what cannot be read. */
	interface Damage {

		/** Some octets of a segment; nothing stands behind the last ones. */
		void piece(Segment segment, long from, long to, boolean last, String why) throws IOException;

		/**
		 * A record that is sound, but means nothing to this version. Perhaps it does to
		 * another one: it stays where it is.
		 */
		void unknown(Segment segment, long from, long to, String why) throws IOException;

		/** A file that does not begin like a segment. */
		void file(Path file, IOException failure) throws IOException;

		/** Files are not there. */
		void missing(long first, long last);

	}

	/**
	 * Prepares it.
	 * @param now the time
	 * @param writable whether segments may be changed by whoever hears of the damage
	 */
	Recovery(Index index, long now, Damage damage, boolean writable) {
		this.index = index;
		this.now = now;
		this.damage = damage;
		this.writable = writable;
	}

	/** The files of segments, the oldest first. */
	static List<Path> segmentFiles(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.filter((file) -> Segment.number(file).isPresent())
				.sorted(Comparator.comparing((file) -> file.getFileName().toString()))
				.toList();
		}
	}

	/** Reads everything; closes what it has opened if that fails. */
	void read(Path directory) throws IOException {
		try {
			for (Path file : segmentFiles(directory)) {
				open(file);
			}
			readSegments();
		}
		catch (IOException | RuntimeException ex) {
			this.segments.forEach(Segment::close);
			throw ex;
		}
	}

	private void open(Path file) throws IOException {
		long number = Segment.number(file).orElseThrow();
		long expected = this.segments.isEmpty() ? number : this.segments.get(this.segments.size() - 1).number() + 1;
		if (number != expected) {
			this.damage.missing(expected, number - 1);
		}
		Segment segment;
		try {
			segment = Segment.open(file, this.writable);
		}
		catch (AccessDeniedException ex) {
			throw ex;
		}
		catch (IOException ex) {
			this.damage.file(file, ex);
			return;
		}
		this.segments.add(segment);
	}

	private void readSegments() throws IOException {
		try (ReadAhead ahead = new ReadAhead(this.segments)) {
			for (Stretch stretch = ahead.next(); stretch != null; stretch = ahead.next()) {
				take(stretch);
			}
		}
	}

	private void take(Stretch stretch) throws IOException {
		Segment segment = stretch.segment();
		for (int i = 0; i < stretch.count(); i++) {
			int place = stretch.place(i);
			int length = stretch.length(i);
			try {
				record(segment, place, length, stretch.record(i));
			}
			catch (NoRecordException ex) {
				this.damage.unknown(segment, place, (long) place + length, String.valueOf(ex.getMessage()));
			}
		}
		Stretch.Damage damage = stretch.damage();
		if (damage != null) {
			this.damage.piece(segment, damage.from(), damage.to(), damage.to() == segment.size(), damage.why());
		}
	}

	private void record(Segment segment, int place, int length, ByteBuffer octets) throws NoRecordException {
		if (RecordCodec.isMessage(octets)) {
			message(segment, place, length, RecordCodec.outline(octets));
			return;
		}
		JournalRecord record = RecordCodec.decode(octets);
		if (record instanceof Settled settled) {
			settled(segment, place, settled);
		}
		else if (record instanceof Changed changed) {
			changed(changed);
		}
		else if (record instanceof Suspension suspension) {
			this.index.suspend(suspension.destination(), suspension.suspended());
		}
	}

	private void message(Segment segment, int place, int length, Outline message) {
		// Most come in the order of their names, and then nobody has to look.
		IndexedMessage before = (message.id() <= this.lastId) ? this.index.find(message.id()) : null;
		if (before != null) {
			this.index.remove(before);
		}
		this.lastId = Math.max(this.lastId, message.id());
		this.index
			.add(indexed(this.index, segment, place, length, message, (due) -> dueAgain(message.recorded(), due)));
	}

	/** Turns a time that was written into one of now. */
	interface Times {

		long now(long due);

	}

	static IndexedMessage indexed(Index index, Segment segment, int place, int length, Outline message, Times times) {
		IndexedMessage indexed = new IndexedMessage(message.id(), message.enqueued(), message.size(), message.inFile(),
				segment, place, length);
		List<Outline.Part> parts = message.parts();
		Waiting[] waiting = new Waiting[parts.size()];
		for (int i = 0; i < waiting.length; i++) {
			waiting[i] = waiting(index, indexed, parts.get(i), times);
		}
		indexed.waiting(List.of(waiting));
		return indexed;
	}

	private static Waiting waiting(Index index, IndexedMessage message, Outline.Part part, Times times) {
		Waiting waiting = new Waiting(message, index.destination(part.destination()), part.recipients(),
				times.now(part.due()), part.attempts(), part.held());
		waiting.lastAttempt(part.lastAttempt());
		return waiting;
	}

	/**
	 * If the clock of the machine was set back meanwhile, nothing waits longer than it
	 * was meant to.
	 */
	private long dueAgain(long recorded, long due) {
		return Math.min(due, this.now + Math.max(0, due - recorded));
	}

	private void settled(Segment segment, int place, Settled settled) {
		IndexedMessage message = this.index.find(settled.id());
		if (message == null) {
			// It was done with before its segment was given up.
			return;
		}
		for (Waiting waiting : message.waiting()) {
			if (waiting.destination().name().equals(settled.destination())) {
				apply(this.index, waiting, settled, dueAgain(settled.recorded(), settled.due()));
				waiting.lastRecord(segment, place);
			}
		}
	}

	/** What a claim has come to; what waits is not in flight any more. */
	static void apply(Index index, Waiting waiting, Settled settled, long due) {
		Set<Integer> done = new HashSet<>();
		for (int number : settled.done()) {
			done.add(number);
		}
		int[] left = Arrays.stream(waiting.recipients()).filter((number) -> !done.contains(number)).toArray();
		if (left.length == 0) {
			index.remove(waiting);
			return;
		}
		waiting.recipients(left);
		waiting.attempts(settled.attempts());
		waiting.lastAttempt(settled.recorded());
		index.due(waiting, due);
	}

	private void changed(Changed changed) {
		IndexedMessage message = this.index.find(changed.id());
		if (message != null) {
			apply(this.index, message, changed, dueAgain(changed.recorded(), changed.recorded()));
		}
	}

	static void apply(Index index, IndexedMessage message, Changed changed, long now) {
		switch (changed.change()) {
			case HELD -> message.waiting().forEach((waiting) -> index.held(waiting, true));
			case RELEASED -> message.waiting().forEach((waiting) -> index.held(waiting, false));
			case RETRIED -> message.waiting().forEach((waiting) -> index.due(waiting, now));
			case DELETED -> index.remove(message);
		}
	}

	/** The segments, the oldest first. */
	List<Segment> segments() {
		return this.segments;
	}

	/** The greatest name of a message. */
	long lastId() {
		return this.lastId;
	}

	/** Contents whose messages are gone, were never accepted, or cannot be read. */
	List<Path> contentsWithoutMessages(Path contents) throws IOException {
		try (Stream<Path> files = Files.list(contents)) {
			return files.filter((file) -> !isNeeded(file)).toList();
		}
	}

	private boolean isNeeded(Path file) {
		try {
			IndexedMessage message = this.index.find(QueueId.parse(file.getFileName().toString()).value());
			return message != null && message.isInFile();
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
