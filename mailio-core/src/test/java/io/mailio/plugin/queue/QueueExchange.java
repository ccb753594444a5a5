/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.Delivery;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.message.ContentBuffer;
import io.mailio.message.ReceivedMessage;
import io.mailio.message.StoredMessage;
import io.mailio.metrics.Meters;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.Mailboxes;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.mockito.ArgumentMatchers;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/**
 * One message brought to a queue handler, and what the handler did with it.
 */
final class QueueExchange {

	static final String TRACE = "Received: from here\r\n";

	private static final Set<String> SERVED = Set.of("example.com", "b.test");

	private final SmtpRequest request = mock(SmtpRequest.class, withSettings().stubOnly());

	private final SmtpResponse response = mock(SmtpResponse.class, withSettings().stubOnly());

	private final SmtpSession session = mock(SmtpSession.class, withSettings().stubOnly());

	private final List<Delivery> staged = new ArrayList<>();

	private final List<Object> values = new ArrayList<>();

	private final Map<Mailbox, Reply> refused = new LinkedHashMap<>();

	QueueExchange(String from, String content, String... to) {
		this(from.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(from)), message(content), to);
	}

	QueueExchange(ReversePath from, ReceivedMessage message, String... to) {
		Mailbox[] recipients = Stream.of(to).map(Mailbox::of).toArray(Mailbox[]::new);
		given(this.session.envelope()).willReturn(Envelope.of(from, recipients));
		given(this.session.server()).willReturn(new ServerInfo("mx.example.com", SERVED, "default"));
		given(this.request.session()).willReturn(this.session);
		given(this.request.from()).willReturn(from);
		given(this.request.message()).willReturn(message);
		given(this.response.accept()).willReturn(Decision.accept());
		given(this.response.reject(ArgumentMatchers.<Reply>any()))
			.willAnswer((call) -> Decision.reject(call.getArgument(0, Reply.class)));
		given(this.response.log()).willReturn(LoggerFactory.getLogger(QueueExchange.class));
		willAnswer((call) -> {
			this.staged.add(call.getArgument(0));
			return null;
		}).given(this.response).stage(any());
		willAnswer((call) -> {
			this.values.add(call.getArgument(0));
			return null;
		}).given(this.response).set(any());
		willAnswer((call) -> this.refused.put(call.getArgument(0), call.getArgument(1))).given(this.response)
			.rejectRecipient(any(), ArgumentMatchers.<Reply>any());
	}

	static Maildir maildir(MaildirOptions options, MailboxOptions mailboxes, MailboxQuota quota, DurableFiles files,
			InstantSource clock) {
		return new Maildir(options, new Mailboxes(SERVED, mailboxes, null, null), quota, SenderPolicy.OWN_ADDRESS,
				Meters.NONE, files, clock);
	}

	static Maildir maildir(MaildirOptions options, MailboxOptions mailboxes, MailboxQuota quota, SenderPolicy senders) {
		return new Maildir(options, new Mailboxes(SERVED, mailboxes, null, null), quota, senders, Meters.NONE);
	}

	static ReceivedMessage message(String content) {
		return message(content, 100_000);
	}

	static ReceivedMessage message(String content, int memoryThreshold) {
		ContentBuffer buffer = new ContentBuffer(new ContentBuffer.Options(memoryThreshold, Path.of("unused")),
				Runnable::run, content.length());
		buffer.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1)));
		return new StoredMessage(TRACE.getBytes(StandardCharsets.US_ASCII),
				buffer.finish().toCompletableFuture().join());
	}

	QueueExchange found(String handler, Object value) {
		given(this.response.get("queue")).willReturn(Map.of(handler, value));
		return this;
	}

	QueueExchange loggedIn(String username) {
		given(this.session.authenticated()).willReturn(true);
		given(this.session.user()).willReturn(User.named(username));
		return this;
	}

	QueueExchange afterAnswer() {
		willAnswer((call) -> {
			throw new IllegalStateException("answered already");
		}).given(this.response).stage(any());
		return this;
	}

	Decision handledBy(CommandHandler handler) throws Exception {
		return handler.handle(this.request, this.response);
	}

	Mono<Decision> handledBy(ReactiveCommandHandler handler) {
		return handler.handle(this.request, this.response);
	}

	/** Recipients that were refused one by one. */
	Map<Mailbox, Reply> refused() {
		return this.refused;
	}

	List<Delivery> staged() {
		return this.staged;
	}

	/** What the handler has set. */
	List<Object> values() {
		return this.values;
	}

	void commit() throws IOException {
		for (Delivery delivery : this.staged) {
			delivery.commit();
		}
	}

}
