/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jspecify.annotations.Nullable;

/**
 * Reads and checks segments on a thread of its own, one stretch ahead of whoever uses the
 * records: neither waits for the disk while the other has work.
 */
final class ReadAhead implements AutoCloseable {

	private final SegmentReader reader;

	private final ExecutorService thread = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "mailio-queue-reader");
		thread.setDaemon(true);
		return thread;
	});

	private Stretch free = new Stretch();

	private Stretch reading = new Stretch();

	private CompletableFuture<Boolean> more;

	ReadAhead(List<Segment> segments) {
		this.reader = new SegmentReader(segments);
		this.more = read();
	}

	private CompletableFuture<Boolean> read() {
		Stretch into = this.reading;
		return CompletableFuture.supplyAsync(() -> {
			try {
				return this.reader.read(into);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, this.thread);
	}

	/**
	 * The next records, good until this is asked again.
	 * @return {@code null} if there are no more
	 * @throws IOException if they cannot be read
	 */
	@Nullable Stretch next() throws IOException {
		try {
			if (!this.more.join()) {
				return null;
			}
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof UncheckedIOException failure) {
				throw failure.getCause();
			}
			throw ex;
		}
		Stretch read = this.reading;
		this.reading = this.free;
		this.free = read;
		this.more = read();
		return read;
	}

	/** Nothing is being read any more when this returns. */
	@Override
	public void close() {
		this.thread.shutdown();
		this.more.handle((result, failure) -> null).join();
	}

}
