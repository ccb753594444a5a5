/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records, and forces them to disk: one thread gathers what waits, appends it and
 * forces once for all of them, while the next ones gather.
 *
 * <p>
 * A batch that cannot be written is cut off again, and each of its records is told so; a
 * new segment is begun then, since nobody knows what the disk has kept of the old one.
 */
final class Journal {

	private static final Logger logger = LoggerFactory.getLogger(Journal.class);

	private static final int MAX_BATCH_RECORDS = 1024;

	private static final int MAX_BATCH_OCTETS = 8 * 1024 * 1024;

	private static final byte[] NOTHING = {};

	/** A record that is to be written. Told of its end on the thread of the journal. */
	abstract static class Entry {

		private final byte[] record;

		private final byte[] content;

		private int place;

		Entry(JournalRecord record) {
			this(RecordCodec.encode(record), NOTHING);
		}

		Entry(byte[] record, byte[] content) {
			this.record = record;
			this.content = content;
		}

		int length() {
			return Frame.SIZE + this.record.length + this.content.length;
		}

		/** It is on disk. */
		abstract void written(Segment segment, int place);

		/** It is not. */
		abstract void failed(IOException failure);

	}

	private final Path directory;

	private final long segmentSize;

	/** Done on the thread of the journal between two batches. */
	private final Runnable betweenBatches;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition work = this.lock.newCondition();

	private final Deque<Entry> waiting = new ArrayDeque<>();

	private boolean closed;

	private final Thread thread;

	// The rest belongs to the thread.

	private @Nullable Segment current;

	private long lastNumber;

	/**
	 * Prepares the writing of new segments.
	 * @param lastNumber the greatest number that is in use
	 * @param newSegment hears of each new segment, on the thread of the journal
	 */
	Journal(Path directory, long segmentSize, long lastNumber, NewSegment newSegment, Runnable betweenBatches) {
		this.directory = directory;
		this.segmentSize = segmentSize;
		this.lastNumber = lastNumber;
		this.newSegment = newSegment;
		this.betweenBatches = betweenBatches;
		this.thread = new Thread(this::run, "mailio-queue");
		this.thread.setDaemon(true);
	}

	/** Hears of a new segment and may write into it first. */
	interface NewSegment {

		List<Entry> begun(Segment segment);

	}

	private final NewSegment newSegment;

	void start() {
		this.thread.start();
	}

	/** Whether this is the thread that writes. */
	boolean isWriter() {
		return Thread.currentThread() == this.thread;
	}

	/** Writes a record after all that were appended before. */
	void append(Entry entry) {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.waiting.add(entry);
				this.work.signal();
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		entry.failed(new IOException("The queue is closed"));
	}

	/** Writes what was appended, then ends the thread. */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		for (List<Entry> batch = next(); !batch.isEmpty(); batch = next()) {
			write(batch);
			try {
				this.betweenBatches.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("The files of the queue could not be tidied up", ex);
			}
		}
	}

	private List<Entry> next() {
		List<Entry> batch = new ArrayList<>();
		this.lock.lock();
		try {
			while (this.waiting.isEmpty() && !this.closed) {
				this.work.awaitUninterruptibly();
			}
			int octets = 0;
			while (!this.waiting.isEmpty() && batch.size() < MAX_BATCH_RECORDS && octets < MAX_BATCH_OCTETS) {
				Entry entry = this.waiting.remove();
				octets += entry.length();
				batch.add(entry);
			}
		}
		finally {
			this.lock.unlock();
		}
		return batch;
	}

	/** Writes entries at once; on the thread of the journal only. */
	void write(List<Entry> batch) {
		Segment segment;
		try {
			segment = segment();
			append(segment, batch);
		}
		catch (IOException ex) {
			batch.forEach((entry) -> entry.failed(ex));
			return;
		}
		batch.forEach((entry) -> entry.written(segment, entry.place));
	}

	private Segment segment() throws IOException {
		Segment segment = this.current;
		if (segment == null || segment.size() >= this.segmentSize) {
			segment = Segment.create(this.directory, this.lastNumber + 1);
			this.lastNumber = segment.number();
			this.current = segment;
			List<Entry> first = this.newSegment.begun(segment);
			if (!first.isEmpty()) {
				append(segment, first);
			}
		}
		return segment;
	}

	private void append(Segment segment, List<Entry> batch) throws IOException {
		long end = segment.size();
		List<ByteBuffer> octets = new ArrayList<>(3 * batch.size());
		long place = end;
		for (Entry entry : batch) {
			entry.place = (int) place;
			octets.add(Frame.around(segment.salt(), place, entry.record, entry.content));
			octets.add(ByteBuffer.wrap(entry.record));
			if (entry.content.length > 0) {
				octets.add(ByteBuffer.wrap(entry.content));
			}
			place += entry.length();
		}
		try {
			segment.write(octets.toArray(ByteBuffer[]::new));
			segment.force();
		}
		catch (IOException | RuntimeException ex) {
			this.current = null;
			cut(segment, end);
			throw ex;
		}
	}

	private static void cut(Segment segment, long end) {
		try {
			segment.cut(end);
		}
		catch (IOException ex) {
			logger.warn("{} may hold messages behind octet {} that were not accepted: {}", segment, end, ex.toString());
		}
	}

}
