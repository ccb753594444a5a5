/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.List;
import java.util.Map;

import io.mailio.SmtpServer;
import io.mailio.spring.lifecycle.SmtpServerStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Switches off the handlers whose properties say so, whoever has registered them: only
 * when the server starts are all of them known. Their names stay, so that other handlers
 * may stand before or after them. Warns of properties that no handler reads.
 */
final class HandlerSwitches implements SmtpServerStart {

	private static final Logger logger = LoggerFactory.getLogger(HandlerSwitches.class);

	private final HandlerProperties properties;

	private boolean first = true;

	HandlerSwitches(HandlerProperties properties) {
		this.properties = properties;
	}

	@Override
	public void starting(SmtpServer server) {
		Map<String, List<String>> handlers = server.handlers();
		// At a second start those that are switched off are no longer listed.
		if (this.first) {
			this.first = false;
			new StrayHandlerProperties(handlers).describe(this.properties.all()).forEach(logger::warn);
		}
		// As written, for handlers that are added later, and as registered.
		this.properties.forEachDisabled(server::disableHandler);
		handlers.forEach((command, names) -> names.stream()
			.filter((name) -> this.properties.isDisabled(command, name))
			.forEach((name) -> server.disableHandler(command, name)));
	}

}
