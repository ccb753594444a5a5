/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

import io.mailio.codec.ContentEncoder;
import io.mailio.message.Content;
import io.mailio.relay.ClientConnection.Trouble;
import io.mailio.relay.Verdict.Advice;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One transaction (RFC 5321 section 3.3): MAIL, RCPT for each recipient, the content by
 * DATA or, where CHUNKING is offered, by BDAT (RFC 3030). With PIPELINING the commands
 * are sent at once, DATA included, and the replies are matched in order (RFC 2920).
 */
final class MailTransaction implements ClientConnection.Dialogue, ContentFeed.Sink {

	/** Who waits for the end; called on the event loop. */
	interface Waiting {

		/**
		 * It is over. The connection is nobody's now.
		 * @param end how
		 */
		void done(End end);

	}

	/**
	 * How a transaction has ended.
	 *
	 * @param connection on which
	 * @param verdicts one for each recipient, {@code null} for those that it had no room
	 * for
	 * @param over why these need not be tried with this server; {@code null} if they may
	 * @param usable whether the connection may be used again
	 * @param stale whether the connection was dead before the server had said anything:
	 * nothing has happened
	 */
	record End(ClientConnection connection, List<@Nullable Verdict> verdicts, @Nullable Verdict over, boolean usable,
			boolean stale) {
	}

	private enum State {

		/** MAIL, RCPT and DATA. */
		ENVELOPE,
		/** Content is sent. */
		CONTENT,
		/** The last of it was sent. */
		END,
		/** There is nobody to send it to, but the server waits for it. */
		LONE_DOT,
		/** Nothing has come of it, and the server does not know yet. */
		RESET,
		/** It is over. */
		OVER

	}

	/** How many blocks may wait for the network. */
	private static final int MAX_UNWRITTEN = 2;

	/** How many chunks may wait for their replies. */
	private static final int MAX_CHUNKS = 2;

	/** A chunk has this size or a little more. */
	private static final int CHUNK = 4 * ContentFacts.BLOCK;

	/** This many are taken by every server (section 4.5.3.1.8). */
	private static final int MIN_RECIPIENTS = 100;

	private static final EnhancedStatusCode TOO_MANY = new EnhancedStatusCode(5, 3);

	private static final byte[] END_OF_DATA = { '.', '\r', '\n' };

	private final ClientConnection connection;

	private final Capabilities capabilities;

	private final ClientOptions options;

	private final Envelope envelope;

	private final List<Recipient> recipients;

	private final Content content;

	private final ContentFacts facts;

	private final Waiting waiting;

	private final EnvelopeCommands commands;

	private final boolean pipelining;

	private final boolean chunking;

	private final @Nullable Verdict[] verdicts;

	/** The recipients that are asked for, by their index. */
	private final List<Integer> asked = new ArrayList<>();

	private final List<Integer> accepted = new ArrayList<>();

	private final Queue<ByteBuf> chunk = new ArrayDeque<>();

	private State state = State.ENVELOPE;

	/** How many of the commands were sent and answered. */
	private int sent;

	private int answered;

	private @Nullable Reply mailRefused;

	private @Nullable Reply dataReply;

	private @Nullable Verdict over;

	private @Nullable ContentFeed feed;

	private int chunkSize;

	private int chunkReplies;

	private int finalReplies;

	private int unwritten;

	/** The network has taken the end of the content. */
	private boolean endSent;

	/**
	 * A transaction.
	 * @param recipients those of the envelope that it is for
	 */
	MailTransaction(ClientConnection connection, ClientOptions options, Envelope envelope, List<Recipient> recipients,
			Content content, ContentFacts facts, Waiting waiting) {
		this.connection = connection;
		this.capabilities = connection.capabilities();
		this.options = options;
		this.envelope = envelope;
		this.recipients = recipients;
		this.content = content;
		this.facts = facts;
		this.waiting = waiting;
		this.commands = new EnvelopeCommands(connection, envelope, recipients, facts);
		this.pipelining = this.capabilities.has("PIPELINING");
		this.chunking = this.capabilities.has("CHUNKING");
		this.verdicts = new Verdict[recipients.size()];
	}

