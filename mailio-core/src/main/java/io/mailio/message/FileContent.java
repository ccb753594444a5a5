/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Content that lies in a temporary file.
 */
final class FileContent implements Content {

	private final TemporaryFile file;

	private final long size;

	private final HeaderSection header;

	private final ContentBuffer.Options options;

	private final Executor io;

	private final AtomicBoolean released = new AtomicBoolean();

	FileContent(TemporaryFile file, long size, HeaderSection header, ContentBuffer.Options options, Executor io) {
		this.file = file;
		this.size = size;
		this.header = header;
		this.options = options;
		this.io = io;
	}

	@Override
	public long size() {
		return this.size;
	}

	@Override
	public InputStream openStream() throws IOException {
		requireKept();
		return this.file.openStream(0, this.size);
	}

	/** The header section, read when the file was complete. */
	HeaderSection header() throws IOException {
		requireKept();
		return this.header;
	}

	private void requireKept() throws IOException {
		if (this.released.get()) {
			throw new IOException("The content of the message was released");
		}
	}

	/** Where views of this content may put what is too large for memory. */
	Path directory() {
		return this.options.directory();
	}

	int memoryThreshold() {
		return this.options.memoryThreshold();
	}

	/** What does the work on files that blocks. */
	Executor io() {
		return this.io;
	}

	@Override
	public void release() {
		if (this.released.compareAndSet(false, true)) {
			closeOn(this.io, this.file);
		}
	}

	/**
	 * Closes a file away from the calling thread: giving back the blocks of a large file
	 * takes time.
	 */
	static void closeOn(Executor io, TemporaryFile file) {
		try {
			io.execute(file::close);
		}
		catch (RuntimeException | Error ex) {
			// The server has stopped, or its executor is broken; an open file is worse
			// than a short wait.
			file.close();
		}
	}

}
