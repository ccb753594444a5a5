/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

import io.mailio.message.Content;

/**
 * A notification around its original, which is read when it is.
 *
 * @param beginning up to the original
 * @param original the original, which is not released with this one
 * @param end behind it
 */
record ReportContent(byte[] beginning, Content original, byte[] end) implements Content {

	@Override
	public long size() {
		return this.beginning.length + this.original.size() + this.end.length;
	}

	@Override
	public InputStream openStream() throws IOException {
		return new SequenceInputStream(Collections.enumeration(List.of(new ByteArrayInputStream(this.beginning),
				this.original.openStream(), new ByteArrayInputStream(this.end))));
	}

	@Override
	public void release() {
	}

}
