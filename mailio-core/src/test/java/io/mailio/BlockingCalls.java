/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Writes down every blocking call on an event loop, in all tests of this module, and lets
 * it fail. What may block there nevertheless is named here, with the reason.
 */
public final class BlockingCalls implements BlockHoundIntegration {

	private static final List<String> CALLS = new CopyOnWriteArrayList<>();

	@Override
	public void applyTo(BlockHound.Builder builder) {
		builder.blockingMethodCallback((method) -> {
			BlockingOperationError error = new BlockingOperationError(method);
			StringBuilder call = new StringBuilder(Thread.currentThread().getName()).append(": ").append(method);
			for (StackTraceElement frame : error.getStackTrace()) {
				call.append("\n\t").append(frame);
			}
			CALLS.add(call.toString());
			throw error;
		});
		// A task is handed over: the pool's lock is held for some instructions only.
		builder.allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "execute");
		// Likewise a message is handed to the thread of the journal.
		builder.allowBlockingCallsInside("io.mailio.queue.Journal", "append");
		// A timer is set or taken back, likewise. An error here would leave a dead waiter
		// in
		// the lock, and no timer of the JVM would ever go off again.
		builder.allowBlockingCallsInside("java.util.concurrent.CompletableFuture$Delayer", "delay");
		builder.allowBlockingCallsInside("java.util.concurrent.CompletableFuture$Canceller", "accept");
	}

	/** All calls so far. */
	public static List<String> all() {
		return CALLS;
	}

}
