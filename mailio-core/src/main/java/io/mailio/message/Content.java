/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;

/**
 * The octets of a message as the client sent them, complete: in memory, or in a temporary
 * file if they are many. Whoever owns it calls {@link #release()} exactly once; the file
 * is then removed.
 */
public interface Content {

	/** The number of octets. */
	long size();

	/**
	 * Opens the octets for reading; may be called several times.
	 * @throws IOException if they cannot be read, or were released
	 */
	InputStream openStream() throws IOException;

	/** Whether reading it never waits for a disk. */
	default boolean isInMemory() {
		return false;
	}

	/** Gives memory or file back. Does nothing the second time. */
	void release();

}
