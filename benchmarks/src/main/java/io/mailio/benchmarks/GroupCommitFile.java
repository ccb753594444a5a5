/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;

/**
 * Messages at the end of one file, each behind its length, and nothing else: one thread
 * gathers what waits, writes it and forces it to disk once for all, then says so. What
 * durable acceptance costs at least. Safe for use by several threads.
 */
final class GroupCommitFile {

	private static final int CAPACITY = 8 * 1024;

	private final FileChannel file;

	private final BlockingQueue<Entry> waiting = new LinkedBlockingQueue<>();

	/** Hears whether a message is on disk. */
	interface Kept {

		void kept(boolean onDisk);

	}

	private record Entry(ByteBuf octets, EventExecutor executor, Kept kept) {

		void tell(boolean onDisk) {
			this.octets.release();
			this.executor.execute(() -> this.kept.kept(onDisk));
		}

	}

	GroupCommitFile(Path path) throws IOException {
		this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		Thread thread = new Thread(this::run, "group-commit");
		thread.setDaemon(true);
		thread.start();
	}

	/** A buffer for a message, with room for the length before it. */
	ByteBuf begin(ByteBufAllocator allocator) {
		return allocator.directBuffer(CAPACITY).writeInt(0);
	}

	/**
	 * Writes a message behind all others.
	 * @param message what was begun here; released when it is written
	 * @param executor where the answer is given
	 */
	void append(ByteBuf message, EventExecutor executor, Kept kept) {
		message.setInt(0, message.readableBytes() - Integer.BYTES);
		this.waiting.add(new Entry(message, executor, kept));
	}

	private void run() {
		List<Entry> batch = new ArrayList<>();
		try {
			while (true) {
				batch.add(this.waiting.take());
				this.waiting.drainTo(batch);
				boolean onDisk = write(batch);
				batch.forEach((entry) -> entry.tell(onDisk));
				batch.clear();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean write(List<Entry> batch) {
		ByteBuffer[] octets = batch.stream().map((entry) -> entry.octets().nioBuffer()).toArray(ByteBuffer[]::new);
		try {
			int first = 0;
			while (first < octets.length) {
				this.file.write(octets, first, octets.length - first);
				while (first < octets.length && !octets[first].hasRemaining()) {
					first++;
				}
			}
			this.file.force(false);
			return true;
		}
		catch (IOException ex) {
			System.err.println("The messages cannot be written: " + ex);
			return false;
		}
	}

}
