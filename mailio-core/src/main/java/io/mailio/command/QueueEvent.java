/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.mailio.command.LogLine.Fact;
import io.mailio.handler.Bounces;
import io.mailio.handler.ChainOutcome;
import io.mailio.handler.Delivery;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.SessionListener;
import io.mailio.handler.Subject;
import io.mailio.message.Content;
import io.mailio.message.StoredMessage;
import io.mailio.message.SubmissionFields;
import io.mailio.message.TraceHeader;
import io.mailio.session.Ending;
import io.mailio.session.LogIds;
import io.mailio.session.SessionState;
import io.mailio.session.Transaction;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What happens between the end of the content and its reply: the handlers of
 * {@code queue} are asked, and when all have accepted, what they have prepared is
 * committed. A positive reply means that the message is kept everywhere it was promised
 * to be (RFC 5321 section 4.2.5); if one commit fails, all are undone.
 */
final class QueueEvent {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.message");

	private static final byte[] EMPTY_LINE = { '\r', '\n' };

	private final Conversation conversation;

	private final Reception reception;

	private final SessionState session;

	private final Envelope envelope;

	/** Who gets a reply of its own; nobody but under LMTP. */
	private final List<Mailbox> awaiting;

	private Map<Mailbox, Reply> refused = Map.of();

	private final HandlerChain chain;

	private final String id;

	/** By the clock of the wire. */
	private final long started;

	private String refusedBy = "";

	private @Nullable StoredMessage message;

	private boolean committing;

	private boolean abandoned;

	private boolean concluded;

	QueueEvent(Conversation conversation, Reception reception) {
		this.conversation = conversation;
		this.reception = reception;
		this.session = conversation.session();
		this.envelope = conversation.transaction().envelope();
		this.awaiting = conversation.transaction().awaiting();
		this.chain = conversation.view().chain("queue");
		this.id = this.session.transactionId();
		this.started = conversation.wire().now();
	}

	void start() {
		if (this.reception.refusal() != null) {
			conclude(this.reception.refusal());
			return;
		}
		CompletableFuture<Content> content = this.reception.finish().toCompletableFuture();
		if (content.isDone() && !content.isCompletedExceptionally()) {
			received(content.getNow(null), null);
		}
		else {
			Runnable inTime = this.conversation.wire()
				.schedule(this::contentIsLate, this.conversation.service().limits().queueTimeout());
			content.whenComplete((complete, failure) -> this.conversation.wire().execute(() -> {
				inTime.run();
				received(complete, failure);
			}));
		}
	}

	private void contentIsLate() {
		if (!this.abandoned) {
			logger.error("The content of message {} was not written in time", this.id);
			abandon();
			conclude(Replies.LOCAL_ERROR);
		}
	}

	/**
	 * Nobody waits for the reply any more.
	 * @return whether that is the end of it; false if the message is just being committed
	 * or undone, which runs to its end
	 */
	boolean abandon() {
		if (this.committing) {
			return false;
		}
		this.abandoned = true;
		release();
		return true;
	}

	private void received(@Nullable Content content, @Nullable Throwable failure) {
		if (this.abandoned) {
			if (content != null) {
				content.release();
			}
			return;
		}
		if (content == null) {
			logger.error("The content of message {} could not be kept", this.id,
					(failure != null) ? Printable.of(failure) : null);
			conclude(Replies.INSUFFICIENT_STORAGE);
			return;
		}
		StoredMessage received = new StoredMessage(traceHeader(), content);
		this.message = received;
		if (this.chain.isEmpty()) {
			conclude(Replies.NOT_CONFIGURED);
		}
		else if (this.conversation.service().rules().isSubmission() && received.isKept()) {
			addMissingFields(received, content);
		}
		else {
			ask(separated(received));
		}
	}

