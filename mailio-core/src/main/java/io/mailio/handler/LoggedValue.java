/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

/**
 * A value that stands in the log: when a handler gives one to
 * {@link SmtpResponse#set(Object)}, the lines of the message and of the session's end
 * hold {@code handlers="command/name:text"}, so that one can see what the handler has
 * found out.
 */
public interface LoggedValue {

	/**
	 * A few characters, best a word or a number; for example {@code 7.1/5}. Whatever
	 * cannot be printed is escaped in the log.
	 */
	String logText();

}
