/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.mail;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

import io.mailio.SmtpRelay;
import io.mailio.message.Content;
import io.mailio.message.ContentBuffer;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import jakarta.mail.internet.MimeMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMailMessage;

/**
 * Sends mail through the durable queue of the application's own server: what it has taken
 * is delivered, or returned to its sender, even if the application stops in between.
 *
 * <p>
 * The envelope is read from the message: its sender is {@code Sender}, or else the first
 * of {@code From}; its recipients are all of {@code To}, {@code Cc} and {@code Bcc}, of
 * which the last is not sent. {@code Date} and {@code Message-ID} are set if they are
 * missing. Messages that cannot be queued are those of the {@link MailSendException}; the
 * others are sent. May be used by several threads; blocks until messages are durable.
 */
public final class MailioMailSender implements JavaMailSender {

	private static final String MESSAGE_ID = "Message-ID";

	/** As those who hand a message over do: only the envelope knows of these. */
	private static final String[] NOT_SENT = { "Bcc", "Content-Length" };

	private final Supplier<SmtpRelay> relay;

	private final ContentBuffer.Options content;

	/** Makes messages as everybody expects them; sends nothing. */
	private final JavaMailSenderImpl messages = new JavaMailSenderImpl();

	/**
	 * Sends through a relay.
	 * @param relay the relay, asked for each time
	 * @param content how messages are held while they are queued
	 */
	public MailioMailSender(Supplier<SmtpRelay> relay, ContentBuffer.Options content) {
		this.relay = relay;
		this.content = content;
		this.messages.setDefaultEncoding("UTF-8");
	}

	@Override
	public MimeMessage createMimeMessage() {
		return this.messages.createMimeMessage();
	}

	@Override
	public MimeMessage createMimeMessage(InputStream contentStream) throws MailException {
		return this.messages.createMimeMessage(contentStream);
	}

	@Override
	public void send(MimeMessage... mimeMessages) throws MailException {
		send(List.of(mimeMessages), List.of((Object[]) mimeMessages), null);
	}

	@Override
	public void send(SimpleMailMessage... simpleMessages) throws MailException {
		List<MimeMessage> mimeMessages = new ArrayList<>();
		for (SimpleMailMessage simpleMessage : simpleMessages) {
			MimeMailMessage message = new MimeMailMessage(createMimeMessage());
			simpleMessage.copyTo(message);
			mimeMessages.add(message.getMimeMessage());
		}
		send(mimeMessages, List.of((Object[]) simpleMessages), null);
	}

	/**
	 * Sends a message later.
	 * @param mimeMessage the message
	 * @param notBefore when it is sent at the earliest; the time for which it is tried
	 * counts from then
	 * @return its name in the queue
	 * @throws MailSendException if it cannot be queued
	 */
	public QueueId send(MimeMessage mimeMessage, Instant notBefore) throws MailException {
		return send(List.of(mimeMessage), List.of(mimeMessage), notBefore).get(0);
	}

	/** All of them are written before the first is waited for: a disk likes that. */
	private List<QueueId> send(List<MimeMessage> mimeMessages, List<Object> originals, @Nullable Instant notBefore) {
		Map<Object, Exception> failed = new LinkedHashMap<>();
		List<Queueing> begun = new ArrayList<>();
		for (int i = 0; i < mimeMessages.size(); i++) {
			try {
				begun.add(new Queueing(originals.get(i), enqueue(mimeMessages.get(i), notBefore)));
			}
			catch (InterruptedException ex) {
				throw interrupted(ex);
			}
			catch (Exception ex) {
				failed.put(originals.get(i), ex);
			}
		}
		List<QueueId> queued = new ArrayList<>();
		for (Queueing one : begun) {
			try {
				queued.add(result(one.id()));
			}
			catch (InterruptedException ex) {
				throw interrupted(ex);
			}
			catch (Exception ex) {
				failed.put(one.original(), ex);
			}
		}
		if (!failed.isEmpty()) {
			throw new MailSendException(failed);
		}
		return queued;
	}

	private static MailSendException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new MailSendException("Interrupted while messages were being queued: they may be sent, or not", ex);
	}

	private static <T> T result(CompletionStage<T> stage) throws Exception {
		try {
			return stage.toCompletableFuture().get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	private CompletionStage<QueueId> enqueue(MimeMessage message, @Nullable Instant notBefore) throws Exception {
		complete(message);
		Envelope envelope = MessageEnvelope.of(message);
		Content octets = write(message);
		try {
			SmtpRelay relay = this.relay.get();
			NewMessage.Source source = NewMessage.Source.of(octets);
			return (notBefore != null) ? relay.send(envelope, source, notBefore) : relay.send(envelope, source);
		}
		finally {
			octets.release();
		}
	}

	/** What the header lacks; a Message-ID that is there is kept. */
	private static void complete(MimeMessage message) throws Exception {
		if (message.getSentDate() == null) {
			message.setSentDate(new Date());
		}
		String messageId = message.getMessageID();
		message.saveChanges();
		if (messageId != null) {
			message.setHeader(MESSAGE_ID, messageId);
		}
	}

	private Content write(MimeMessage message) throws Exception {
		ContentBuffer buffer = new ContentBuffer(this.content, Runnable::run, message.getSize());
		try (CanonicalLines lines = new CanonicalLines(buffer::append)) {
			message.writeTo(lines, NOT_SENT);
		}
		catch (Exception ex) {
			buffer.discard();
			throw ex;
		}
		return result(buffer.finish());
	}

	/**
	 * A message on its way into the queue.
	 *
	 * @param original what the application has given
	 * @param id its name, once it is durable
	 */
	private record Queueing(Object original, CompletionStage<QueueId> id) {
	}

}