	/** The header section is read elsewhere: it may lie in a file. */
	private void addMissingFields(StoredMessage received, Content content) {
		String hostname = this.session.server().hostname();
		boolean header = this.reception.hasHeader();
		Runnable inTime = this.conversation.wire()
			.schedule(this::contentIsLate, this.conversation.service().limits().queueTimeout());
		CompletableFuture<StoredMessage> completed = new CompletableFuture<>();
		completed.whenComplete((message, failure) -> concludeOnLoop(() -> {
			inTime.run();
			fieldsAdded(message, failure);
		}));
		try {
			this.conversation.service().executor().execute(() -> {
				try {
					byte[] missing = SubmissionFields.missing(content, header, this.id, hostname,
							System.currentTimeMillis());
					completed.complete(received.withFields(missing));
				}
				catch (IOException | RuntimeException | Error ex) {
					completed.completeExceptionally(ex);
				}
			});
		}
		catch (RuntimeException | Error ex) {
			completed.completeExceptionally(ex);
		}
	}

	private void fieldsAdded(@Nullable StoredMessage complete, @Nullable Throwable failure) {
		if (this.abandoned || this.concluded) {
			return;
		}
		if (complete == null) {
			logger.error("The header of message {} could not be completed", this.id, failure);
			conclude(Replies.LOCAL_ERROR);
			return;
		}
		ask(separated(complete));
	}

	/**
	 * Our fields end with an empty line where the content begins with its body, whose
	 * first line would continue the last of them or pass for one of them otherwise.
	 */
	private StoredMessage separated(StoredMessage fields) {
		return this.reception.hasHeader() ? fields : fields.withFields(EMPTY_LINE);
	}

	private void ask(StoredMessage complete) {
		this.message = complete;
		this.conversation.run(this.chain, new SmtpCommand("queue", ""), Subject.message(complete),
				this.conversation.service().limits().queueTimeout(), this::decided);
	}

	private byte[] traceHeader() {
		List<Mailbox> to = this.envelope.to();
		return TraceHeader.received(this.conversation.traceOrigin(), this.id, (to.size() == 1) ? to.get(0) : null,
				System.currentTimeMillis());
	}

	private void decided(ChainOutcome outcome) {
		this.refused = outcome.refused();
		this.refusedBy = outcome.decidedBy();
		switch (outcome.kind()) {
			case ACCEPT -> commit(outcome);
			case REJECT -> conclude(outcome.reply());
			case END -> end(outcome);
		}
	}

	/**
	 * Nothing was kept: a handler that ends the connection cannot acknowledge the
	 * message.
	 */
	private void end(ChainOutcome outcome) {
		Reply given = outcome.reply();
		if (given != null && !given.isNegative()) {
			logger.error("Handler queue/{} ended the connection with {}, but message {} was not kept",
					outcome.decidedBy(), given.code(), this.id);
		}
		Reply reply = (given == null || given.isNegative()) ? given : Replies.LOCAL_ERROR;
		record((reply != null) ? reply : Replies.LOCAL_ERROR);
		if (reply == null) {
			this.conversation.end("queue", null, Ending.HANDLER);
		}
		else {
			this.conversation.closeAfterReply(Ending.HANDLER);
			this.conversation.messageDone(replies(reply));
		}
	}

	private void commit(ChainOutcome outcome) {
		Commitment staged = commitment(outcome.deliveries());
		try {
			refuseUntaken(outcome);
			if (nobodyWouldBeTold()) {
				refuseAll(staged);
				return;
			}
			List<Delivery> all = withBounce(outcome.deliveries());
			keepOrRefuse(outcome, all, (all == outcome.deliveries()) ? staged : commitment(all));
		}
		catch (RuntimeException | Error ex) {
			logger.error("Message {} could not be kept: a delivery failed", this.id, Printable.of(ex));
			// Rather block the loop for a moment than leave half a message behind.
			staged.rollback();
			conclude(Replies.LOCAL_ERROR);
		}
	}

	private Commitment commitment(List<Delivery> deliveries) {
		return new Commitment(this.id, deliveries, this.conversation.service().executor(), LogIds.of(this.session));
	}

	/** The client has one reply for all recipients, and nobody notifies the sender. */
	private boolean nobodyWouldBeTold() {
		return !this.refused.isEmpty() && this.awaiting.isEmpty() && this.conversation.service().bounces() == null;
	}

	/** So the client still has the message, and knows that it does. */
	private void refuseAll(Commitment staged) {
		Map.Entry<Mailbox, Reply> first = this.refused.entrySet().iterator().next();
		logger.warn("Message {} is refused for all recipients: it is not kept for <{}>, and without a relay the sender"
				+ " would not learn of that", this.id, Printable.of(first.getKey()));
		await(staged.undo(first.getValue()), staged);
	}

