/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads on which handlers that may block are called. Define a bean of this type to
 * use an executor of your own.
 *
 * <p>
 * It is deliberately no {@link Executor} itself: a bean of that type would make Spring
 * Boot drop its {@code applicationTaskExecutor}.
 */
public final class SmtpHandlerExecutor implements AutoCloseable {

	private static final String THREAD_NAME_PREFIX = "smtp-handler-";

	private static final int IDLE_SECONDS = 60;

	private static final int PATIENCE_SECONDS = 5;

	/**
	 * Far beyond what the limit on connections lets through: a session waits for one
	 * handler at a time.
	 */
	private static final int MAX_WAITING = 100_000;

	private final Executor executor;

	private final Runnable close;

	private SmtpHandlerExecutor(Executor executor, Runnable close) {
		this.executor = executor;
		this.close = close;
	}

	/**
	 * Uses an executor that somebody else closes.
	 * @param executor the executor; it may reject, the command is then answered with 451
	 * @return the handler executor
	 */
	public static SmtpHandlerExecutor of(Executor executor) {
		return new SmtpHandlerExecutor(executor, () -> {
		});
	}

	/**
	 * A new virtual thread for each call.
	 * @return the handler executor
	 * @throws UnsupportedOperationException before Java 21
	 */
	public static SmtpHandlerExecutor virtualThreads() {
		return of(new VirtualThreadTaskExecutor(THREAD_NAME_PREFIX));
	}

	/**
	 * A pool of platform threads that grows when needed and shrinks when idle.
	 * @param maxThreads the most threads, at least 1; further calls wait in a queue
	 * @return the handler executor
	 */
	public static SmtpHandlerExecutor platformThreads(int maxThreads) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(THREAD_NAME_PREFIX);
		threads.setDaemon(true);
		ThreadPoolExecutor pool = new ThreadPoolExecutor(maxThreads, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), threads);
		pool.allowCoreThreadTimeOut(true);
		return new SmtpHandlerExecutor(pool, () -> end(pool));
	}

	/** Session events that are still waiting get their turn. */
	private static void end(ExecutorService pool) {
		pool.shutdown();
		try {
			pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		pool.shutdownNow();
	}

	/** The executor, for the server's builder. */
	public Executor executor() {
		return this.executor;
	}

	/**
	 * Ends the threads if they are a pool of ours: what waits may still run for some
	 * seconds, then it is interrupted.
	 */
	@Override
	public void close() {
		this.close.run();
	}

}
