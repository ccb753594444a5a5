/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where handlers may block when the user brings no executor: virtual threads on Java 21
 * and later, else a bounded pool that lets idle threads go.
 */
final class HandlerExecutor {

	private static final int MAX_WAITING = 10_000;

	private HandlerExecutor() {
	}

	static ExecutorService create() {
		ExecutorService virtual = (Runtime.version().feature() >= 21) ? virtualThreads() : null;
		return (virtual != null) ? virtual : boundedElastic();
	}

	private static @org.jspecify.annotations.Nullable ExecutorService virtualThreads() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			return null;
		}
	}

	private static ExecutorService boundedElastic() {
		int threads = Math.max(20, 10 * Runtime.getRuntime().availableProcessors());
		AtomicInteger number = new AtomicInteger();
		ThreadPoolExecutor executor = new ThreadPoolExecutor(threads, threads, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), (task) -> {
					Thread thread = new Thread(task, "mailio-handler-" + number.incrementAndGet());
					thread.setDaemon(true);
					return thread;
				});
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

}
