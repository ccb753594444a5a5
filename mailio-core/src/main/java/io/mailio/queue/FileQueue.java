/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import io.mailio.queue.JournalRecord.Change;
import io.mailio.queue.JournalRecord.Changed;
import io.mailio.queue.JournalRecord.Message;
import io.mailio.queue.JournalRecord.Numbered;
import io.mailio.queue.JournalRecord.Part;
import io.mailio.queue.JournalRecord.Settled;
import io.mailio.queue.JournalRecord.Suspension;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link MessageQueue} in a directory, which belongs to it alone. It needs no service.
 *
 * <p>
 * Everything is written to the end of a journal and forced to disk, many records at once;
 * an index in memory, rebuilt at start, says what stands where. What cannot be read is
 * set aside and told, never skipped silently. If the disk is full, messages are refused
 * with {@link QueueFullException} until there is space again; what becomes of the others
 * is written as soon as that is possible.
 */
public final class FileQueue implements MessageQueue {

	private static final Logger logger = LoggerFactory.getLogger(FileQueue.class);

	/** How many octets of contents wait in memory for the disk, in units of 1 KiB. */
	private static final int MAX_WAITING = 64 * 1024;

	private static final int UNIT = 1024;

	private final FileQueueOptions options;

	private final QueueClock clock;

	private final FileChannel lockFile;

	private final FileStore disk;

	private final ContentFiles contents;

	private final RecordReader reader;

	private final Journal journal;

	private final Compaction compaction;

	private final Listing listing;

	private final Semaphore room = new Semaphore(MAX_WAITING);

	private final AtomicLong lastId;

	private final FreeSpace space;

	private final ReentrantLock lock = new ReentrantLock();

	// The rest is guarded by the lock.

	private final Index index = new Index();

	private final Deque<Segment> segments = new ArrayDeque<>();

	private final Map<Claim, InFlight> claims = new IdentityHashMap<>();

	/** What became of messages while it could not be written. */
	private final List<Event> unwritten = new ArrayList<>();

	private long toldReady = Long.MAX_VALUE;

	private Runnable readyListener = () -> {
	};

	private boolean closed;

	/** What was tried before is needed if recipients are left to be tried again. */
	private record InFlight(Waiting waiting, Segment segment, List<Numbered> recipients, List<Attempt> history) {
	}

	private FileQueue(FileQueueOptions options, QueueClock clock, FileChannel lockFile) throws IOException {
		this.options = options;
		this.clock = clock;
		this.lockFile = lockFile;
		this.contents = new ContentFiles(options.directory());
		this.reader = new RecordReader(this.contents);
		this.disk = Files.getFileStore(options.directory());
		this.contents.prepare();
		DamagedPieces damaged = new DamagedPieces(options.directory());
		Recovery recovery = new Recovery(this.index, clock.millis(), damaged, true);
		recovery.read(options.directory());
		damaged.contents(recovery.contentsWithoutMessages(this.contents.directory()));
		this.segments.addAll(recovery.segments());
		this.lastId = new AtomicLong(recovery.lastId());
		this.space = new FreeSpace(options.directory(), options.minFreeSpace());
		this.compaction = new Compaction(this.lock, this.index, this.reader, this.segments, 2 * options.segmentSize(),
				clock);
		this.listing = new Listing(this.lock, this.index, this.reader, clock);
		long lastNumber = this.segments.isEmpty() ? 0 : this.segments.getLast().number();
		this.journal = new Journal(options.directory(), options.segmentSize(), lastNumber, this::begun, this::tidyUp);
	}

	/**
	 * Opens a queue; its directory is made if it is not there.
	 * @param options where it is
	 * @return the queue, to be closed
	 * @throws QueueInUseException if somebody else has it open
	 * @throws IOException if the directory cannot be read and written
	 */
	public static FileQueue open(FileQueueOptions options) throws IOException {
		return open(options, QueueClock.system());
	}

	static FileQueue open(FileQueueOptions options, QueueClock clock) throws IOException {
		Directories.make(options.directory());
		FileChannel lockFile = QueueLock.acquire(options.directory());
		try {
			FileQueue queue = new FileQueue(options, clock, lockFile);
			queue.journal.start();
			return queue;
		}
		catch (IOException | RuntimeException | Error ex) {
			lockFile.close();
			throw ex;
		}
	}

