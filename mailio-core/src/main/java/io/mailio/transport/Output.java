/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has to say: octets are collected and written at once. As a rule the
 * socket takes all of them before a flush returns, and the next connection of the event
 * loop has the same buffer; whoever finds none takes a new one. Used on the channel's
 * event loop.
 */
final class Output {

	private static final int ROOM = 1024;

	/** Large enough for replies that come together; a larger buffer is not kept. */
	private static final int MAX_SPARE = 32 * 1024;

	private static final FastThreadLocal<@Nullable ByteBuf> SPARE = new FastThreadLocal<>() {

		@Override
		protected void onRemoval(@Nullable ByteBuf buffer) {
			if (buffer != null) {
				buffer.release();
			}
		}

	};

	/**
	 * Netty looks for leaks by wrapping one buffer in a hundred. Here such a buffer would
	 * come late and stay for long: all the code that was compiled for the other kind
	 * would be thrown away. There is nothing to look for, since one owner releases them.
	 */
	private static final ByteBufAllocator UNWRAPPED = new UnpooledByteBufAllocator(true, true);

	private @Nullable ByteBuf waiting;

	/** How many octets wait to be written. */
	int size() {
		return (this.waiting != null) ? this.waiting.readableBytes() : 0;
	}

	void add(byte[] octets) {
		ByteBuf buffer = this.waiting;
		if (buffer == null) {
			buffer = SPARE.get();
			if (buffer != null) {
				SPARE.set(null);
			}
			else {
				buffer = UNWRAPPED.ioBuffer(ROOM);
			}
			this.waiting = buffer;
		}
		buffer.writeBytes(octets);
	}

	/** Writes everything that waits. */
	void flush(ChannelHandlerContext context) {
		ByteBuf buffer = this.waiting;
		if (buffer == null) {
			return;
		}
		this.waiting = null;
		context.writeAndFlush(buffer.retain(), context.voidPromise());
		if (buffer.refCnt() == 1 && buffer.capacity() <= MAX_SPARE && SPARE.get() == null) {
			SPARE.set(buffer.clear());
		}
		else {
			buffer.release();
		}
	}

	/**
	 * Writes everything that waits, and nothing if nothing does.
	 * @return completes when all that was written before is out, too
	 */
	ChannelFuture flushLast(ChannelHandlerContext context) {
		ByteBuf last = (this.waiting != null) ? this.waiting : context.alloc().ioBuffer(0);
		this.waiting = null;
		return context.writeAndFlush(last);
	}

	/** Throws away what waits. */
	void clear() {
		if (this.waiting != null) {
			this.waiting.release();
			this.waiting = null;
		}
	}

}
