/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.ServerInfo;
import io.mailio.session.SessionState;
import io.mailio.smtp.SmtpCommand;

/**
 * A session whose loop, clock, client and executor do nothing until told, all on the
 * thread of the test unless it says otherwise.
 */
final class ManualHost implements SessionLoop, Dialogue {

	final Tasks loopTasks = new Tasks();

	final Tasks executorTasks = new Tasks();

	final List<ChainOutcome> outcomes = new ArrayList<>();

	final List<Deadline> deadlines = new ArrayList<>();

	final List<String> written = new ArrayList<>();

	final List<CompletableFuture<String>> asked = new ArrayList<>();

	final SessionState state = new SessionState("s1",
			new ServerInfo("mx.example.com", Set.of("example.com"), "default"),
			new ConnectionInfo(new InetSocketAddress(25), new InetSocketAddress(4000)),
			new ClientInfo(InetAddress.getLoopbackAddress(), "[127.0.0.1]", ""));

	final LiveSession view = new LiveSession(this.state, HandlerChains.of(List.of(), "default", Set.of()));

	Consumer<ChainOutcome> listener = this.outcomes::add;

	volatile boolean inLoop = true;

	ChainRun run(String command, Subject subject, HandlerRegistration... handlers) {
		return new ChainRun(new ChainRun.Host(this.view, this, this, this.executorTasks),
				new HandlerChain(List.of(handlers)), new SmtpCommand(command, ""), subject, Duration.ofSeconds(30),
				(outcome) -> this.listener.accept(outcome));
	}

	ChainRun start(String command, HandlerRegistration... handlers) {
		ChainRun run = run(command, Subject.NONE, handlers);
		run.start();
		return run;
	}

	/** Lets handlers run on their executor, then the loop take their answers. */
	void runAll() {
		while (!this.executorTasks.isEmpty() || !this.loopTasks.isEmpty()) {
			runHandlers();
			this.loopTasks.runAll();
		}
	}

	void runHandlers() {
		offLoop(this.executorTasks::runAll);
	}

	void offLoop(Runnable action) {
		this.inLoop = false;
		try {
			action.run();
		}
		finally {
			this.inLoop = true;
		}
	}

	void passDeadline() {
		this.deadlines.stream().filter((deadline) -> !deadline.cancelled).toList().forEach((deadline) -> {
			deadline.cancelled = true;
			deadline.task.run();
		});
	}

	long openDeadlines() {
		return this.deadlines.stream().filter((deadline) -> !deadline.cancelled).count();
	}

	@Override
	public boolean inLoop() {
		return this.inLoop;
	}

	@Override
	public void execute(Runnable task) {
		this.loopTasks.execute(task);
	}

	@Override
	public Runnable schedule(Runnable task, Duration delay) {
		Deadline deadline = new Deadline(task, delay);
		this.deadlines.add(deadline);
		return () -> deadline.cancelled = true;
	}

	@Override
	public void write(String line) {
		this.written.add(line);
	}

	@Override
	public CompletionStage<String> read() {
		CompletableFuture<String> line = new CompletableFuture<>();
		this.asked.add(line);
		return line;
	}

	@Override
	public CompletionStage<Boolean> inputWithin(Duration time) {
		return new CompletableFuture<>();
	}

	static HandlerRegistration inline(String command, String name, CommandHandler handler) {
		return HandlerRegistration.of(command, name, (spec) -> spec.blocking(false), handler);
	}

	static HandlerRegistration blocking(String command, String name, CommandHandler handler) {
		return HandlerRegistration.of(command, name, (spec) -> {
		}, handler);
	}

	static HandlerRegistration reactive(String command, String name, ReactiveCommandHandler handler) {
		return HandlerRegistration.of(command, name, (spec) -> {
		}, handler);
	}

	static final class Deadline {

		final Runnable task;

		final Duration delay;

		boolean cancelled;

		private Deadline(Runnable task, Duration delay) {
			this.task = task;
			this.delay = delay;
		}

	}

	/** Keeps tasks until they are run, in order. */
	static final class Tasks implements Executor {

		private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

		boolean closed;

		@Override
		public void execute(Runnable task) {
			if (this.closed) {
				throw new RejectedExecutionException("closed");
			}
			this.waiting.add(task);
		}

		boolean isEmpty() {
			return this.waiting.isEmpty();
		}

		void runAll() {
			for (Runnable task = this.waiting.poll(); task != null; task = this.waiting.poll()) {
				task.run();
			}
		}

	}

}
