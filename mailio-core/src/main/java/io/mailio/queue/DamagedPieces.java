/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets aside what cannot be read: a copy in the directory {@code damaged}, named after
 * the segment and the place. Nothing is thrown away unseen.
 */
final class DamagedPieces implements Recovery.Damage {

	private static final Logger logger = LoggerFactory.getLogger(DamagedPieces.class);

	private static final int BLOCK = 64 * 1024;

	private final Path queue;

	private final Path directory;

	DamagedPieces(Path queue) {
		this.queue = queue;
		this.directory = queue.resolve("damaged");
	}

	@Override
	public void piece(Segment segment, long from, long to, boolean last, String why) throws IOException {
		if (isZero(segment, from, to)) {
			logger.info("{} has {} octets that were never written", segment, to - from);
		}
		else {
			copy(segment, from, to, why);
		}
		if (last) {
			segment.cut(from);
		}
	}

	/** A file whose beginning is damaged has no salt: nothing in it can be read. */
	@Override
	public void file(Path file, IOException failure) throws IOException {
		if (Files.size(file) < Segment.HEADER) {
			logger.info("{} was just being begun", file);
			Files.delete(file);
			return;
		}
		Directories.make(this.directory);
		Files.move(file, this.directory.resolve(file.getFileName()));
		Directories.force(this.directory);
		Directories.force(this.queue);
		logger.error("A segment cannot be read and was moved to {}: {}", this.directory, failure.getMessage());
	}

	@Override
	public void missing(long first, long last) {
		logger.error("Segments {} to {} of the queue {} are missing: the messages in them are lost",
				Long.toHexString(first), Long.toHexString(last), this.queue);
	}

	private void copy(Segment segment, long from, long to, String why) throws IOException {
		Directories.make(this.directory);
		Path copy = this.directory.resolve(segment.file().getFileName() + "-" + from);
		try (FileChannel out = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
				StandardOpenOption.WRITE)) {
			ByteBuffer block = ByteBuffer.allocate(BLOCK);
			for (long at = from; at < to; at += block.limit()) {
				read(segment, block, at, to);
				while (block.hasRemaining()) {
					out.write(block);
				}
			}
			out.force(true);
		}
		Directories.force(this.directory);
		logger.error("{} is damaged from octet {} to {} ({}): a copy lies in {}, everything else is kept", segment,
				from, to, why, copy);
	}

	private static boolean isZero(Segment segment, long from, long to) throws IOException {
		ByteBuffer block = ByteBuffer.allocate(BLOCK);
		for (long at = from; at < to; at += block.limit()) {
			read(segment, block, at, to);
			while (block.hasRemaining()) {
				if (block.get() != 0) {
					return false;
				}
			}
		}
		return true;
	}

	private static void read(Segment segment, ByteBuffer block, long at, long to) throws IOException {
		block.clear().limit((int) Math.min(BLOCK, to - at));
		segment.read(block, at);
		block.flip();
	}

}