	/** Under LMTP each recipient has a reply of its own, and nobody needs another one. */
	private List<Delivery> withBounce(List<Delivery> deliveries) {
		Bounces bounces = this.conversation.service().bounces();
		StoredMessage kept = this.message;
		if (this.refused.isEmpty() || !this.awaiting.isEmpty() || bounces == null || kept == null) {
			return deliveries;
		}
		List<Delivery> all = new ArrayList<>();
		// First, since a notification too many does less harm than a message sent twice.
		all.add(bounces.of(this.envelope, this.refused, kept, this.session.username() != null));
		all.addAll(deliveries);
		return all;
	}

	private void keepOrRefuse(ChainOutcome outcome, List<Delivery> deliveries, Commitment commitment) {
		if (!outcome.taken() && !takenByAll(deliveries)) {
			logger.warn("Message {} was refused: no handler keeps mail for all of its recipients", this.id);
			await(commitment.undo(Replies.NOT_CONFIGURED), commitment);
		}
		else {
			Reply accepted = (outcome.reply() != null) ? outcome.reply() : Replies.queued(this.id);
			await(commitment.commit(this.refused.keySet(), accepted), commitment);
		}
	}

	/** Under LMTP those whom nobody serves do not keep the others from their mail. */
	private void refuseUntaken(ChainOutcome outcome) {
		if (this.awaiting.isEmpty() || outcome.taken() || outcome.deliveries().isEmpty()) {
			return;
		}
		Map<Mailbox, Reply> more = new LinkedHashMap<>(this.refused);
		Set<Mailbox> taken = takenBy(outcome.deliveries());
		this.envelope.to()
			.stream()
			.filter((one) -> !taken.contains(one))
			.forEach((one) -> more.putIfAbsent(one, Replies.NOT_CONFIGURED));
		this.refused = more;
	}

	private boolean takenByAll(List<Delivery> deliveries) {
		if (deliveries.size() == 1 && deliveries.get(0).recipients().size() == this.envelope.recipients().size()) {
			return true;
		}
		Set<Mailbox> cared = takenBy(deliveries);
		cared.addAll(this.refused.keySet());
		return cared.containsAll(this.envelope.to());
	}

	private static Set<Mailbox> takenBy(List<Delivery> deliveries) {
		Set<Mailbox> taken = new HashSet<>();
		deliveries.forEach((delivery) -> taken.addAll(delivery.recipients()));
		return taken;
	}

	/**
	 * What is under way comes to its end even if the client leaves.
	 */
	private void await(CompletableFuture<Reply> end, Commitment commitment) {
		if (end.isDone()) {
			conclude(end.join());
			return;
		}
		this.committing = true;
		Runnable inTime = this.conversation.wire()
			.schedule(this::commitIsLate, this.conversation.service().limits().queueTimeout());
		end.thenAccept((reply) -> concludeOnLoop(() -> {
			inTime.run();
			committed(reply, commitment);
		}));
	}

	private void commitIsLate() {
		logger.error("Message {} was not kept in time; it will be undone when its commit returns", this.id);
		conclude(Replies.LOCAL_ERROR);
	}

	/**
	 * A commit has returned. If the client has been told otherwise meanwhile, it is
	 * undone.
	 */
	private void committed(Reply reply, Commitment commitment) {
		if (!this.concluded) {
			conclude(reply);
		}
		else if (!reply.isNegative()) {
			undoLate(commitment);
		}
	}

	private static void undoLate(Commitment commitment) {
		try {
			commitment.undoLate();
		}
		catch (RuntimeException | Error ex) {
			// Rather block the loop for a moment than keep what was refused.
			commitment.rollback();
		}
	}

	private void concludeOnLoop(Runnable conclusion) {
		try {
			this.conversation.wire().execute(conclusion);
		}
		catch (RejectedExecutionException ex) {
			logger.warn("The server has stopped before message {} could be answered", this.id);
			release();
		}
	}

