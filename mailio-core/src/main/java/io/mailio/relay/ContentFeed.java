/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.mailio.codec.ContentEncoder;
import io.mailio.message.Content;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the content of a message from where it is kept to the event loop, block by block
 * as it is asked for, encoded. It is read on an executor, because that blocks; content
 * that is in memory already comes at once. Asked on the event loop; one block is under
 * way at a time.
 */
final class ContentFeed {

	/** Who gets the blocks; called on the event loop. */
	interface Sink {

		/**
		 * The next block, which is the sink's to release.
		 * @param last whether it is the last one; it then ends as the message ends, and
		 * may be empty otherwise
		 */
		void block(ByteBuf block, boolean last);

		/** The content cannot be read. Nothing more comes. */
		void unreadable(Exception failure);

	}

	private static final Logger logger = LoggerFactory.getLogger(ContentFeed.class);

	private final Content content;

	private final ContentFacts facts;

	private final ContentEncoder encoder;

	private final ByteBufAllocator allocator;

	private final Executor executor;

	private final Executor loop;

	private final Sink sink;

	private boolean underWay;

	private boolean ended;

	/** Used by the executor only, one task after the other. */
	private @Nullable InputStream stream;

	private byte[] buffer = new byte[0];

	private long octets;

	/**
	 * A feed.
	 * @param executor where content is read
	 * @param loop the event loop
	 */
	ContentFeed(Content content, ContentFacts facts, ContentEncoder encoder, ByteBufAllocator allocator,
			Executor executor, Executor loop, Sink sink) {
		this.content = content;
		this.facts = facts;
		this.encoder = encoder;
		this.allocator = allocator;
		this.executor = executor;
		this.loop = loop;
		this.sink = sink;
	}

	/** Whether the last block has come, or nothing more will. */
	boolean isEnded() {
		return this.ended;
	}

	/** Whether a block is being read. */
	boolean isUnderWay() {
		return this.underWay;
	}

	/** Asks for the next block; without effect if one is under way, or at the end. */
	void request() {
		if (this.underWay || this.ended) {
			return;
		}
		byte[] whole = this.facts.whole();
		if (whole != null) {
			this.ended = true;
			this.sink.block(encode(whole, whole.length, true), true);
			return;
		}
		this.underWay = true;
		execute(this::read);
	}

	/** Nothing more is wanted. */
	void cancel() {
		if (!this.ended) {
			this.ended = true;
			if (!this.underWay) {
				execute(this::close);
			}
		}
	}

	private void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			close();
			failed(ex);
		}
	}

	/** On the executor. */
	private void read() {
		ByteBuf block = null;
		try {
			InputStream in = this.stream;
			if (in == null) {
				in = this.content.openStream();
				this.stream = in;
				this.buffer = new byte[ContentFacts.BLOCK];
			}
			int length = in.readNBytes(this.buffer, 0, this.buffer.length);
			boolean last = length < this.buffer.length;
			this.octets += length;
			if (last ? this.octets != this.facts.size() : this.octets > this.facts.size()) {
				throw ContentFacts.wrongSize(this.content, this.octets);
			}
			block = encode(this.buffer, length, last);
			if (last) {
				close();
			}
			ByteBuf ready = block;
			this.loop.execute(() -> arrived(ready, last));
		}
		catch (IOException | RuntimeException ex) {
			if (block != null) {
				block.release();
			}
			close();
			tell(ex);
		}
	}

	private ByteBuf encode(byte[] octets, int length, boolean last) {
		// Room for some doubled dots and the end.
		ByteBuf block = this.allocator.ioBuffer(length + (length >> 6) + 16);
		this.encoder.encode(octets, 0, length, block);
		if (last) {
			this.encoder.finish(block);
		}
		return block;
	}

	private void tell(Exception failure) {
		try {
			this.loop.execute(() -> failed(failure));
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended, and with it whoever would want to know.
			failure.addSuppressed(ex);
		}
	}

	/** On the loop again. */
	private void arrived(ByteBuf block, boolean last) {
		this.underWay = false;
		if (this.ended) {
			block.release();
			if (!last) {
				execute(this::close);
			}
			return;
		}
		this.ended = last;
		this.sink.block(block, last);
	}

	private void failed(Exception failure) {
		this.underWay = false;
		if (!this.ended) {
			this.ended = true;
			this.sink.unreadable(failure);
		}
	}

	private void close() {
		InputStream in = this.stream;
		this.stream = null;
		this.buffer = new byte[0];
		if (in != null) {
			try {
				in.close();
			}
			catch (IOException ex) {
				logger.debug("Content that was read could not be closed", ex);
			}
		}
	}

}
