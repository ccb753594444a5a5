/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

import io.mailio.message.Content;

/** Content that is there already; fails when it is released. */
record Octets(byte[] octets) implements Content {

	@Override
	public long size() {
		return this.octets.length;
	}

	@Override
	public InputStream openStream() {
		return new ByteArrayInputStream(this.octets);
	}

	@Override
	public void release() {
		throw new AssertionError("The original belongs to somebody else");
	}

}