	/** Begins; called on the event loop by the owner of the connection. */
	void begin() {
		this.connection.own(this);
		Verdict refusal = this.commands.refusal();
		if (refusal != null) {
			Arrays.fill(this.verdicts, refusal);
		}
		else {
			chooseRecipients();
		}
		if (this.asked.isEmpty()) {
			finish(true);
			return;
		}
		this.connection.transactionBegins();
		sendCommands();
	}

	private void chooseRecipients() {
		int room = Math.min(this.options.maxRecipients(), this.capabilities.maxRecipients());
		for (int i = 0; i < this.recipients.size(); i++) {
			Verdict refusal = this.commands.refusal(i);
			if (refusal != null) {
				this.verdicts[i] = refusal;
			}
			else if (this.asked.size() < room) {
				this.asked.add(i);
			}
		}
	}

	// MAIL, RCPT and DATA

	private int count() {
		return 1 + this.asked.size() + (this.chunking ? 0 : 1);
	}

	private boolean isData(int command) {
		return command > this.asked.size();
	}

	private void sendCommands() {
		if (isAheadOfUs()) {
			return;
		}
		do {
			this.connection.send(command(this.sent));
			this.sent++;
		}
		while (this.pipelining && this.sent < count());
		awaitReply();
		this.connection.flush();
	}

	/**
	 * A reply to what was not said yet would be taken for the reply to something else, at
	 * last to the content.
	 */
	private boolean isAheadOfUs() {
		boolean ahead = this.connection.hasInput();
		if (ahead) {
			broken(new Trouble(Trouble.Kind.PROTOCOL, "a reply too many"));
		}
		return ahead;
	}

	private String command(int number) {
		if (number == 0) {
			return this.commands.mail();
		}
		return isData(number) ? "DATA" : this.commands.rcpt(this.asked.get(number - 1));
	}

	private void awaitReply() {
		SmtpTimeouts timeouts = this.connection.timeouts();
		this.connection
			.await((this.answered == 0) ? timeouts.mail() : isData(this.answered) ? timeouts.data() : timeouts.rcpt());
	}

	private Phase phase() {
		return switch (this.state) {
			case ENVELOPE -> (this.answered == 0) ? Phase.MAIL : isData(this.answered) ? Phase.DATA : Phase.RCPT;
			case CONTENT, END, LONE_DOT, RESET, OVER -> Phase.CONTENT;
		};
	}

	@Override
	public void reply(Reply reply) {
		if (reply.code() == 421) {
			leaving(reply);
			return;
		}
		switch (this.state) {
			case ENVELOPE -> {
				int command = this.answered++;
				if (reply.isIntermediate() != isData(command) && !reply.isNegative()) {
					this.answered--;
					broken(new Trouble(Trouble.Kind.PROTOCOL, "unexpected reply " + reply));
				}
				else {
					answered(command, reply);
				}
			}
			case CONTENT -> withinContent(reply);
			case END -> {
				if (this.chunkReplies > 0) {
					withinContent(reply);
				}
				else {
					delivered(reply);
				}
			}
			case LONE_DOT -> finish(true);
			case RESET -> finish(reply.isPositive());
			case OVER -> {
			}
		}
	}

	/** The server closes the connection after this reply (section 3.8). */
	private void leaving(Reply reply) {
		boolean stale = this.state == State.ENVELOPE && this.answered == 0 && this.connection.isReused();
		if (stale) {
			end(false, true);
		}
		else {
			this.over = Verdict.of(phase(), reply);
			settle(this.over);
			finish(false);
		}
	}

	private void answered(int command, Reply reply) {
		if (command == 0) {
			this.mailRefused = reply.isNegative() ? reply : null;
		}
		else if (isData(command)) {
			this.dataReply = reply;
		}
		else if (this.mailRefused == null) {
			recipient(this.asked.get(command - 1), reply);
		}
		boolean hopeless = this.mailRefused != null || (this.answered > this.asked.size() && this.accepted.isEmpty());
		if (this.answered < this.sent) {
			awaitReply();
		}
		else if (this.sent < count() && !hopeless) {
			sendCommands();
		}
		else {
			envelopeIsAnswered();
		}
	}

