/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;

/**
 * Content that nobody wants to read: only its size is known.
 *
 * @param size the number of octets
 */
record CountedContent(long size) implements Content {

	@Override
	public InputStream openStream() throws IOException {
		throw new IOException("The content of the message was not kept, because no handler said that it reads it");
	}

	@Override
	public void release() {
	}

}
