/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.nio.ByteBuffer;
import java.util.Objects;

import io.mailio.handler.ChainOutcome;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.LiveSession;
import io.mailio.handler.Subject;
import io.mailio.message.ContentBuffer;
import io.mailio.session.Ending;
import io.mailio.session.RawHeaders;
import io.mailio.session.ReadMode;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;

/**
 * Takes the content of one message after the other (RFC 5321 section 3.3), by DATA or
 * chunk by chunk (RFC 3030), and hands each complete one to its {@link QueueEvent}. The
 * connection feeds it while the read mode is {@link ReadMode#DATA} or
 * {@link ReadMode#CHUNK}. All methods are called on the session's loop.
 *
 * <p>
 * A chunk is read to its end whatever becomes of it. One that is refused within a
 * transaction refuses the message: what follows of it would be a message with a hole.
 */
public final class MailInput {

	private static final BdatCommand BDAT = new BdatCommand();

	private final Conversation conversation;

	private @Nullable Reception reception;

	private @Nullable QueueEvent queueEvent;

	private @Nullable Chunk chunk;

	/** Why a chunk that belongs to no message is thrown away. */
	private @Nullable Reply outOfOrder;

	/** Octets of the chunk that have not come yet. */
	private long missing;

	MailInput(Conversation conversation) {
		this.conversation = conversation;
	}

	/** DATA: content follows. */
	void begin() {
		this.reception = newReception();
		this.conversation.read(ReadMode.DATA);
	}

	private Reception newReception() {
		SmtpService service = this.conversation.service();
		long limit = service.limits().messageSize();
		long expected = SizeExtension.declared(this.conversation.transaction().envelope().parameters());
		ContentBuffer buffer = needsContent()
				? new ContentBuffer(service.content(), service.executor(), Math.min(expected, limit))
				: ContentBuffer.counting();
		return new Reception(buffer, limit);
	}

	/** A notification for one of several recipients returns the header to the sender. */
	private boolean needsContent() {
		LiveSession session = this.conversation.view();
		return session.chain("queue").needsContent(session)
				|| (this.conversation.service().bounces() != null && session.envelope().recipients().size() > 1);
	}

	/** BDAT: a chunk follows. */
	void chunk(Chunk chunk) {
		this.chunk = chunk;
		this.missing = chunk.size();
		try {
			this.conversation.permit(BDAT);
		}
		catch (Refusal ex) {
			throwAway(chunk, ex.reply());
			return;
		}
		Reception current = this.reception;
		if (current != null) {
			readChunk(current, chunk.wellFormed() ? null : Replies.CHUNK_SYNTAX);
		}
		else if (chunk.wellFormed()) {
			askData();
		}
		else {
			firstChunk(Replies.CHUNK_SYNTAX);
		}
	}

	private void throwAway(Chunk chunk, Reply reply) {
		if (Reception.isEndless(chunk.size(), this.conversation.service().limits().messageSize())) {
			this.conversation.closeAfterReply(Ending.EXCESS);
			this.conversation.refuseChunk(reply);
			return;
		}
		this.outOfOrder = reply;
		this.conversation.read(ReadMode.CHUNK);
	}

	private void askData() {
		HandlerChain chain = this.conversation.view().chain("data");
		if (chain.isEmpty()) {
			dataAccepted();
			return;
		}
		this.conversation.run(chain, new SmtpCommand("data", ""), Subject.NONE,
				this.conversation.service().limits().handlerTimeout(), this::decided);
	}

	private void decided(ChainOutcome outcome) {
		switch (outcome.kind()) {
			// A handler that gives a 354 of its own has accepted; BDAT has no such reply.
			case ACCEPT -> dataAccepted();
			case REJECT -> firstChunk(Objects.requireNonNull(outcome.reply()));
			case END -> this.conversation.end("data", outcome.reply(), Ending.HANDLER);
		}
	}

	private void dataAccepted() {
		this.conversation.session().accepted("data", 250);
		firstChunk(null);
	}

	private void firstChunk(@Nullable Reply refusal) {
		Reception first = newReception();
		this.reception = first;
		this.conversation.session().chunks();
		readChunk(first, refusal);
	}

	private void readChunk(Reception current, @Nullable Reply refusal) {
		if (refusal != null) {
			current.refuse(refusal);
		}
		current.announce(this.missing);
		this.conversation.read(ReadMode.CHUNK);
	}

	/** Whether a handler is asked before the octets of a chunk are read. */
	boolean hasChunkAhead() {
		return this.chunk != null;
	}

