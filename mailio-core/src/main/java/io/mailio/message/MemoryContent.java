/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

/**
 * Content that fitted into memory.
 */
final class MemoryContent implements Content {

	private final int size;

	private volatile byte @Nullable [] octets;

	/**
	 * Takes the array over.
	 * @param octets the content, followed by unused room
	 * @param size how many octets are content
	 */
	MemoryContent(byte[] octets, int size) {
		this.octets = octets;
		this.size = size;
	}

	@Override
	public long size() {
		return this.size;
	}

	@Override
	public InputStream openStream() throws IOException {
		return new ByteArrayInputStream(octets(), 0, this.size);
	}

	/** The header section, found without copying the rest. */
	HeaderSection header() throws IOException {
		return HeaderSection.of(octets(), this.size);
	}

	private byte[] octets() throws IOException {
		byte[] octets = this.octets;
		if (octets == null) {
			throw new IOException("The content of the message was released");
		}
		return octets;
	}

	@Override
	public boolean isInMemory() {
		return true;
	}

	@Override
	public void release() {
		this.octets = null;
	}

}