	private List<Journal.Entry> begun(Segment segment) {
		this.lock.lock();
		try {
			this.segments.addLast(segment);
			List<Journal.Entry> suspensions = new ArrayList<>();
			this.index.suspended().forEach((name) -> suspensions.add(new Event(new Suspension(name, true), 0)));
			return suspensions;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void tidyUp() {
		this.compaction.run(this.journal);
	}

	// ---- Messages come ----

	@Override
	public CompletionStage<QueueId> enqueue(NewMessage message) {
		// What goes to a file of its own takes no room; and the journal, which makes
		// room,
		// does not wait for itself.
		long size = message.content().size();
		int units = this.journal.isWriter() ? 0 : units((size > this.options.contentThreshold()) ? 0 : size);
		this.room.acquireUninterruptibly(units);
		Arrival arrival = null;
		try {
			this.space.require(message.content().size());
			arrival = arrival(message, units);
			this.journal.append(arrival);
			return arrival.kept;
		}
		catch (IOException | RuntimeException | Error ex) {
			if (arrival == null) {
				this.room.release(units);
			}
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static int units(long size) {
		return (int) Math.min(MAX_WAITING, size / UNIT + 1);
	}

	/**
	 * As long as half of the room is left, since others may come between the question and
	 * the message.
	 */
	@Override
	public boolean takesAtOnce(long size) {
		return size <= this.options.contentThreshold() && this.room.availablePermits() - units(size) >= MAX_WAITING / 2;
	}

	private Arrival arrival(NewMessage message, int units) throws IOException {
		long now = this.clock.millis();
		long id = nextId(now);
		long size = message.content().size();
		boolean inFile = size > this.options.contentThreshold();
		byte[] content = inFile ? new byte[0] : ContentFiles.readAll(message.content());
		List<Part> parts = parts(message, now);
		Message record = new Message(id, now, now, size, inFile, notBefore(message, now), message.from(),
				message.parameters(), parts);
		Arrival arrival = new Arrival(record, RecordCodec.encode(record), content, units);
		if (inFile) {
			this.contents.write(id, message.content());
		}
		return arrival;
	}

	/** 0 if that is over, and so needs not to be written. */
	private static long notBefore(NewMessage message, long now) {
		long notBefore = (message.notBefore() != null) ? message.notBefore().toEpochMilli() : 0;
		return (notBefore > now) ? notBefore : 0;
	}

	private long nextId(long now) {
		return this.lastId.updateAndGet((last) -> Math.max(last + 1, now << 16));
	}

	private static List<Part> parts(NewMessage message, long now) {
		Map<String, List<Numbered>> destinations = new LinkedHashMap<>();
		int number = 0;
		for (NewMessage.Addressee addressee : message.recipients()) {
			destinations.computeIfAbsent(addressee.destination(), (name) -> new ArrayList<>())
				.add(new Numbered(number++, addressee.recipient()));
		}
		long due = (message.notBefore() != null) ? Math.max(now, message.notBefore().toEpochMilli()) : now;
		List<Part> parts = new ArrayList<>();
		destinations.forEach((name, recipients) -> parts.add(new Part(name, false, 0, due, List.of(), recipients)));
		return parts;
	}

	/** A message on its way to the disk. */
	private final class Arrival extends Journal.Entry {

		private final CompletableFuture<QueueId> kept = new CompletableFuture<>();

		private final Message message;

		private final int units;

		Arrival(Message message, byte[] record, byte[] content, int units) {
			super(record, content);
			this.message = message;
			this.units = units;
		}

		@Override
		void written(Segment segment, int place) {
			FileQueue.this.room.release(this.units);
			FileQueue.this.lock.lock();
			try {
				FileQueue.this.index.add(Recovery.indexed(FileQueue.this.index, segment, place, length(),
						Outline.of(this.message), (due) -> due));
			}
			finally {
				FileQueue.this.lock.unlock();
			}
			tellReady();
			writeUnwritten();
			this.kept.complete(new QueueId(this.message.id()));
		}

		@Override
		void failed(IOException failure) {
			FileQueue.this.room.release(this.units);
			if (this.message.inFile()) {
				FileQueue.this.contents.remove(this.message.id());
			}
			this.kept.completeExceptionally(isFull() ? full(failure) : failure);
		}

	}

	/**
	 * What a write that has failed for lack of space looks like depends on the system.
	 */
	private boolean isFull() {
		try {
			return this.disk.getUsableSpace() < Math.max(this.options.minFreeSpace(), this.options.segmentSize());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private IOException full(IOException failure) {
		QueueFullException full = new QueueFullException("The disk of the queue "
				+ this.options.directory().toAbsolutePath() + " is full: " + failure.getMessage());
		full.initCause(failure);
		return full;
	}

	// ---- Somebody delivers them ----

	@Override
	public List<String> ready() {
		this.lock.lock();
		try {
			return this.index.ready(this.clock.millis());
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public Optional<Duration> nextReady() {
		this.lock.lock();
		try {
			OptionalLong next = this.index.nextReady();
			this.toldReady = next.orElse(Long.MAX_VALUE);
			return next.isPresent()
					? Optional.of(Duration.ofMillis(Math.max(0, next.getAsLong() - this.clock.millis())))
					: Optional.empty();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void onReady(Runnable listener) {
		this.lock.lock();
		try {
			this.readyListener = listener;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void tellReady() {
		Runnable told = null;
		this.lock.lock();
		try {
			OptionalLong next = this.index.nextReady();
			if (next.isPresent() && next.getAsLong() < this.toldReady) {
				this.toldReady = next.getAsLong();
				told = this.readyListener;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (told != null) {
			told.run();
		}
	}

	@Override
	public Optional<Claim> claim(String destination) throws IOException {
		for (Taken taken = take(destination); taken != null; taken = take(destination)) {
			try {
				return Optional.of(claimed(taken));
			}
			catch (NoRecordException ex) {
				hold(taken);
				logger.error("Message {}, {} octets in {} at {}, means nothing to this version and is held: {}",
						new QueueId(taken.waiting().message().id()), taken.length(), taken.segment(), taken.place(),
						Printable.of(String.valueOf(ex.getMessage())));
			}
			catch (IOException | RuntimeException ex) {
				hold(taken);
				throw ex;
			}
		}
		return Optional.empty();
	}

	/** What the index gives to whoever claims, while its segments stay open. */
	private record Taken(Waiting waiting, int[] numbers, int attempts, long lastAttempt, Segment segment, int place,
			int length, @Nullable Segment lastSegment, int lastPlace) {
	}

	private @Nullable Taken take(String destination) {
		this.lock.lock();
		try {
			requireOpen();
			Waiting waiting = this.index.claim(destination, this.clock.millis());
			if (waiting == null) {
				return null;
			}
			IndexedMessage message = waiting.message();
			message.segment().addReader();
			if (waiting.lastSegment() != null) {
				waiting.lastSegment().addReader();
			}
			return new Taken(waiting, waiting.recipients(), waiting.attempts(), waiting.lastAttempt(),
					message.segment(), message.place(), message.length(), waiting.lastSegment(), waiting.lastPlace());
		}
		finally {
			this.lock.unlock();
		}
	}

	private Claim claimed(Taken taken) throws IOException {
		String destination = taken.waiting().destination().name();
		Message message = this.reader.message(taken.segment(), taken.place(), taken.length());
		List<Numbered> recipients = message.recipients(destination, taken.numbers());
		Claim claim = new Claim(new QueueId(message.id()), destination,
				new Envelope(message.from(), message.parameters(),
						recipients.stream().map(Numbered::recipient).toList()),
				this.reader.content(taken.segment(), taken.place(), taken.length(), message),
				Instant.ofEpochMilli(message.enqueued()),
				Instant.ofEpochMilli(Math.max(message.enqueued(), message.notBefore())), taken.attempts(),
				(taken.lastAttempt() != 0) ? Instant.ofEpochMilli(taken.lastAttempt()) : null);
		List<Attempt> history = this.reader.history(taken.lastSegment(), taken.lastPlace(), message, destination);
		remember(claim, new InFlight(taken.waiting(), taken.segment(), recipients, history), taken.lastSegment());
		return claim;
	}

	private void remember(Claim claim, InFlight inFlight, @Nullable Segment read) {
		this.lock.lock();
		try {
			this.claims.put(claim, inFlight);
			if (read != null) {
				read.removeReader();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void hold(Taken unreadable) {
		Waiting waiting = unreadable.waiting();
		this.lock.lock();
		try {
			unreadable.segment().removeReader();
			if (unreadable.lastSegment() != null) {
				unreadable.lastSegment().removeReader();
			}
			if (waiting.isInFlight()) {
				waiting.held(true);
				this.index.returned(waiting);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public CompletionStage<Void> settle(Claim claim, List<Outcome> outcomes, @Nullable Instant retryAt) {
		Event event;
		this.lock.lock();
		try {
			InFlight inFlight = this.claims.get(claim);
			if (inFlight == null) {
				throw new IllegalStateException("The claim of " + claim.id() + " was settled or given back before");
			}
			Settled settled = settled(claim, inFlight, outcomes, retryAt);
			this.claims.remove(claim);
			inFlight.segment().removeReader();
			Waiting waiting = inFlight.waiting();
			if (!waiting.isInFlight()) {
				// The message was deleted meanwhile.
				return CompletableFuture.completedFuture(null);
			}
			boolean inFile = waiting.message().isInFile();
			boolean left = settled.done().length < waiting.recipients().length;
			Recovery.apply(this.index, waiting, settled, settled.due());
			if (left) {
				this.index.returned(waiting);
			}
			boolean gone = this.index.find(claim.id().value()) == null;
			event = new Event(settled, (gone && inFile) ? claim.id().value() : 0);
			event.attemptOf = left ? waiting : null;
			this.journal.append(event);
		}
		finally {
			this.lock.unlock();
		}
		tellReady();
		return event.kept;
	}

	private Settled settled(Claim claim, InFlight inFlight, List<Outcome> outcomes, @Nullable Instant retryAt) {
		Map<Mailbox, Outcome> byMailbox = new HashMap<>();
		outcomes.forEach((outcome) -> byMailbox.put(outcome.recipient(), outcome));
		List<Integer> delivered = new ArrayList<>();
		List<Integer> bounced = new ArrayList<>();
		Reply lastReply = null;
		Reply deferral = null;
		for (Numbered one : inFlight.recipients()) {
			Outcome outcome = Objects.requireNonNull(byMailbox.get(one.recipient().mailbox()),
					() -> "The outcome for " + one.recipient().mailbox() + " is missing");
			switch (outcome.kind()) {
				case DELIVERED -> delivered.add(one.number());
				case BOUNCED -> bounced.add(one.number());
				case DEFERRED -> {
					Objects.requireNonNull(retryAt, "Deferred recipients need a time for the next attempt");
					deferral = outcome.reply();
				}
			}
			lastReply = outcome.reply();
		}
		delivered.addAll(bounced);
		long now = this.clock.millis();
		long due = (retryAt != null) ? retryAt.toEpochMilli() : 0;
		Attempt last = new Attempt(Instant.ofEpochMilli(now),
				String.valueOf((deferral != null) ? deferral : lastReply));
		return new Settled(claim.id().value(), now, claim.destination(),
				delivered.stream().mapToInt(Integer::intValue).toArray(), bounced.size(), claim.attempts() + 1, due,
				(deferral != null) ? Attempt.with(inFlight.history(), last) : List.of(last));
	}

	@Override
	public void giveBack(Claim claim) {
		giveBack(claim, null);
	}

	@Override
	public void giveBack(Claim claim, @Nullable Instant notBefore) {
		this.lock.lock();
		try {
			InFlight inFlight = this.claims.remove(claim);
			if (inFlight == null) {
				throw new IllegalStateException("The claim of " + claim.id() + " was settled or given back before");
			}
			inFlight.segment().removeReader();
			Waiting waiting = inFlight.waiting();
			if (waiting.isInFlight()) {
				if (notBefore != null) {
					this.index.due(waiting, notBefore.toEpochMilli());
				}
				this.index.returned(waiting);
			}
		}
		finally {
			this.lock.unlock();
		}
		tellReady();
	}

	/** Something that happened to messages, on its way to the disk. */
	private final class Event extends Journal.Entry {

		private final CompletableFuture<Void> kept = new CompletableFuture<>();

		private final long contentToRemove;

		private @Nullable Waiting attemptOf;

		Event(JournalRecord record, long contentToRemove) {
			super(record);
			this.contentToRemove = contentToRemove;
		}

		@Override
		void written(Segment segment, int place) {
			if (this.attemptOf != null) {
				FileQueue.this.lock.lock();
				try {
					this.attemptOf.lastRecord(segment, place);
				}
				finally {
					FileQueue.this.lock.unlock();
				}
			}
			if (this.contentToRemove != 0) {
				FileQueue.this.contents.remove(this.contentToRemove);
			}
			writeUnwritten();
			this.kept.complete(null);
		}

		/** It has happened all the same: it is written when that is possible. */
		@Override
		void failed(IOException failure) {
			FileQueue.this.lock.lock();
			try {
				if (!FileQueue.this.closed) {
					FileQueue.this.unwritten.add(this);
				}
			}
			finally {
				FileQueue.this.lock.unlock();
			}
			this.kept.completeExceptionally(failure);
		}

	}

	/** The disk takes something again. */
	private void writeUnwritten() {
		this.lock.lock();
		try {
			if (!this.unwritten.isEmpty()) {
				List<Event> events = new ArrayList<>(this.unwritten);
				this.unwritten.clear();
				events.forEach(this.journal::append);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	// ---- Somebody looks after them ----

	@Override
	public boolean hold(QueueId id) {
		return change(id, Change.HELD);
	}

	@Override
	public boolean release(QueueId id) {
		return change(id, Change.RELEASED);
	}

	@Override
	public boolean retryNow(QueueId id) {
		return change(id, Change.RETRIED);
	}

	@Override
	public boolean delete(QueueId id) {
		return change(id, Change.DELETED);
	}

	private boolean change(QueueId id, Change change) {
		Event event;
		this.lock.lock();
		try {
			requireOpen();
			IndexedMessage message = this.index.find(id.value());
			if (message == null) {
				return false;
			}
			long now = this.clock.millis();
			Changed changed = new Changed(id.value(), now, change);
			Recovery.apply(this.index, message, changed, now);
			event = new Event(changed, (change == Change.DELETED && message.isInFile()) ? id.value() : 0);
			this.journal.append(event);
		}
		finally {
			this.lock.unlock();
		}
		tellReady();
		await(event);
		return true;
	}

	/**
	 * Whoever looks after messages sees at once whether it is done; but whoever is called
	 * by the journal goes on, since that cannot write until he returns.
	 */
	private void await(Event event) {
		if (this.journal.isWriter()) {
			return;
		}
		event.kept.exceptionally((failure) -> null).join();
	}

	@Override
	public void suspend(String destination) {
		suspend(destination, true);
	}

	@Override
	public void resume(String destination) {
		suspend(destination, false);
	}

	private void suspend(String destination, boolean suspended) {
		this.lock.lock();
		try {
			requireOpen();
			this.index.suspend(destination, suspended);
			this.journal.append(new Event(new Suspension(destination, suspended), 0));
		}
		finally {
			this.lock.unlock();
		}
		tellReady();
	}

	@Override
	public Set<String> suspended() {
		this.lock.lock();
		try {
			return this.index.suspended();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public QueueCounts counts() {
		this.lock.lock();
		try {
			return this.index.counts(this.clock.millis());
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public List<QueuedMessage> list(QueueFilter filter) throws IOException {
		return this.listing.list(filter);
	}

	@Override
	public Optional<QueuedMessage> find(QueueId id) throws IOException {
		this.lock.lock();
		try {
			requireOpen();
		}
		finally {
			this.lock.unlock();
		}
		return this.listing.find(id);
	}

	private void requireOpen() {
		if (this.closed) {
			throw new IllegalStateException("The queue is closed");
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		this.journal.close();
		this.lock.lock();
		try {
			if (!this.unwritten.isEmpty()) {
				logger.error("What became of {} messages was not written: some may be sent again",
						this.unwritten.size());
			}
			this.segments.forEach(Segment::close);
			this.lockFile.close();
		}
		catch (IOException ex) {
			logger.debug("The lock of the queue {} could not be closed", this.options.directory(), ex);
		}
		finally {
			this.lock.unlock();
		}
	}

}
