/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;

/**
 * Sends questions to the servers, one server after the other until one answers or time is
 * up. Everything happens on one thread, given as an executor, so the state needs no lock;
 * the library, too, is only called there, because it opens sockets and draws random
 * numbers. Questions beyond {@link #MAX_UNDER_WAY} wait, as each has a socket.
 */
final class Queries {

	static final int MAX_UNDER_WAY = 256;

	/** One server is asked twice: datagrams get lost. */
	private static final int MIN_ATTEMPTS = 2;

	private static final int MAX_ATTEMPTS = 4;

	private final List<SimpleResolver> servers;

	private final Executor thread;

	private final Duration timeout;

	private final int attempts;

	private final Queue<Query> waiting = new ArrayDeque<>();

	private int underWay;

	Queries(List<InetSocketAddress> servers, Duration timeout, Executor thread) {
		this.thread = thread;
		this.timeout = timeout;
		this.attempts = Math.max(MIN_ATTEMPTS, Math.min(MAX_ATTEMPTS, servers.size()));
		this.servers = servers.stream().map(this::resolver).toList();
	}

	private SimpleResolver resolver(InetSocketAddress server) {
		SimpleResolver resolver = new SimpleResolver(server);
		resolver.setTimeout(attemptTimeout());
		return resolver;
	}

	/** When a question counts as unanswered. */
	Duration timeout() {
		return this.timeout;
	}

	private Duration attemptTimeout() {
		return this.timeout.dividedBy(this.attempts).plusMillis(1);
	}

	/**
	 * Asks.
	 * @param name the name
	 * @param type a type of {@link org.xbill.DNS.Type}
	 * @return a server's answer; completes exceptionally when none came in time, also if
	 * the thread never gets to it
	 */
	CompletionStage<Message> ask(Name name, int type) {
		Query query = new Query(name, type);
		try {
			query.answer.orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
			this.thread.execute(() -> begin(query));
		}
		catch (RejectedExecutionException ex) {
			query.answer.completeExceptionally(ex);
		}
		return query.answer;
	}

	private void begin(Query query) {
		if (query.answer.isDone()) {
			return;
		}
		if (this.underWay == MAX_UNDER_WAY) {
			this.waiting.add(query);
			return;
		}
		this.underWay++;
		query.attempt();
	}

	private void ended() {
		this.underWay--;
		Query next = this.waiting.poll();
		while (next != null && next.answer.isDone()) {
			next = this.waiting.poll();
		}
		if (next != null) {
			begin(next);
		}
	}

	private final class Query {

		private final CompletableFuture<Message> answer = new CompletableFuture<>();

		private final Name name;

		private final int type;

		private int attempt;

		Query(Name name, int type) {
			this.name = name;
			this.type = type;
		}

		private void attempt() {
			SimpleResolver server = Queries.this.servers.get(this.attempt++ % Queries.this.servers.size());
			Message question = Message.newQuery(Record.newRecord(this.name, this.type, DClass.IN));
			CompletableFuture<Message> reply;
			try {
				reply = server.sendAsync(question, Queries.this.thread).toCompletableFuture();
			}
			catch (RuntimeException | Error ex) {
				// An error, too: the library starts a thread, and each question under way
				// must end for the next one to begin.
				reply = CompletableFuture.failedFuture(ex);
			}
			reply.orTimeout(attemptTimeout().toNanos(), TimeUnit.NANOSECONDS)
				.whenCompleteAsync(this::replied, Queries.this.thread);
		}

		private void replied(@Nullable Message message, @Nullable Throwable failure) {
			if (message != null && isFinal(message.getRcode())) {
				this.answer.complete(message);
			}
			else if (this.attempt < Queries.this.attempts && !this.answer.isDone()) {
				attempt();
				return;
			}
			else {
				this.answer.completeExceptionally((message != null) ? new ServerFailure(message.getRcode()) : failure);
			}
			ended();
		}

		/** Another server need not be asked (RFC 2308 section 7 names the failures). */
		private boolean isFinal(int code) {
			return code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
		}

	}

}
