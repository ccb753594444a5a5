/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * The one thread that touches a session. {@link #execute} runs a task on it, in the order
 * of the calls.
 */
public interface SessionLoop extends Executor {

	/** Whether the calling thread is the session's loop. */
	boolean inLoop();

	/**
	 * Runs a task on the loop later.
	 * @return cancels the task, from the loop
	 */
	Runnable schedule(Runnable task, Duration delay);

}
