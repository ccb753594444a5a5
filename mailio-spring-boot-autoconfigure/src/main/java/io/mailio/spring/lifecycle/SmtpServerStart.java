/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import io.mailio.SmtpServer;

/** Takes part in each start of the server, on the thread that starts it. */
public interface SmtpServerStart {

	/**
	 * The server is about to start: all handlers of the application are registered.
	 * @param server the server, which may still be changed
	 */
	default void starting(SmtpServer server) {
	}

	/**
	 * The server listens.
	 * @param server the server, which knows its port now
	 */
	default void started(SmtpServer server) {
	}

}
