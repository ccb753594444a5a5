/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import io.mailio.queue.JournalRecord.Change;
import io.mailio.queue.JournalRecord.Changed;
import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
import io.mailio.queue.JournalRecord.Settled;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives segments up, always the oldest one: when none of its messages is left; or, when
 * more than half of all octets belong to messages that have gone, after its messages have
 * been written anew with what is left of them. Since nothing older remains, its records
 * of later events are about messages that have gone, or were written anew, too.
 *
 * <p>
 * Runs on the thread of the journal between two batches, a few megabytes at a time, so
 * that nobody waits long for it.
 */
final class Compaction {

	private static final Logger logger = LoggerFactory.getLogger(Compaction.class);

	private static final int SLICE = 4 * 1024 * 1024;

	private final ReentrantLock lock;

	private final Index index;

	private final RecordReader reader;

	private final Deque<Segment> segments;

	private final long slack;

	private final QueueClock clock;

	/** Messages of the oldest segment that are to be written anew. */
	private final Deque<IndexedMessage> moving = new ArrayDeque<>();

	private @Nullable Segment source;

	/** A segment with a message that cannot be read; it stays. */
	private @Nullable Segment stuck;

	Compaction(ReentrantLock lock, Index index, RecordReader reader, Deque<Segment> segments, long slack,
			QueueClock clock) {
		this.lock = lock;
		this.index = index;
		this.reader = reader;
		this.segments = segments;
		this.slack = slack;
		this.clock = clock;
	}

	/** Does a slice of the work; writes through the journal on whose thread it runs. */
	void run(Journal journal) {
		abandonEmpty();
		begin();
		List<Journal.Entry> slice = slice();
		if (!slice.isEmpty()) {
			journal.write(slice);
			abandonEmpty();
		}
	}

