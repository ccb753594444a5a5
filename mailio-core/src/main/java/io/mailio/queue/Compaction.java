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

import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
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
				Journal.Entry entry = anew(message);
				if (entry != null) {
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

	/** A message with what is left of it; {@code null} if it has gone. */
	private Journal.@Nullable Entry anew(IndexedMessage message) throws IOException {
		Segment segment = message.segment();
		Message old = this.reader.message(segment, message.place(), message.length());
		List<Part> parts = new ArrayList<>();
		for (Waiting waiting : left(message)) {
			parts.add(part(old, waiting));
		}
		if (parts.isEmpty()) {
			return null;
		}
		byte[] record = RecordCodec.encode(new Message(old.id(), old.enqueued(), this.clock.millis(), old.size(),
				old.inFile(), old.notBefore(), old.from(), old.parameters(), parts));
		byte[] content = new byte[old.inFile() ? 0 : (int) old.size()];
		segment.read(ByteBuffer.wrap(content), message.place() + message.length() - content.length);
		return new Moved(message, record, content);
	}

	private List<Waiting> left(IndexedMessage message) {
		this.lock.lock();
		try {
			return (this.index.find(message.id()) == message) ? message.waiting() : List.of();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Part part(Message old, Waiting waiting) throws IOException {
		String destination;
		Set<Integer> numbers;
		boolean held;
		int attempts;
		long due;
		long lastAttempt;
		Segment lastSegment;
		int lastPlace;
		this.lock.lock();
		try {
			destination = waiting.destination().name();
			numbers = Arrays.stream(waiting.recipients()).boxed().collect(Collectors.toSet());
			held = waiting.isHeld();
			attempts = waiting.attempts();
			due = waiting.due();
			lastAttempt = waiting.lastAttempt();
			lastSegment = waiting.lastSegment();
			lastPlace = waiting.lastPlace();
		}
		finally {
			this.lock.unlock();
		}
		Part before = old.parts()
			.stream()
			.filter((one) -> one.destination().equals(destination))
			.findFirst()
			.orElseThrow(() -> new IOException("The record has no part for " + destination));
		String lastReply = (lastSegment != null) ? this.reader.settled(lastSegment, lastPlace).lastReply()
				: before.lastReply();
		List<Numbered> recipients = before.recipients()
			.stream()
			.filter((one) -> numbers.contains(one.number()))
			.toList();
		return new Part(destination, held, attempts, due, lastAttempt, lastReply, recipients);
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

}