	private void recipient(int index, Reply reply) {
		if (reply.isPositive()) {
			this.accepted.add(index);
		}
		else if (isOneTooMany(reply)) {
			Verdict verdict = Verdict.of(Phase.RCPT, reply);
			this.verdicts[index] = new Verdict(Verdict.Kind.TEMPORARY, verdict.phase(), reply, true, Advice.SAME_HOST);
		}
		else {
			this.verdicts[index] = Verdict.of(Phase.RCPT, reply);
		}
	}

	/**
	 * Whether the transaction is full, and a further one would do (section 4.5.3.1.10,
	 * which also knows an older code). Other reasons for 452 tell them by their enhanced
	 * status code.
	 */
	private boolean isOneTooMany(Reply reply) {
		boolean told = TOO_MANY.equals(reply.status());
		return !this.accepted.isEmpty() && switch (reply.code()) {
			case 452 -> told || reply.status() == null;
			case 552 -> told || (reply.status() == null && this.accepted.size() >= MIN_RECIPIENTS);
			default -> false;
		};
	}

	private void envelopeIsAnswered() {
		Reply data = this.dataReply;
		if (this.mailRefused != null) {
			this.over = Verdict.of(Phase.MAIL, this.mailRefused);
			settle(this.over);
		}
		boolean nobody = this.mailRefused != null || this.accepted.isEmpty();
		if (nobody && data != null && data.isIntermediate()) {
			// RFC 2920 section 3.1: the server has not looked, and waits for content.
			this.state = State.LONE_DOT;
			this.connection.sendContent(this.connection.allocator().buffer(3).writeBytes(END_OF_DATA));
			this.connection.await(this.connection.timeouts().dataEnd());
		}
		else if (this.mailRefused != null) {
			finish(true);
		}
		else if (nobody) {
			reset();
		}
		else if (data != null && data.isNegative()) {
			settle(Verdict.of(Phase.DATA, data));
			reset();
		}
		else {
			beginContent();
		}
	}

	/** So that the next MAIL is not a second one (section 4.1.4). */
	private void reset() {
		this.state = State.RESET;
		this.connection.send("RSET");
		this.connection.await(this.connection.timeouts().quit());
		this.connection.flush();
	}

	// The content

	private void beginContent() {
		if (isAheadOfUs()) {
			return;
		}
		this.state = State.CONTENT;
		ContentEncoder encoder = !this.chunking ? ContentEncoder.ofData()
				: this.commands.isBinary() ? ContentEncoder.ofBinaryChunks() : ContentEncoder.ofChunks();
		this.feed = new ContentFeed(this.content, this.facts, encoder, this.connection.allocator(),
				this.options.executor(), this.connection::execute, this);
		this.connection.await(this.connection.timeouts().dataBlock());
		feedOn();
	}

	private void feedOn() {
		boolean room = this.unwritten < MAX_UNWRITTEN && this.connection.isWritable()
				&& this.chunkReplies < (this.pipelining ? MAX_CHUNKS : 1);
		if (this.state == State.CONTENT && room) {
			Objects.requireNonNull(this.feed).request();
		}
	}

	@Override
	public void writable() {
		feedOn();
	}

	@Override
	public void block(ByteBuf block, boolean last) {
		if (!this.chunking) {
			write(block, last);
			feedOn();
			return;
		}
		this.chunk.add(block);
		this.chunkSize += block.readableBytes();
		if (last || this.chunkSize >= CHUNK) {
			writeChunk(last);
		}
		feedOn();
	}

	private void writeChunk(boolean last) {
		this.connection.send("BDAT " + this.chunkSize + (last ? " LAST" : ""));
		this.chunkSize = 0;
		if (!last) {
			this.chunkReplies++;
		}
		while (!this.chunk.isEmpty()) {
			ByteBuf block = this.chunk.remove();
			write(block, last && this.chunk.isEmpty());
		}
	}

