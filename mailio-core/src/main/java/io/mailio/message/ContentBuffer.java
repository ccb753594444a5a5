/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Gathers the content of one message while it arrives: in memory at first, in a temporary
 * file once it is larger than {@link Options#memoryThreshold()}. Files are written by an
 * executor, never by the caller, and never by two of its threads at once.
 *
 * <p>
 * The caller feeds it like this: {@link #append}; if then {@link #isBehind}, it stops
 * reading from the network until {@link #whenReady}; at the end {@link #finish}, or
 * {@link #discard} at any time. Used by one thread at a time; the stages it returns
 * complete on any thread.
 *
 * <p>
 * When a file cannot be written (disk full, executor stopped) the rest of the content is
 * taken and dropped, the file is removed, and {@link #finish} says so.
 */
public final class ContentBuffer {

	private static final int SMALLEST = 8 * 1024;

	private static final int LARGEST_FIRST = 64 * 1024;

	private static final byte[] NONE = new byte[0];

	/**
	 * Where content goes.
	 *
	 * @param memoryThreshold how many octets are held in memory before a temporary file
	 * is used; not negative
	 * @param directory where temporary files are made; it must exist, see
	 * {@link #prepareDirectory}
	 */
	public record Options(int memoryThreshold, Path directory) {

		/** How many octets are held in memory, unless configured otherwise: 256 KiB. */
		public static final int DEFAULT_MEMORY_THRESHOLD = 256 * 1024;

		public Options {
			if (memoryThreshold < 0) {
				throw new IllegalArgumentException("The memory threshold is not negative, but " + memoryThreshold);
			}
		}

		/**
		 * The defaults: 256 KiB, and the JVM's directory for temporary files.
		 * @return the default options
		 */
		public static Options defaults() {
			return new Options(DEFAULT_MEMORY_THRESHOLD, Path.of(System.getProperty("java.io.tmpdir")));
		}

		/**
		 * Makes the directory with its parents if it is missing, for its owner only, and
		 * tries to make a file there. Blocks.
		 * @throws IOException if that is not possible; the message says what to do
		 */
		public void prepareDirectory() throws IOException {
			try {
				TemporaryFile.prepare(this.directory);
			}
			catch (IOException ex) {
				throw new IOException("The directory for temporary files " + this.directory.toAbsolutePath()
						+ " cannot be written to. Make it writable for the user that runs this application, "
						+ "or configure another one. Cause: " + ex, ex);
			}
		}

	}

	private final @Nullable Options options;

	private final Executor io;

	private final int firstCapacity;

	private byte[] octets = NONE;

	private int count;

	private long size;

	private @Nullable FileWriter file;

	private @Nullable Content content;

	private boolean discarded;

	/**
	 * A buffer that keeps what it is given.
	 * @param options where content goes
	 * @param io writes and removes temporary files; its tasks block
	 * @param expectedSize how many octets will come, as far as known; zero or less if it
	 * is not known. Only a hint
	 */
	public ContentBuffer(Options options, Executor io, long expectedSize) {
		this.options = options;
		this.io = io;
		long wanted = (expectedSize > 0) ? expectedSize : SMALLEST;
		this.firstCapacity = (int) Math.min(wanted, LARGEST_FIRST);
	}

	private ContentBuffer() {
		this.options = null;
		this.io = Runnable::run;
		this.firstCapacity = 0;
	}

	/**
	 * A buffer that counts and keeps nothing. The stream of its content cannot be opened.
	 * @return the buffer
	 */
	public static ContentBuffer counting() {
		return new ContentBuffer();
	}

	/**
	 * Takes a copy of the remaining octets, all of them, also when behind. Never blocks.
	 * @param octets heap or direct; read to its limit
	 */
	public void append(ByteBuffer octets) {
		int length = octets.remaining();
		this.size += length;
		if (this.options == null || this.discarded) {
			octets.position(octets.limit());
		}
		else if (this.file == null && this.size <= this.options.memoryThreshold()) {
			ensureCapacity(length, this.options.memoryThreshold());
			octets.get(this.octets, this.count, length);
			this.count += length;
		}
		else {
			writer(this.options).append(octets);
		}
	}

	private void ensureCapacity(int more, int threshold) {
		int needed = this.count + more;
		if (needed > this.octets.length) {
			long capacity = Math.max(Math.max(this.firstCapacity, needed), 2L * this.octets.length);
			byte[] larger = new byte[(int) Math.min(capacity, threshold)];
			System.arraycopy(this.octets, 0, larger, 0, this.count);
			this.octets = larger;
		}
	}

	private FileWriter writer(Options options) {
		FileWriter file = this.file;
		if (file == null) {
			file = new FileWriter(options, this.io, this.octets, this.count);
			this.file = file;
			this.octets = NONE;
			this.count = 0;
		}
		return file;
	}

	/** The number of octets taken so far. */
	public long size() {
		return this.size;
	}

	/**
	 * Whether the writer is behind: the caller should stop feeding until
	 * {@link #whenReady} completes. Never so while content is in memory.
	 */
	public boolean isBehind() {
		return this.file != null && this.file.isBehind();
	}

	/** Completes, on any thread, when feeding may go on; at once if it may now. */
	public CompletionStage<Void> whenReady() {
		return (this.file != null) ? this.file.whenReady() : CompletableFuture.completedFuture(null);
	}

	/**
	 * The content, complete. It then belongs to the caller, who releases it (or calls
	 * {@link #discard}). Already completed if the content is in memory.
	 * @return the content; completes exceptionally with {@link java.io.IOException} if it
	 * could not be written or was discarded
	 */
	public CompletionStage<Content> finish() {
		if (this.file != null) {
			return this.file.finish();
		}
		Content content = (this.options == null) ? new CountedContent(this.size)
				: new MemoryContent(this.octets, this.count);
		this.content = content;
		this.octets = NONE;
		return CompletableFuture.completedFuture(content);
	}

	/**
	 * Throws everything away, also a file still being written, and content that was
	 * already handed out. Does nothing the second time; what is appended later is
	 * dropped.
	 */
	public void discard() {
		this.discarded = true;
		this.octets = NONE;
		if (this.file != null) {
			this.file.discard();
		}
		if (this.content != null) {
			this.content.release();
		}
	}

}
