/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.handler.Delivery;
import io.mailio.handler.RouteChain;
import io.mailio.message.ReceivedMessage;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.NewMessage;
import io.mailio.queue.NewMessage.Addressee;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * Sends mail: keeps messages in a durable queue and hands them to other servers, again
 * and again until they are delivered or returned. Runs while its {@link SmtpServer} does.
 *
 * <p>
 * All methods may be called from any thread; those that give or change messages may block
 * for as long as a disk takes.
 */
public final class SmtpRelay {

	private final RelaySpec spec;

	/** Asked with each start: handlers may be switched off until then. */
	private final Supplier<RelayEnvironment> environment;

	private volatile @Nullable RunningRelay running;

	SmtpRelay(RelaySpec spec, Supplier<RelayEnvironment> environment) {
		this.spec = spec;
		this.environment = environment;
	}

	/**
	 * Sends a message at once, as far as its destinations allow.
	 * @param envelope sender, recipients and parameters; who is named twice gets it once
	 * @param content the octets of the message, read before this returns
	 * @return completes with its name in the queue when the message is durable: then it
	 * will be delivered or returned. Fails with
	 * {@link io.mailio.queue.QueueFullException} if there is no room, or with another
	 * {@link IOException}. On a thread of the queue: what depends on it must not block
	 * @throws IllegalArgumentException if there are no recipients, or too many
	 * @throws IllegalStateException if the server does not run
	 */
	public CompletionStage<QueueId> send(Envelope envelope, NewMessage.Source content) {
		return enqueue(envelope, content, null);
	}

	/**
	 * Sends a message later.
	 * @param notBefore when it is sent at the earliest; the time for which it is tried
	 * counts from then
	 * @see #send(Envelope, io.mailio.queue.NewMessage.Source)
	 */
	public CompletionStage<QueueId> send(Envelope envelope, NewMessage.Source content, Instant notBefore) {
		return enqueue(envelope, content, notBefore);
	}

	private CompletionStage<QueueId> enqueue(Envelope envelope, NewMessage.Source content,
			@Nullable Instant notBefore) {
		RunningRelay current = running();
		List<Addressee> addressees = envelope.recipients()
			.stream()
			.map((recipient) -> new Addressee(recipient, current.destination(envelope.from(), recipient.mailbox())))
			.toList();
		return current.queue()
			.enqueue(new NewMessage(envelope.from(), envelope.parameters(), addressees, content, notBefore));
	}

	/**
	 * The queue, to look after it. To try a message at once, to release one, and to
	 * resume a destination also means that destinations are tried where nobody was
	 * reached last.
	 * @throws IllegalStateException if the server does not run
	 */
	public MessageQueue queue() {
		return running().queue();
	}

	/**
	 * Tries to deliver a message at once to all its recipients, also where nobody was
	 * reached last.
	 * @param id its name
	 * @return whether it is in the queue
	 * @throws IllegalStateException if the server does not run
	 */
	public boolean retryNow(QueueId id) {
		return queue().retryNow(id);
	}

	/**
	 * The destinations where nobody has taken anything lately, and until when they are
	 * left alone; then one message asks again.
	 * @throws IllegalStateException if the server does not run
	 */
	public Map<String, Instant> paused() {
		return running().paused();
	}

	/**
	 * Changes who is trusted to certify other servers, for connections that are made from
	 * now on.
	 * @throws IllegalArgumentException if TLS cannot be set up; all stays as it is then
	 */
	public synchronized void updateTrust(TrustManagerFactory trust) {
		RunningRelay current = this.running;
		if (current != null) {
			current.updateTrust(trust);
		}
		this.spec.trust(trust);
	}

	/** Whether messages are taken and sent. */
	public boolean isRunning() {
		return this.running != null;
	}

	/** Prepares to return a message to its sender, for recipients that were refused. */
	Delivery bounce(Envelope envelope, Map<Mailbox, Reply> refused, ReceivedMessage message, boolean trusted) {
		return new BounceDelivery(running().notifications(), this, trusted ? envelope : returningHeaders(envelope),
				refused, message);
	}

	/** Whoever names a sender must not make us mail the content to it. */
	private static Envelope returningHeaders(Envelope envelope) {
		Parameters parameters = envelope.parameters();
		String others = parameters.keywords()
			.stream()
			.filter((keyword) -> !keyword.equals("RET"))
			.map((keyword) -> parameters.value(keyword)
				.filter((value) -> !value.isEmpty())
				.map((value) -> keyword + "=" + value)
				.orElse(keyword))
			.collect(Collectors.joining(" "));
		return new Envelope(envelope.from(), Parameters.of(others + " RET=HDRS"), envelope.recipients());
	}

	/** Who may send mail where. */
	RelayRules rules() {
		return this.spec.rules();
	}

	String destination(ReversePath sender, Mailbox recipient) {
		return running().destination(sender, recipient);
	}

	private RunningRelay running() {
		RunningRelay current = this.running;
		if (current == null) {
			throw new IllegalStateException("The relay runs while its SMTP server does, and it does not run now");
		}
		return current;
	}

	/**
	 * Opens the queue; nothing is sent yet.
	 * @throws IOException if that is not possible
	 */
	synchronized void open() throws IOException {
		this.running = new RunningRelay(this.spec, this.environment.get());
	}

	/**
	 * Begins to send.
	 * @param listeners where this server listens
	 * @param routes the handlers of {@code route} as they are now, {@code null} if there
	 * are none
	 */
	void start(Collection<InetSocketAddress> listeners, Supplier<@Nullable RouteChain> routes) {
		running().start(listeners, new RouteHandlers(routes, this.spec.namedSmartHosts(), this.spec.routing().port()));
	}

	/** Begins nothing more; completes when nothing is under way. Does not block. */
	CompletableFuture<Void> drain() {
		RunningRelay current = this.running;
		return (current != null) ? current.drain() : CompletableFuture.completedFuture(null);
	}

	/** Waits for what is under way, for some seconds, and closes the queue. */
	void close() {
		RunningRelay ending = this.running;
		this.running = null;
		if (ending != null) {
			ending.close();
		}
	}

}
