/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;

import org.apache.james.mime4j.dom.Message;

/**
 * A message as it was received: our {@code Received} header first, then the content as
 * the client sent it, with dot-stuffing removed. It can be read any number of times, by
 * several threads, until the {@code queue} handlers have answered; afterwards its memory
 * or file is gone and reading throws {@link IOException}.
 */
public interface ReceivedMessage {

	/** The size in octets, our trace header included. */
	long size();

	/**
	 * The octets of the message. The caller closes the stream.
	 * @return a new stream from the first octet on
	 * @throws IOException if the content cannot be read, or is gone
	 */
	InputStream openStream() throws IOException;

	/**
	 * Whether reading it never waits for a disk: messages above
	 * {@code mailio.content.memory-threshold} lie in a file.
	 */
	default boolean isInMemory() {
		return false;
	}

	/**
	 * The header fields, read on first use.
	 * @throws java.io.UncheckedIOException if the content cannot be read, or is gone
	 */
	Headers headers();

	/**
	 * The parsed MIME structure, within limits on header count, line length and depth.
	 * Parsed on first use.
	 * @return the message as apache-mime4j sees it
	 * @throws IOException if the content cannot be read or exceeds a limit
	 */
	Message mime() throws IOException;

}