	/**
	 * The end of the transaction: log, tell, clean up, reply. Only the first end counts.
	 */
	private void conclude(@Nullable Reply given) {
		if (this.concluded) {
			return;
		}
		this.concluded = true;
		Reply reply = (given != null) ? given : Replies.LOCAL_ERROR;
		record(reply);
		this.conversation.messageDone(replies(reply));
	}

	/** In the order of the RCPT commands (RFC 2033 section 4.2). */
	private List<Reply> replies(Reply reply) {
		return this.awaiting.isEmpty() ? List.of(reply)
				: this.awaiting.stream().map((recipient) -> this.refused.getOrDefault(recipient, reply)).toList();
	}

	private void record(Reply reply) {
		log(reply);
		boolean positive = !reply.isNegative();
		if (positive) {
			this.session.accepted("data", reply.code());
			this.session.accepted("queue", reply.code());
			tellReceived();
			tellRefused();
			this.session.completed(isKept());
		}
		else {
			this.session.rejected("queue", reply.code());
			this.session.countRefusedMessage();
			tellRejected(this.envelope, reply);
			this.session.reset();
		}
		release();
	}

	private void tellReceived() {
		SessionListener listener = this.conversation.service().listener(SessionListener.Kind.MESSAGE_RECEIVED);
		StoredMessage kept = this.message;
		if (listener != null && kept != null) {
			long size = kept.size();
			Envelope envelope = this.refused.isEmpty() ? this.envelope
					: new Transaction(this.envelope).without(this.refused.keySet()).envelope();
			this.conversation.tell(listener, (one, snapshot) -> one.messageReceived(snapshot, envelope, size));
		}
	}

	/** The message is kept, but not for these. */
	private void tellRefused() {
		if (this.refused.isEmpty()) {
			return;
		}
		this.refused.forEach((recipient, reply) -> {
			String told = !this.awaiting.isEmpty() ? "the client is told" : "the sender is told if it wants to be";
			logger.warn("Message {} is not kept for <{}>, {}: {}", this.id, Printable.of(recipient), told,
					Printable.of(reply));
		});
		new LinkedHashSet<>(this.refused.values()).forEach((reply) -> tellRejected(refusedWith(reply), reply));
	}

	private Envelope refusedWith(Reply reply) {
		Set<Mailbox> others = new HashSet<>(this.envelope.to());
		others.removeIf((recipient) -> reply.equals(this.refused.get(recipient)));
		return new Transaction(this.envelope).without(others).envelope();
	}

	private void tellRejected(Envelope envelope, Reply reply) {
		SessionListener listener = this.conversation.service().listener(SessionListener.Kind.MESSAGE_REJECTED);
		if (listener != null) {
			this.conversation.tell(listener, (one, snapshot) -> one.messageRejected(snapshot, envelope, reply));
		}
	}

	/**
	 * One line for each message. A message whose content nobody wanted is thrown away by
	 * design and worth a line at DEBUG only.
	 */
	private void log(Reply reply) {
		Level level = (reply.isNegative() || isKept()) ? Level.INFO : Level.DEBUG;
		if (logger.isEnabledForLevel(level)) {
			List<Mailbox> to = this.envelope.to();
			LogLine.of(reply.isNegative() ? "Message refused" : "Message accepted", this.session)
				.with(Fact.TRANSACTION, this.id)
				.with(Fact.FROM, "<" + this.envelope.from() + ">")
				.with(Fact.TO, "<" + to.get(0) + ">")
				.with(Fact.RECIPIENTS, to.size())
				.with(Fact.SIZE, (this.message != null) ? this.message.size() : this.reception.octets())
				.withFindings(this.session)
				.with(Fact.BY, this.refusedBy.isEmpty() ? null : "queue/" + this.refusedBy)
				.with(Fact.RESULT, reply.withStatus(Replies.fallbackStatus("queue", reply.code())))
				.with(Fact.MS, TimeUnit.NANOSECONDS.toMillis(this.conversation.wire().now() - this.started))
				.log(logger, level);
		}
	}

	/** Whether anybody wanted the content. */
	private boolean isKept() {
		return this.message != null && this.message.isKept();
	}

	private void release() {
		if (this.message != null) {
			this.message.release();
			this.message = null;
		}
	}

}
