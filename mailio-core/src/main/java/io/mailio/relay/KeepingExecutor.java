/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loses no task: with one, a message would stay under way for ever. What the other
 * executor does not take has a thread of its own; there are never more of these than ways
 * messages go at that time.
 *
 * @param executor who has tasks first
 */
record KeepingExecutor(Executor executor) implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(Relay.class);

	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The executor of the relay is full: {}", ex.toString());
			start(task);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "mailio-relay-overflow");
		thread.setDaemon(true);
		try {
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			// No more threads, either.
			task.run();
		}
	}

}
