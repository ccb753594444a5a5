/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Moves content into a temporary file behind the back of the thread that brings it. That
 * thread fills one block while the executor writes others; with too many waiting the
 * writer is behind. No block is kept for later: the memory of ten thousand idle clients
 * is worth more than a new array per block.
 *
 * <p>
 * Two kinds of state: the block being filled belongs to the bringing thread, the rest is
 * guarded by this object's monitor, which nobody holds during I/O or while a future is
 * completed. At most one {@link #writeAll} runs at a time ({@code writing}); the file is
 * settled, that is handed out or closed, exactly once and only while none runs.
 */
final class FileWriter {

	/**
	 * The size of a block. A client that sends slowly holds one of them for as long as it
	 * likes, so it is small.
	 */
	static final int BLOCK = 64 * 1024;

	/** How many blocks wait for the disk before the writer is behind. */
	static final int MAX_UNWRITTEN = 4;

	private record Block(byte[] octets, int length) {
	}

	private final ContentBuffer.Options options;

	private final Executor io;

	private final CompletableFuture<Content> result = new CompletableFuture<>();

	private byte @Nullable [] filling;

	private int filled;

	private final Deque<Block> waiting = new ArrayDeque<>(4);

	private int unwritten;

	private boolean writing;

	private boolean finished;

	private boolean settled;

	private long position;

	private @Nullable TemporaryFile file;

	private @Nullable Content content;

	private @Nullable CompletableFuture<Void> ready;

	private volatile boolean behind;

	private volatile @Nullable IOException failure;

	/**
	 * Takes over what was gathered in memory.
	 */
	FileWriter(ContentBuffer.Options options, Executor io, byte[] first, int length) {
		this.options = options;
		this.io = io;
		if (length > 0) {
			hand(new Block(first, length));
		}
	}

	void append(ByteBuffer octets) {
		while (octets.hasRemaining() && this.failure == null) {
			byte[] block = (this.filling != null) ? this.filling : nextBlock();
			int length = Math.min(octets.remaining(), BLOCK - this.filled);
			octets.get(block, this.filled, length);
			this.filled += length;
			if (this.filled == BLOCK) {
				handFilled();
			}
		}
		octets.position(octets.limit());
	}

	private byte[] nextBlock() {
		byte[] block = new byte[BLOCK];
		this.filling = block;
		this.filled = 0;
		return block;
	}

	private void handFilled() {
		byte[] block = this.filling;
		this.filling = null;
		if (block != null && this.filled > 0) {
			hand(new Block(block, this.filled));
		}
		this.filled = 0;
	}

	private void hand(Block block) {
		synchronized (this) {
			if (this.failure != null) {
				return;
			}
			this.waiting.add(block);
			this.unwritten++;
			this.behind = this.unwritten >= MAX_UNWRITTEN;
			if (this.writing) {
				return;
			}
			this.writing = true;
		}
		startWriting();
	}

	private void startWriting() {
		try {
			this.io.execute(this::writeAll);
		}
		catch (RuntimeException | Error ex) {
			fail(new IOException("The content of the message could not be written: the executor does no more work",
					ex));
		}
	}

	/** Runs on the executor until nothing waits. */
	private void writeAll() {
		try {
			for (Block block = next(null); block != null; block = next(block)) {
				write(block);
			}
		}
		catch (IOException ex) {
			fail(ex);
		}
		catch (RuntimeException | Error ex) {
			fail(new IOException("The content of the message could not be written", ex));
			throw ex;
		}
	}

	private void write(Block block) throws IOException {
		TemporaryFile file = this.file;
		if (file == null) {
			file = TemporaryFile.create(this.options.directory());
			synchronized (this) {
				this.file = file;
			}
		}
		file.write(this.position, block.octets(), 0, block.length());
		this.position += block.length();
	}

	private @Nullable Block next(@Nullable Block written) {
		Block next;
		CompletableFuture<Void> ready;
		synchronized (this) {
			if (written != null) {
				this.unwritten--;
			}
			next = this.waiting.poll();
			this.writing = next != null;
			this.behind = this.unwritten >= MAX_UNWRITTEN;
			ready = this.behind ? null : takeReady();
		}
		if (ready != null) {
			ready.complete(null);
		}
		if (next == null) {
			settle();
		}
		return next;
	}

	private @Nullable CompletableFuture<Void> takeReady() {
		CompletableFuture<Void> ready = this.ready;
		this.ready = null;
		return ready;
	}

	/** Ends the writing that is under way: nothing more is written. */
	private void fail(IOException cause) {
		drop(cause);
		synchronized (this) {
			this.writing = false;
		}
		settle();
	}

	private void drop(IOException cause) {
		CompletableFuture<Void> ready;
		synchronized (this) {
			this.failure = (this.failure != null) ? this.failure : cause;
			this.waiting.clear();
			this.unwritten = 0;
			this.behind = false;
			ready = takeReady();
		}
		if (ready != null) {
			ready.complete(null);
		}
	}

	/**
	 * Hands the file out, or closes it, if it is time to. A file that is complete is
	 * handed out by the executor.
	 */
	private void settle() {
		IOException failure;
		TemporaryFile file;
		synchronized (this) {
			failure = this.failure;
			file = this.file;
			boolean due = this.finished || failure != null;
			if (this.writing || this.settled || !due) {
				return;
			}
			this.settled = true;
		}
		if (failure == null && file != null) {
			handOut(file);
			return;
		}
		if (file != null) {
			FileContent.closeOn(this.io, file);
		}
		this.result.completeExceptionally(Objects.requireNonNull(failure));
	}

	/** With its header section, for which nobody should have to read the file again. */
	private void handOut(TemporaryFile file) {
		HeaderSection header;
		try (InputStream in = file.openStream(0, this.position)) {
			header = HeaderSection.read(in);
		}
		catch (IOException | RuntimeException | Error ex) {
			FileContent.closeOn(this.io, file);
			this.result.completeExceptionally(ex);
			return;
		}
		Content complete = new FileContent(file, this.position, header, this.options, this.io);
		boolean discarded;
		synchronized (this) {
			this.content = complete;
			discarded = this.failure != null;
		}
		if (discarded) {
			complete.release();
		}
		this.result.complete(complete);
	}

	boolean isBehind() {
		return this.behind;
	}

	synchronized CompletionStage<Void> whenReady() {
		if (!this.behind) {
			return CompletableFuture.completedFuture(null);
		}
		if (this.ready == null) {
			this.ready = new CompletableFuture<>();
		}
		return this.ready;
	}

	CompletionStage<Content> finish() {
		handFilled();
		boolean idle;
		boolean failed;
		synchronized (this) {
			this.finished = true;
			failed = this.failure != null;
			idle = !this.writing && !this.settled && !failed;
			this.writing |= idle;
		}
		if (idle) {
			startWriting();
		}
		if (failed) {
			settle();
		}
		return this.result;
	}

	void discard() {
		this.filling = null;
		this.filled = 0;
		drop(new IOException("The content of the message was discarded"));
		Content content;
		synchronized (this) {
			content = this.content;
		}
		if (content != null) {
			content.release();
		}
		else {
			settle();
		}
	}

}
