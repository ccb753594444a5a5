/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

import io.mailio.message.Content;
import io.mailio.message.ContentBuffer;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The content of one message while it arrives. Once refused, it is only counted: the
 * client has to be read to the end before it can be told (RFC 5321 section 4.1.1.4).
 */
final class Reception {

	/** What a client may send on top of twice the limit before the connection is cut. */
	private static final long SLACK = 1024 * 1024;

	private final ContentBuffer buffer;

	private final long limit;

	private long octets;

	private @Nullable Reply refusal;

	private boolean header = true;

	Reception(ContentBuffer buffer, long limit) {
		this.buffer = buffer;
		this.limit = limit;
	}

	void append(ByteBuffer run) {
		this.octets += run.remaining();
		if (this.octets > this.limit) {
			refuse(Replies.TOO_MUCH_MAIL_DATA);
		}
		if (this.refusal == null) {
			this.buffer.append(run);
		}
	}

	/** More octets are announced. */
	void announce(long more) {
		if (more > this.limit - this.octets) {
			refuse(Replies.TOO_MUCH_MAIL_DATA);
		}
	}

	/** The message will not be accepted; the first reason counts. */
	void refuse(Reply reply) {
		if (this.refusal == null) {
			this.refusal = reply;
			this.buffer.discard();
		}
	}

	/** The first line is no header field. */
	void noHeader() {
		this.header = false;
	}

	/** Whether the content begins with a header section; also if that is empty. */
	boolean hasHeader() {
		return this.header;
	}

	@Nullable Reply refusal() {
		return this.refusal;
	}

	/** Whether the client goes on and on, so that waiting for the end makes no sense. */
	boolean isEndless() {
		return isEndless(this.octets, this.limit);
	}

	/** Whether so many octets are not worth being read for nothing. */
	static boolean isEndless(long octets, long limit) {
		return (octets - SLACK) / 2 > limit;
	}

	/** How many octets of content have come. */
	long octets() {
		return this.octets;
	}

	boolean isBehind() {
		return this.refusal == null && this.buffer.isBehind();
	}

	CompletionStage<Void> whenReady() {
		return this.buffer.whenReady();
	}

	CompletionStage<Content> finish() {
		return this.buffer.finish();
	}

	void discard() {
		this.buffer.discard();
	}

}