	private void abandonEmpty() {
		this.lock.lock();
		try {
			while (this.segments.size() > 1 && this.segments.getFirst().liveMessages() == 0) {
				Segment empty = this.segments.getFirst();
				try {
					empty.abandon();
				}
				catch (IOException ex) {
					logger.warn("{} is not needed any more, but cannot be removed: {}", empty, ex.toString());
				}
				this.segments.removeFirst();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void begin() {
		this.lock.lock();
		try {
			Segment oldest = this.segments.peekFirst();
			if (!this.moving.isEmpty() && this.source == oldest) {
				return;
			}
			this.moving.clear();
			this.source = oldest;
			if (this.segments.size() > 1 && oldest != this.stuck && isWasteful()) {
				this.index.messages().filter((message) -> message.segment() == oldest).forEach(this.moving::add);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isWasteful() {
		long all = 0;
		long live = 0;
		for (Segment segment : this.segments) {
			all += segment.size();
			live += segment.liveOctets();
		}
		return all > 2 * live + this.slack;
	}

	private List<Journal.Entry> slice() {
		List<Journal.Entry> slice = new ArrayList<>();
		int octets = 0;
		while (!this.moving.isEmpty() && octets < SLICE) {
			IndexedMessage message = this.moving.remove();
			try {
				for (Journal.Entry entry : anew(message)) {
					slice.add(entry);
					octets += entry.length();
				}
			}
			catch (IOException | RuntimeException ex) {
				logger.error("Message {} cannot be read from {}, which stays where it is", new QueueId(message.id()),
						message.segment(), ex);
				this.stuck = this.source;
				this.moving.clear();
			}
		}
		return slice;
	}

	/** A message with what is left of it; nothing if it has gone. */
	private List<Journal.Entry> anew(IndexedMessage message) throws IOException {
		List<Left> left = left(message);
		if (left.isEmpty()) {
			return List.of();
		}
		Message old;
		try {
			old = this.reader.message(message.segment(), message.place(), message.length());
		}
		catch (NoRecordException ex) {
			return asItIs(message, left, ex);
		}
		List<Part> parts = new ArrayList<>();
		for (Left one : left) {
			parts.add(part(old, one));
		}
		byte[] record = RecordCodec.encode(new Message(old.id(), old.enqueued(), this.clock.millis(), old.size(),
				old.inFile(), old.notBefore(), old.from(), old.parameters(), parts));
		byte[] content = new byte[old.inFile() ? 0 : (int) old.size()];
		message.segment().read(ByteBuffer.wrap(content), message.place() + message.length() - content.length);
		return List.of(new Moved(message, record, content));
	}

	/**
	 * A message whose record means nothing to this version, and what has become of it
	 * behind that, for one to which it does.
	 */
	private List<Journal.Entry> asItIs(IndexedMessage message, List<Left> left, NoRecordException why)
			throws IOException {
		logger.error("Message {} in {} at {} means nothing to this version and is copied as it is: {}",
				new QueueId(message.id()), message.segment(), message.place(),
				Printable.of(String.valueOf(why.getMessage())));
		byte[] record = this.reader.octets(message.segment(), message.place(), message.length());
		List<Journal.Entry> entries = new ArrayList<>();
		entries.add(new Moved(message, record, new byte[0]));
		for (Outline.Part before : RecordCodec.outline(ByteBuffer.wrap(record)).parts()) {
			Left now = left.stream()
				.filter((one) -> one.destination().equals(before.destination()))
				.findFirst()
				.orElse(null);
			if (now == null || now.attempts() != before.attempts()
					|| now.recipients().size() < before.recipients().length) {
				entries.add(new Behind(settled(message, before, now), (now != null) ? now.waiting() : null));
			}
		}
		Change change = left.stream().anyMatch(Left::held) ? Change.HELD : Change.RELEASED;
		entries.add(new Behind(new Changed(message.id(), this.clock.millis(), change), null));
		return entries;
	}

	private Settled settled(IndexedMessage message, Outline.Part before, @Nullable Left now) throws IOException {
		Set<Integer> left = (now != null) ? now.recipients() : Set.of();
		int[] done = Arrays.stream(before.recipients()).filter((number) -> !left.contains(number)).toArray();
		List<Attempt> history = (now != null && now.lastSegment() != null)
				? this.reader.settled(now.lastSegment(), now.lastPlace()).history() : List.of();
		return new Settled(message.id(), this.clock.millis(), before.destination(), done, 0,
				(now != null) ? now.attempts() : before.attempts(), (now != null) ? now.due() : before.due(), history);
	}

	/** What waits for one destination, as the index knows it now. */
	private record Left(Waiting waiting, String destination, Set<Integer> recipients, boolean held, int attempts,
			long due, @Nullable Segment lastSegment, int lastPlace) {

		static Left of(Waiting waiting) {
			return new Left(waiting, waiting.destination().name(),
					Arrays.stream(waiting.recipients()).boxed().collect(Collectors.toSet()), waiting.isHeld(),
					waiting.attempts(), waiting.due(), waiting.lastSegment(), waiting.lastPlace());
		}

	}

	private List<Left> left(IndexedMessage message) {
		this.lock.lock();
		try {
			return (this.index.find(message.id()) == message) ? message.waiting().stream().map(Left::of).toList()
					: List.of();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Part part(Message old, Left left) throws IOException {
		Part before = old.part(left.destination());
		List<Numbered> recipients = before.recipients()
			.stream()
			.filter((one) -> left.recipients().contains(one.number()))
			.toList();
		return new Part(left.destination(), left.held(), left.attempts(), left.due(),
				this.reader.history(left.lastSegment(), left.lastPlace(), old, left.destination()), recipients);
	}

	private final class Moved extends Journal.Entry {

		private final IndexedMessage message;

		Moved(IndexedMessage message, byte[] record, byte[] content) {
			super(record, content);
			this.message = message;
		}

		@Override
		void written(Segment segment, int place) {
			Compaction.this.lock.lock();
			try {
				if (Compaction.this.index.find(this.message.id()) == this.message) {
					this.message.segment().removeLive(this.message.length());
					this.message.moved(segment, place, length());
					segment.addLive(length());
					this.message.waiting().forEach((waiting) -> waiting.lastRecord(null, 0));
				}
			}
			finally {
				Compaction.this.lock.unlock();
			}
		}

		@Override
		void failed(IOException failure) {
			logger.debug("Message {} stays where it is: {}", new QueueId(this.message.id()), failure.toString());
		}

	}

	/** What became of a message that was copied as it is, behind the copy. */
	private final class Behind extends Journal.Entry {

		private final @Nullable Waiting attemptOf;

		Behind(JournalRecord record, @Nullable Waiting attemptOf) {
			super(record);
			this.attemptOf = attemptOf;
		}

		@Override
		void written(Segment segment, int place) {
			if (this.attemptOf != null) {
				Compaction.this.lock.lock();
				try {
					this.attemptOf.lastRecord(segment, place);
				}
				finally {
					Compaction.this.lock.unlock();
				}
			}
		}

		@Override
		void failed(IOException failure) {
			logger.debug("The copy of a message has failed: {}", failure.toString());
		}

	}

}
