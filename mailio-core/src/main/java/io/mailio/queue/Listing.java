/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;

import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * Shows what waits in a {@link FileQueue}: the index knows its state, the journal knows
 * the rest. Reads without holding the lock. Safe for use by several threads.
 */
final class Listing {

	private final ReentrantLock lock;

	private final Index index;

	private final RecordReader reader;

	private final QueueClock clock;

	/**
	 * Shows a queue.
	 * @param lock that of the index
	 */
	Listing(ReentrantLock lock, Index index, RecordReader reader, QueueClock clock) {
		this.lock = lock;
		this.index = index;
		this.reader = reader;
		this.clock = clock;
	}

	List<QueuedMessage> list(QueueFilter filter) throws IOException {
		List<QueuedMessage> list = new ArrayList<>();
		for (long id : names(filter)) {
			find(new QueueId(id)).ifPresent(list::add);
		}
		return list;
	}

	private long[] names(QueueFilter filter) {
		long after = (filter.after() != null) ? filter.after().value() : 0;
		this.lock.lock();
		try {
			LongPredicate wanted = (id) -> id > after && matches(this.index.find(id), filter);
			return this.index.messages()
				.mapToLong(IndexedMessage::id)
				.filter(wanted)
				.sorted()
				.limit(filter.limit())
				.toArray();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean matches(@Nullable IndexedMessage message, QueueFilter filter) {
		long now = this.clock.millis();
		return message != null && message.waiting()
			.stream()
			.anyMatch((waiting) -> (filter.destination() == null
					|| filter.destination().equals(waiting.destination().name()))
					&& (filter.state() == null || filter.state() == state(waiting, now)));
	}

	private static MessageState state(Waiting waiting, long now) {
		if (waiting.isInFlight()) {
			return MessageState.IN_FLIGHT;
		}
		if (waiting.isHeld()) {
			return MessageState.HELD;
		}
		return (waiting.due() <= now) ? MessageState.READY : MessageState.DEFERRED;
	}

	Optional<QueuedMessage> find(QueueId id) throws IOException {
		Snapshot snapshot = snapshot(id);
		if (snapshot == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(queued(snapshot));
		}
		catch (NoRecordException ex) {
			return Optional.of(unreadable(snapshot, ex));
		}
		finally {
			release(snapshot);
		}
	}

	/** What the index knows of a message, while its segments stay open. */
	private record Snapshot(QueueId id, long size, Instant enqueued, Segment segment, int place, int length,
			List<PartSnapshot> parts) {
	}

	private record PartSnapshot(String destination, int[] recipients, MessageState state, int attempts, long due,
			@Nullable Segment lastSegment, int lastPlace) {
	}

	private @Nullable Snapshot snapshot(QueueId id) {
		this.lock.lock();
		try {
			IndexedMessage message = this.index.find(id.value());
			if (message == null) {
				return null;
			}
			long now = this.clock.millis();
			List<PartSnapshot> parts = message.waiting()
				.stream()
				.map((waiting) -> new PartSnapshot(waiting.destination().name(), waiting.recipients(),
						state(waiting, now), waiting.attempts(), waiting.due(), waiting.lastSegment(),
						waiting.lastPlace()))
				.toList();
			message.segment().addReader();
			parts.stream().map(PartSnapshot::lastSegment).filter(Objects::nonNull).forEach(Segment::addReader);
			return new Snapshot(id, message.size(), Instant.ofEpochMilli(message.enqueued()), message.segment(),
					message.place(), message.length(), parts);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void release(Snapshot snapshot) {
		this.lock.lock();
		try {
			snapshot.segment().removeReader();
			snapshot.parts()
				.stream()
				.map(PartSnapshot::lastSegment)
				.filter(Objects::nonNull)
				.forEach(Segment::removeReader);
		}
		finally {
			this.lock.unlock();
		}
	}

	private QueuedMessage queued(Snapshot snapshot) throws IOException {
		Message message = this.reader.message(snapshot.segment(), snapshot.place(), snapshot.length());
		List<QueuedMessage.Waiting> waiting = new ArrayList<>();
		for (PartSnapshot part : snapshot.parts()) {
			List<Mailbox> recipients = message.recipients(part.destination(), part.recipients())
				.stream()
				.map(Numbered::recipient)
				.map(Recipient::mailbox)
				.toList();
			List<Attempt> history = this.reader.history(part.lastSegment(), part.lastPlace(), message,
					part.destination());
			waiting.add(waiting(part, recipients, history));
		}
		return new QueuedMessage(snapshot.id(), message.from(), snapshot.size(), snapshot.enqueued(), waiting);
	}

	/** Whoever looks after the queue must see it to get rid of it. */
	private static QueuedMessage unreadable(Snapshot snapshot, NoRecordException why) {
		List<Attempt> reason = List
			.of(new Attempt(snapshot.enqueued(), "The record of the message means nothing to this version: "
					+ Printable.of(String.valueOf(why.getMessage()))));
		return new QueuedMessage(snapshot.id(), ReversePath.NULL, snapshot.size(), snapshot.enqueued(),
				snapshot.parts().stream().map((part) -> waiting(part, List.of(), reason)).toList());
	}

	private static QueuedMessage.Waiting waiting(PartSnapshot part, List<Mailbox> recipients, List<Attempt> history) {
		return new QueuedMessage.Waiting(part.destination(), recipients, part.state(), part.attempts(),
				Instant.ofEpochMilli(part.due()), history);
	}

}
