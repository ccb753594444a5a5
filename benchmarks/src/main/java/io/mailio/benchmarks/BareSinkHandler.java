/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One connection of {@link BareSink}. Commands are told apart by their first four
 * letters, taken as one number; replies are constant bytes, gathered and sent once per
 * read; the end of content is found by {@link EndOfData}. Content is thrown away, or
 * given to a {@link GroupCommitFile} and acknowledged when that has it on disk. Like
 * every channel handler it is used by its event loop only.
 */
final class BareSinkHandler extends ChannelInboundHandlerAdapter {

	private static final int MAX_LINE = 2048;

	private static final int REPLIES_CAPACITY = 256;

	/** Takes ASCII letters to upper case, four at once. */
	private static final int UPPER_CASE = 0xDFDFDFDF;

	private static final int EHLO = 0x45484C4F;

	private static final int HELO = 0x48454C4F;

	private static final int MAIL = 0x4D41494C;

	private static final int RCPT = 0x52435054;

	private static final int DATA = 0x44415441;

	private static final int RSET = 0x52534554;

	private static final int NOOP = 0x4E4F4F50;

	private static final int QUIT = 0x51554954;

	private static final byte[] GREETING = ascii("220 bench.example ESMTP ready");

	private static final byte[] EXTENSIONS = ascii("250-bench.example", "250-PIPELINING", "250-8BITMIME",
			"250 SIZE 104857600");

	private static final byte[] HELLO = ascii("250 bench.example");

	private static final byte[] SENDER_OK = ascii("250 2.1.0 Sender OK");

	private static final byte[] RECIPIENT_OK = ascii("250 2.1.5 Recipient OK");

	private static final byte[] GO_AHEAD = ascii("354 Start mail input; end with <CRLF>.<CRLF>");

	private static final byte[] ACCEPTED = ascii("250 2.0.0 Message accepted");

	private static final byte[] OK = ascii("250 2.0.0 OK");

	private static final byte[] BYE = ascii("221 2.0.0 Bye");

	private static final byte[] UNKNOWN = ascii("500 5.5.1 Command unrecognized");

	private static final byte[] BAD_SEQUENCE = ascii("503 5.5.1 Bad sequence of commands");

	private static final byte[] LINE_TOO_LONG = ascii("500 5.5.2 Line too long");

	/** The dot that ends the content, with its line end. */
	private static final int END_OF_CONTENT = 3;

	private final EndOfData endOfData = new EndOfData();

	/** {@code null} if messages are thrown away. */
	private final @Nullable GroupCommitFile file;

	/** The part of a message that has arrived, if messages are kept. */
	private @Nullable ByteBuf content;

	/** The beginning of a command line that the last read cut. */
	private @Nullable ByteBuf begun;

	/** Replies to the commands of the present read. */
	private @Nullable ByteBuf replies;

	private boolean inData;

	/** A message is on its way to disk, and what comes behind it waits. */
	private boolean keeping;

	private boolean closing;

	private boolean hasSender;

	private boolean hasRecipient;

	/** Messages are thrown away. */
	BareSinkHandler() {
		this(null);
	}

	/**
	 * Messages are kept.
	 * @param file in this file, unless it is {@code null}
	 */
	BareSinkHandler(@Nullable GroupCommitFile file) {
		this.file = file;
	}

