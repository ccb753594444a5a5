/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.mailio.message.Content;
import io.mailio.relay.Verdict.Advice;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message on its way to one server: looks at the content, takes or opens a
 * connection, and has as many transactions as the recipients need. What it knows is
 * handed on from one thread to the next, never shared.
 */
final class Delivery implements Opening.Waiting, MailTransaction.Waiting {

	private static final Logger logger = LoggerFactory.getLogger(Delivery.class);

	private final ClientConnections connections;

	private final ClientOptions options;

	private final SmtpTarget wanted;

	/** That whose connections will do. */
	private final SmtpTarget target;

	private final Envelope envelope;

	private final Content content;

	private final CompletableFuture<Transmission> result = new CompletableFuture<>();

	private final @Nullable Verdict[] verdicts;

	/** Indexes of recipients that still have something to hope for. */
	private List<Integer> remaining = new ArrayList<>();

	private @Nullable ContentFacts facts;

	/** TLS does not work with this server, and need not. */
	private boolean withoutTls;

	private Transmission.@Nullable Encryption encryption;

	private boolean notifies;

	private volatile @Nullable ClientConnection current;

	private volatile @Nullable String aborted;

	Delivery(ClientConnections connections, SmtpTarget target, Envelope envelope, Content content) {
		this.connections = connections;
		this.options = connections.options();
		this.wanted = target;
		this.target = envelope.requiresTls() ? target.withTls(TlsPolicy.VERIFIED) : target;
		this.envelope = envelope;
		this.content = content;
		this.verdicts = new Verdict[envelope.recipients().size()];
		for (int i = 0; i < this.verdicts.length; i++) {
			this.remaining.add(i);
		}
	}

	/** Completes when it is over. */
	CompletableFuture<Transmission> result() {
		return this.result;
	}

	/** Begins; any thread. */
	void begin() {
		try {
			this.options.executor().execute(this::inspect);
		}
		catch (RejectedExecutionException ex) {
			finish(MailTransaction.unreadable("too much to do"));
		}
	}

	private void inspect() {
		try {
			this.facts = ContentFacts.of(this.content);
		}
		catch (IOException | RuntimeException | Error ex) {
			finish(MailTransaction.unreadable(String.valueOf(ex.getMessage())));
			return;
		}
		connect();
	}

	/** Takes an idle connection or opens a new one; any thread. */
	private void connect() {
		String why = this.aborted;
		if (why != null) {
			finish(ended(why));
			return;
		}
		ClientConnection idle = this.connections.take(this.target);
		if (idle == null) {
			open();
			return;
		}
		uses(idle);
		try {
			idle.execute(() -> lease(idle));
		}
		catch (RejectedExecutionException ex) {
			finish(ended("no event loop"));
		}
	}

	/** On the event loop of a connection that was idle. */
	private void lease(ClientConnection idle) {
		if (idle.isUsable()) {
			transact(idle);
		}
		else {
			idle.close();
			connect();
		}
	}

	private void open() {
		TlsPolicy policy = this.withoutTls ? TlsPolicy.NONE : this.target.tls();
		ClientConnection connection = this.connections.create(this.target,
				new Opening(this.target, policy, this.options, this));
		uses(connection);
		this.connections.connect(connection);
	}

	/** Whoever ends the delivery ends this connection; or has already. */
	private void uses(ClientConnection connection) {
		this.current = connection;
		String why = this.aborted;
		if (why != null) {
			connection.abort(why);
		}
	}

	@Override
	public void ready(ClientConnection connection) {
		transact(connection);
	}

	@Override
	public void failed(Opening.Failure failure) {
		boolean aboutTls = failure.tls() != Opening.TlsFailure.NONE;
		if (aboutTls && this.target.tls() == TlsPolicy.OPPORTUNISTIC && !this.withoutTls && this.aborted == null) {
			logger.debug("Mail to {} goes without TLS: {}", this.target.display(),
					Printable.of(failure.verdict().reply()));
			this.withoutTls = true;
			open();
		}
		else if (failure.tls() == Opening.TlsFailure.IMPOSSIBLE && this.envelope.requiresTls()) {
			finish(Verdict.unable(Phase.TLS, 550, 7, 30,
					"The message requires TLS: " + String.join(" ", failure.verdict().reply().text())));
		}
		else {
			finish(failure.verdict());
		}
	}

	private void transact(ClientConnection connection) {
		ContentFacts facts = this.facts;
		if (facts == null) {
			throw new IllegalStateException("The content was not looked at");
		}
		this.encryption = connection.encryption();
		this.notifies = connection.capabilities().has("DSN");
		List<Recipient> recipients = this.remaining.stream().map(this.envelope.recipients()::get).toList();
		new MailTransaction(connection, this.options, this.envelope, recipients, this.content, facts, this).begin();
	}

	@Override
	public void done(MailTransaction.End end) {
		this.connections.release(end.connection(), end.usable());
		if (end.stale()) {
			connectAfresh();
			return;
		}
		List<Integer> next = new ArrayList<>();
		for (int i = 0; i < this.remaining.size(); i++) {
			int index = this.remaining.get(i);
			Verdict verdict = end.verdicts().get(i);
			this.verdicts[index] = verdict;
			if (verdict == null || verdict.advice() == Advice.SAME_HOST) {
				next.add(index);
			}
		}
		boolean further = end.over() == null && !next.isEmpty() && next.size() < this.remaining.size();
		this.remaining = next;
		if (further) {
			connect();
		}
		else {
			finish((end.over() != null) ? end.over() : ended("there was no room"));
		}
	}

	/** Another connection that was idle may be dead, too. */
	private void connectAfresh() {
		String why = this.aborted;
		if (why != null) {
			finish(ended(why));
		}
		else {
			open();
		}
	}

	private Verdict ended(String why) {
		return Verdict.trouble(Phase.CONNECT, Advice.NONE, 451, 3, 2, "The delivery was ended: " + why);
	}

	/** Ends it as soon as possible; any thread. */
	void abort(String why) {
		this.aborted = why;
		ClientConnection connection = this.current;
		if (connection != null) {
			connection.abort(why);
		}
	}

	/** Whoever has no verdict yet gets this one. */
	private void finish(Verdict rest) {
		this.result.complete(new Transmission(this.wanted, this.encryption, this.notifies, results(rest)));
	}

	private List<RecipientResult> results(Verdict rest) {
		List<RecipientResult> results = new ArrayList<>(this.verdicts.length);
		for (int i = 0; i < this.verdicts.length; i++) {
			Verdict verdict = this.verdicts[i];
			results.add(new RecipientResult(this.envelope.recipients().get(i), (verdict != null) ? verdict : rest));
		}
		return results;
	}

	/** Ends it whether or not anything is still going on; any thread. */
	void abandon(String why) {
		Verdict verdict = ended(why);
		this.result.complete(new Transmission(this.wanted, null, false,
				this.envelope.recipients()
					.stream()
					.map((recipient) -> new RecipientResult(recipient, verdict))
					.toList()));
	}

}
