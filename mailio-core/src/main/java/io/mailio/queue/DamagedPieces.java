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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

import io.mailio.smtp.Printable;
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

	/** Whether there may have been messages of which nobody knows. */
	private boolean lacking;

	/** Whether there may be messages of which only another version knows. */
	private boolean unknown;

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
			this.lacking = true;
			Path copy = copy(segment, from, to);
			logger.error("{} is damaged from octet {} to {} ({}): a copy lies in {}, everything else is kept", segment,
					from, to, why, copy);
		}
		if (last) {
			segment.cut(from);
		}
	}

	@Override
	public void unknown(Segment segment, long from, long to, String why) throws IOException {
		this.unknown = true;
		Path copy = copy(segment, from, to);
		logger
			.error("{} holds a record from octet {} to {} that means nothing to this version ({}): a copy lies in {}, "
					+ "everything else is kept", segment, from, to, Printable.of(why), copy);
	}

	/** A file whose beginning is damaged has no salt: nothing in it can be read. */
	@Override
	public void file(Path file, IOException failure) throws IOException {
		if (Files.size(file) < Segment.HEADER) {
			logger.info("{} was just being begun", file);
			Files.delete(file);
			return;
		}
		this.lacking = true;
		move(file);
		logger.error("A segment cannot be read and was moved to {}: {}", this.directory, failure.getMessage());
	}

	private void move(Path file) throws IOException {
		Directories.make(this.directory);
		Files.move(file, this.directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
		Directories.force(this.directory);
		Directories.force(file.toAbsolutePath().getParent());
	}

	@Override
	public void missing(long first, long last) {
		this.lacking = true;
		logger.error("Segments {} to {} of the queue {} are missing: the messages in them are lost",
				Long.toHexString(first), Long.toHexString(last), this.queue);
	}

	/**
	 * Contents whose messages are not there. If something could not be read, they may
	 * belong to that, and are set aside with it; or they stay, as the record does.
	 */
	void contents(List<Path> files) throws IOException {
		for (Path file : files) {
			if (this.unknown) {
				logger.info("The content {} is left, as long as there are records that nobody knows", file);
			}
			else if (this.lacking) {
				move(file);
				logger.error("The content {} belongs to no message that can be read and was moved to {}",
						file.getFileName(), this.directory);
			}
			else {
				Files.delete(file);
			}
		}
	}

	private Path copy(Segment segment, long from, long to) throws IOException {
		Directories.make(this.directory);
		Path copy = this.directory.resolve(segment.file().getFileName() + "-" + from);
		try (FileChannel out = Directories.open(copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
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
		return copy;
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
