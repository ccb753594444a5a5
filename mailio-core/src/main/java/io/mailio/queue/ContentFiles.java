/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.mailio.message.Content;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents that are too large for the journal, each in a file of its own that has the
 * name of its message. Safe for use by several threads.
 */
final class ContentFiles {

	private static final Logger logger = LoggerFactory.getLogger(ContentFiles.class);

	private static final int BLOCK = 64 * 1024;

	private final Path directory;

	/** Those of a queue. */
	ContentFiles(Path queue) {
		this.directory = queue.resolve("contents");
	}

	/** Where they lie. */
	Path directory() {
		return this.directory;
	}

	/** Makes their directory if it is not there. */
	void prepare() throws IOException {
		Directories.make(this.directory);
	}

	private Path file(long id) {
		return this.directory.resolve(new QueueId(id).toString());
	}

	/** Writes one; it is on disk when this returns, and not there if this fails. */
	void write(long id, NewMessage.Source source) throws IOException {
		Path file = file(id);
		try (InputStream in = source.openStream();
				FileChannel out = Directories.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
			byte[] block = new byte[BLOCK];
			for (int count = in.read(block); count >= 0; count = in.read(block)) {
				ByteBuffer octets = ByteBuffer.wrap(block, 0, count);
				while (octets.hasRemaining()) {
					out.write(octets);
				}
			}
			requireSize(out.position() == source.size());
			out.force(false);
			Directories.force(this.directory);
		}
		catch (IOException | RuntimeException ex) {
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	/** The octets of one that is small enough for the journal. */
	static byte[] readAll(NewMessage.Source source) throws IOException {
		try (InputStream in = source.openStream()) {
			byte[] octets = in.readNBytes((int) source.size());
			requireSize(octets.length == source.size() && in.read() < 0);
			return octets;
		}
	}

	private static void requireSize(boolean asSaid) throws IOException {
		if (!asSaid) {
			throw new IOException("The content has not the size that it was said to have");
		}
	}

	/** Removes one whose message has gone. */
	void remove(long id) {
		try {
			Files.deleteIfExists(file(id));
		}
		catch (IOException ex) {
			logger.warn("The content of message {} is left until the queue is opened again: {}", new QueueId(id),
					ex.toString());
		}
	}

	/** The octets of one; they go with the message, not with a release. */
	Content content(long id, long size) {
		return new InFile(file(id), size);
	}

	private record InFile(Path file, long size) implements Content {

		@Override
		public InputStream openStream() throws IOException {
			return Files.newInputStream(this.file);
		}

		@Override
		public void release() {
			// It goes with the message.
		}

	}

}
