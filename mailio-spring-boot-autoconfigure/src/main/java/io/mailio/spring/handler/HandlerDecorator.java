/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.ReactiveCommandHandler;

/** Does something around each call of the handlers that carry {@code @SmtpHandler}. */
public interface HandlerDecorator {

	/** A handler that calls the given one. */
	CommandHandler decorate(CommandHandler handler);

	/** A reactive handler that calls the given one. */
	ReactiveCommandHandler decorateReactive(ReactiveCommandHandler handler);

}