	/**
	 * Not passed on: the reactive bridge behind would set up its own connection object.
	 */
	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		reply(ctx, GREETING);
		flushReplies(ctx);
		ctx.channel().config().setAutoRead(true);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		read(ctx, join((ByteBuf) message));
	}

	private void read(ChannelHandlerContext ctx, ByteBuf in) {
		try {
			while (in.isReadable() && !this.closing) {
				if (this.keeping) {
					this.begun = ctx.alloc().buffer(MAX_LINE).writeBytes(in);
				}
				else if (this.inData) {
					data(ctx, in);
				}
				else if (!command(ctx, in)) {
					keep(ctx, in);
				}
			}
		}
		finally {
			in.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		flushReplies(ctx);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		if (this.begun != null) {
			this.begun.release();
			this.begun = null;
		}
		if (this.content != null) {
			this.content.release();
			this.content = null;
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		ctx.close();
	}

	private ByteBuf join(ByteBuf read) {
		ByteBuf line = this.begun;
		if (line == null) {
			return read;
		}
		this.begun = null;
		line.writeBytes(read);
		read.release();
		return line;
	}

	private void keep(ChannelHandlerContext ctx, ByteBuf in) {
		if (in.readableBytes() > MAX_LINE) {
			this.closing = true;
			reply(ctx, LINE_TOO_LONG);
			return;
		}
		this.begun = ctx.alloc().buffer(MAX_LINE).writeBytes(in);
	}

	private void data(ChannelHandlerContext ctx, ByteBuf in) {
		int start = in.readerIndex();
		boolean complete = this.endOfData.skip(in);
		GroupCommitFile file = this.file;
		if (file == null) {
			if (complete) {
				this.inData = false;
				reply(ctx, ACCEPTED);
			}
			return;
		}
		ByteBuf content = this.content;
		if (content == null) {
			content = file.begin(ctx.alloc());
			this.content = content;
		}
		content.writeBytes(in, start, in.readerIndex() - start);
		if (complete) {
			this.inData = false;
			this.keeping = true;
			this.content = null;
			content.writerIndex(content.writerIndex() - END_OF_CONTENT);
			file.append(content, ctx.executor(), (onDisk) -> kept(ctx, onDisk));
		}
	}

	/** The reply, and what has come meanwhile. */
	private void kept(ChannelHandlerContext ctx, boolean onDisk) {
		this.keeping = false;
		if (!onDisk) {
			ctx.close();
			return;
		}
		reply(ctx, ACCEPTED);
		ByteBuf rest = this.begun;
		if (rest != null) {
			this.begun = null;
			read(ctx, rest);
		}
		flushReplies(ctx);
	}

	/** Answers the next command; false if its line is not complete. */
	private boolean command(ChannelHandlerContext ctx, ByteBuf in) {
		int start = in.readerIndex();
		int lineFeed = in.indexOf(start, in.writerIndex(), (byte) '\n');
		if (lineFeed < 0) {
			return false;
		}
		in.readerIndex(lineFeed + 1);
		int length = lineFeed - start;
		if (length < 5 || in.getByte(lineFeed - 1) != '\r') {
			reply(ctx, UNKNOWN);
			return true;
		}
		reply(ctx, answer(in.getInt(start) & UPPER_CASE));
		return true;
	}

	private byte[] answer(int verb) {
		return switch (verb) {
			case MAIL -> mail();
			case RCPT -> rcpt();
			case DATA -> beginData();
			case EHLO -> reset(EXTENSIONS);
			case HELO -> reset(HELLO);
			case RSET -> reset(OK);
			case NOOP -> OK;
			case QUIT -> quit();
			default -> UNKNOWN;
		};
	}

	private byte[] mail() {
		if (this.hasSender) {
			return BAD_SEQUENCE;
		}
		this.hasSender = true;
		return SENDER_OK;
	}

	private byte[] rcpt() {
		if (!this.hasSender) {
			return BAD_SEQUENCE;
		}
		this.hasRecipient = true;
		return RECIPIENT_OK;
	}

	private byte[] beginData() {
		if (!this.hasRecipient) {
			return BAD_SEQUENCE;
		}
		this.inData = true;
		this.endOfData.begin();
		return reset(GO_AHEAD);
	}

	private byte[] quit() {
		this.closing = true;
		return BYE;
	}

	private byte[] reset(byte[] reply) {
		this.hasSender = false;
		this.hasRecipient = false;
		return reply;
	}

	private void reply(ChannelHandlerContext ctx, byte[] reply) {
		ByteBuf out = this.replies;
		if (out == null) {
			out = ctx.alloc().directBuffer(REPLIES_CAPACITY);
			this.replies = out;
		}
		out.writeBytes(reply);
	}

	private void flushReplies(ChannelHandlerContext ctx) {
		ByteBuf out = this.replies;
		if (out == null) {
			return;
		}
		this.replies = null;
		if (this.closing) {
			ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
		}
		else {
			ctx.writeAndFlush(out, ctx.voidPromise());
		}
	}

	private static byte[] ascii(String... lines) {
		return (String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.US_ASCII);
	}

}
