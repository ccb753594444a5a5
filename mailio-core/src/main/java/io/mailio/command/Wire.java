/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.function.Consumer;

import io.mailio.handler.SessionLoop;
import io.mailio.session.TlsInfo;
import io.mailio.smtp.Reply;

/**
 * The connection as a conversation needs it. All methods are called on the session's
 * loop; what is sent while one read is processed is flushed together (RFC 2920 section
 * 3.2).
 */
public interface Wire extends SessionLoop {

	/** Sends a reply. */
	void send(Reply reply);

	/** Sends a line, followed by CRLF, and flushes. */
	void sendLine(String line);

	/** Goes on reading, after the read mode has changed outside of a read. */
	void resume();

	/**
	 * Sends what is waiting and begins TLS. Anything that the client has sent in clear
	 * text behind its command closes the connection.
	 * @param secured is told how the connection is encrypted, on the loop; not at all if
	 * that fails, the connection is then closed
	 */
	void startTls(Consumer<TlsInfo> secured);

	/**
	 * When what is processed now has come, in nanoseconds. Reading a clock costs as much
	 * as a small command, so it is read once for all that comes together.
	 */
	long now();

	/** Whether the client has sent something that was not read yet. */
	boolean hasInput();

	/** Whether the server has too much to do, so that tightened limits hold. */
	boolean isOverloaded();

	/** What has come of the current message does not count any more. */
	void forgetContent();

	/** Sends what is waiting and closes the connection. */
	void close();

}