	/** How many octets of the chunk have not come yet; 0 if it is complete. */
	public long missing() {
		return this.missing;
	}

	/** Whether the octets of the chunk are content; if not, they are thrown away. */
	public boolean isContent() {
		return this.outOfOrder == null;
	}

	/** Whether the message may hold anything, not only lines of text. */
	public boolean isBinary() {
		return EightBitMimeExtension.isBinary(this.conversation.session().transaction());
	}

	/** Whether the message ends with the chunk. */
	public boolean isLastChunk() {
		return this.chunk != null && this.chunk.last() && isContent();
	}

	/** Some octets of the chunk have come. */
	public void chunkRead(long octets) {
		this.missing -= octets;
	}

	/** The chunk is complete and not the last one of a message: it is answered. */
	public void endOfChunk() {
		Chunk complete = Objects.requireNonNull(this.chunk);
		Reply refusal = (this.reception != null) ? this.reception.refusal() : this.outOfOrder;
		this.chunk = null;
		this.outOfOrder = null;
		this.conversation.read(ReadMode.COMMAND);
		if (refusal != null) {
			this.conversation.refuseChunk(refusal);
		}
		else {
			this.conversation.send("data", BDAT.reply(this.conversation, complete));
			if (this.conversation.readMode() == ReadMode.COMMAND) {
				// Many chunks may come in one read.
				pauseIfBehind();
			}
		}
	}

	/** Some content has come, dots removed. The octets are copied before this returns. */
	public void content(ByteBuffer run) {
		Reception current = Objects.requireNonNull(this.reception);
		current.append(run);
		if (current.isEndless()) {
			this.conversation.end("data", current.refusal(), Ending.EXCESS);
		}
	}

	/** The content is such that the message will be refused at its end. */
	public void refuse(Reply reply) {
		Objects.requireNonNull(this.reception).refuse(reply);
	}

	/**
	 * A header field of the content holds more than US-ASCII: that must be declared (RFC
	 * 6531 section 3.5).
	 */
	public void rawHeader() {
		boolean declared = SmtpUtf8Extension.isDeclared(this.conversation.transaction().envelope().parameters());
		if (!declared && this.conversation.service().rawHeaders() == RawHeaders.REJECT) {
			refuse(Replies.RAW_HEADERS);
		}
	}

	/** The content begins with its body: our own header fields must not run into it. */
	public void noHeader() {
		Objects.requireNonNull(this.reception).noHeader();
	}

	/** Whether what is read is content, so that it can be taken or refused. */
	public boolean isReading() {
		ReadMode mode = this.conversation.readMode();
		return (mode == ReadMode.DATA || mode == ReadMode.CHUNK) && this.reception != null;
	}

	/** One read is processed: pauses if content comes faster than it can be written. */
	public void processed() {
		if (isReading()) {
			pauseIfBehind();
		}
	}

	private void pauseIfBehind() {
		Reception current = this.reception;
		if (current != null && current.isBehind()) {
			ReadMode mode = this.conversation.readMode();
			this.conversation.read(ReadMode.PAUSED);
			current.whenReady().whenComplete((ready, failure) -> this.conversation.wire().execute(() -> {
				if (this.reception == current && this.conversation.readMode() == ReadMode.PAUSED) {
					this.conversation.read(mode);
					this.conversation.wire().resume();
				}
			}));
		}
	}

	/**
	 * The message is complete: the line with the single dot or the last chunk has come.
	 */
	public void complete() {
		this.chunk = null;
		this.conversation.read(ReadMode.PAUSED);
		Reception complete = Objects.requireNonNull(this.reception);
		ProtocolTrace trace = this.conversation.trace();
		if (trace != null) {
			trace.content(complete.octets());
		}
		this.queueEvent = new QueueEvent(this.conversation, complete);
		this.queueEvent.start();
	}

	/** The message was kept or refused. */
	void done() {
		this.reception = null;
		this.queueEvent = null;
	}

	/** The transaction is over: chunks that have come come to nothing. */
	void reset() {
		if (this.reception != null) {
			abandon();
			this.conversation.wire().forgetContent();
		}
	}

	/** Gives up the message, if there is one; false if it is just being kept. */
	boolean abandon() {
		if (this.queueEvent != null && !this.queueEvent.abandon()) {
			return false;
		}
		this.queueEvent = null;
		this.chunk = null;
		if (this.reception != null) {
			this.reception.discard();
			this.reception = null;
		}
		return true;
	}

}