	private void write(ByteBuf block, boolean last) {
		if (last) {
			this.state = State.END;
			this.finalReplies = this.connection.target().lmtp() ? this.accepted.size() : 1;
		}
		if (this.unwritten == 0) {
			this.connection.await(this.connection.timeouts().dataBlock());
		}
		this.unwritten++;
		this.connection.sendContent(block).addListener((written) -> written(written, last));
	}

	/** What could not be written closes the connection, which is told in another way. */
	private void written(Future<?> written, boolean last) {
		if (!written.isSuccess() || this.state == State.OVER) {
			return;
		}
		this.unwritten--;
		this.endSent = last;
		awaitContentReply();
		feedOn();
	}

	private void awaitContentReply() {
		SmtpTimeouts timeouts = this.connection.timeouts();
		this.connection.await(this.endSent ? timeouts.dataEnd() : timeouts.dataBlock());
	}

	@Override
	public void unreadable(Exception failure) {
		this.connection.close();
		fail(unreadable(String.valueOf(failure.getMessage())));
	}

	/** The fault is ours. */
	static Verdict unreadable(String why) {
		return Verdict.trouble(Phase.CONTENT, Advice.NONE, 451, 3, 0, "The message could not be read: " + why);
	}

	/** The reply to a chunk, or one that should not come yet. */
	private void withinContent(Reply reply) {
		boolean toChunk = this.chunkReplies > 0;
		if (reply.isNegative()) {
			// What was sent cannot be taken back, and the rest is not wanted.
			settle(Verdict.of(Phase.CONTENT, reply));
			finish(false);
		}
		else if (reply.isPositive() && toChunk) {
			this.chunkReplies--;
			awaitContentReply();
			feedOn();
		}
		else {
			broken(new Trouble(Trouble.Kind.PROTOCOL, "unexpected reply " + reply));
		}
	}

	/**
	 * The reply to the content; by LMTP one for each recipient (RFC 2033 section 4.2).
	 */
	private void delivered(Reply reply) {
		if (reply.isIntermediate()) {
			broken(new Trouble(Trouble.Kind.PROTOCOL, "unexpected reply " + reply));
			return;
		}
		Verdict verdict = Verdict.of(Phase.CONTENT, reply);
		if (this.connection.target().lmtp()) {
			this.verdicts[this.accepted.get(this.accepted.size() - this.finalReplies)] = verdict;
		}
		else {
			settle(verdict);
		}
		this.finalReplies--;
		if (this.finalReplies > 0) {
			awaitContentReply();
		}
		else {
			// A server that has answered before the end may answer once more.
			finish(this.unwritten == 0);
		}
	}

	// The end

	/** Whoever has no verdict yet gets this one, if there was room. */
	private void settle(Verdict verdict) {
		for (int index : this.asked) {
			if (this.verdicts[index] == null) {
				this.verdicts[index] = verdict;
			}
		}
	}

	@Override
	public void broken(Trouble trouble) {
		this.connection.close();
		boolean stale = this.state == State.ENVELOPE && this.answered == 0 && this.connection.isReused()
				&& trouble.kind() == Trouble.Kind.LOST;
		if (stale) {
			end(false, true);
			return;
		}
		ContentFeed feed = this.feed;
		boolean ours = trouble.kind() == Trouble.Kind.TIMEOUT && this.state == State.CONTENT && this.unwritten == 0
				&& this.chunkReplies == 0 && feed != null && feed.isUnderWay();
		Verdict verdict = ours ? unreadable("that took too long")
				: Troubles.verdict(this.connection.target(), phase(), trouble);
		if (this.state == State.END && this.endSent) {
			settle(Troubles.uncertain(this.connection.target(), trouble));
		}
		fail(verdict);
	}

	private void fail(Verdict verdict) {
		this.over = verdict;
		settle(verdict);
		finish(false);
	}

	private void finish(boolean usable) {
		end(usable, false);
	}

	private void end(boolean usable, boolean stale) {
		if (this.state == State.OVER) {
			return;
		}
		this.state = State.OVER;
		if (this.feed != null) {
			this.feed.cancel();
		}
		this.chunk.forEach(ByteBuf::release);
		this.chunk.clear();
		this.waiting.done(new End(this.connection, Arrays.asList(this.verdicts), this.over, usable, stale));
	}

}
