/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.nio.ByteBuffer;
import java.util.Objects;

import io.mailio.message.ContentBuffer;
import io.mailio.session.ReadMode;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Takes the content of one message after the other (RFC 5321 section 3.3) and hands each
 * complete one to its {@link QueueEvent}. The connection feeds it while the read mode is
 * {@link ReadMode#DATA}. All methods are called on the session's loop.
 */
public final class MailInput {

	private final Conversation conversation;

	private @Nullable Reception reception;

	private @Nullable QueueEvent queueEvent;

	MailInput(Conversation conversation) {
		this.conversation = conversation;
	}

	/** Content follows. */
	void begin() {
		SmtpService service = this.conversation.service();
		long limit = service.limits().messageSize();
		long expected = SizeExtension.declared(this.conversation.transaction().envelope().parameters());
		ContentBuffer buffer = this.conversation.view().chain("queue").needsContent()
				? new ContentBuffer(service.content(), service.executor(), Math.min(expected, limit))
				: ContentBuffer.counting();
		this.reception = new Reception(buffer, limit);
		this.conversation.read(ReadMode.DATA);
	}

	/** Some content has come, dots removed. The octets are copied before this returns. */
	public void content(ByteBuffer run) {
		Reception current = Objects.requireNonNull(this.reception);
		current.append(run);
		if (current.isEndless()) {
			this.conversation.end("data", current.refusal());
		}
	}

	/** The content is such that the message will be refused at its end. */
	public void refuse(Reply reply) {
		Objects.requireNonNull(this.reception).refuse(reply);
	}

	/** One read is processed: pauses if content comes faster than it can be written. */
	public void processed() {
		Reception current = this.reception;
		if (current != null && isReading() && current.isBehind()) {
			this.conversation.read(ReadMode.PAUSED);
			current.whenReady().whenComplete((ready, failure) -> this.conversation.wire().execute(() -> {
				if (this.reception == current && this.conversation.readMode() == ReadMode.PAUSED) {
					this.conversation.read(ReadMode.DATA);
					this.conversation.wire().resume();
				}
			}));
		}
	}

	private boolean isReading() {
		return this.conversation.readMode() == ReadMode.DATA;
	}

	/** The message is complete: the line with the single dot has come. */
	public void complete() {
		this.conversation.read(ReadMode.PAUSED);
		this.queueEvent = new QueueEvent(this.conversation, Objects.requireNonNull(this.reception));
		this.queueEvent.start();
	}

	/** The message was kept or refused. */
	void done() {
		this.reception = null;
		this.queueEvent = null;
	}

	/** Gives up the message, if there is one; false if it is just being kept. */
	boolean abandon() {
		if (this.queueEvent != null && !this.queueEvent.abandon()) {
			return false;
		}
		this.queueEvent = null;
		if (this.reception != null) {
			this.reception.discard();
			this.reception = null;
		}
		return true;
	}

}
