/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that writes whatever waits, all of it in one transaction: while one is being
 * committed the next ones gather. Safe for use by several threads.
 *
 * @param <T> what is written
 */
final class BatchWriter<T> {

	private static final Logger logger = LoggerFactory.getLogger(BatchWriter.class);

	/** How much is written at a time. */
	static final int MOST = 256;

	private final Consumer<List<T>> write;

	private final BiConsumer<List<T>, Throwable> failed;

	private final Thread thread;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition come = this.lock.newCondition();

	// The rest is guarded by the lock.

	private final Deque<T> waiting = new ArrayDeque<>();

	private boolean closed;

	/**
	 * Begins.
	 * @param name of the thread
	 * @param write writes some; knows what to do when that is not possible
	 * @param failed is given what that has thrown all the same
	 */
	BatchWriter(String name, Consumer<List<T>> write, BiConsumer<List<T>, Throwable> failed) {
		this.write = write;
		this.failed = failed;
		this.thread = new Thread(this::run, name);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/** Adds some; false if it is closed. */
	boolean add(Collection<? extends T> some) {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.waiting.addAll(some);
				this.come.signal();
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Takes away what has not been begun. */
	List<T> removeWaiting() {
		this.lock.lock();
		try {
			List<T> removed = new ArrayList<>(this.waiting);
			this.waiting.clear();
			return removed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether that is who asks; whoever waits for it must not be. */
	boolean isWriter() {
		return Thread.currentThread() == this.thread;
	}

	private void run() {
		for (List<T> batch = next(); !batch.isEmpty(); batch = next()) {
			try {
				write(batch);
			}
			catch (RuntimeException | Error ex) {
				logger.error("What should have been written to the queue was not", JdbcFailures.withoutValues(ex));
			}
		}
	}

	private void write(List<T> batch) {
		try {
			this.write.accept(batch);
		}
		catch (RuntimeException | Error ex) {
			this.failed.accept(batch, ex);
			throw ex;
		}
	}

	/** Empty at the end. */
	private List<T> next() {
		List<T> batch = new ArrayList<>();
		this.lock.lock();
		try {
			while (this.waiting.isEmpty() && !this.closed) {
				this.come.awaitUninterruptibly();
			}
			while (!this.waiting.isEmpty() && batch.size() < MOST) {
				batch.add(this.waiting.removeFirst());
			}
			return batch;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes nothing more, and writes what waits.
	 * @param patience for how long that is waited for
	 */
	void close(Duration patience) {
		this.lock.lock();
		try {
			this.closed = true;
			this.come.signal();
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.thread.join(patience.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
