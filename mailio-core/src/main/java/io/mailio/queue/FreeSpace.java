/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room a disk has. The system is asked each time where it is little, and now and
 * then where there is plenty. Safe for use by several threads.
 */
final class FreeSpace {

	/** Far more than is written between two questions. */
	private static final long PLENTY = 8L << 30;

	private static final long MEBIBYTE = 1 << 20;

	private static final long VALIDITY = TimeUnit.MILLISECONDS.toNanos(100);

	private static final Logger logger = LoggerFactory.getLogger(FreeSpace.class);

	private final Path directory;

	private final FileStore disk;

	private final long rest;

	/** When there was plenty last. */
	private volatile long plentyAt = System.nanoTime() - VALIDITY;

	/**
	 * Looks at the disk of a directory, and warns if there is too little now.
	 * @param directory the directory
	 * @param rest how many octets must be left free
	 * @throws IOException if the system cannot say
	 */
	FreeSpace(Path directory, long rest) throws IOException {
		this.directory = directory.toAbsolutePath();
		this.disk = Files.getFileStore(directory);
		this.rest = rest;
		long free = this.disk.getUsableSpace();
		if (free < rest) {
			logger.warn("No message can be queued in {}: {} of its disk are free{}, and min-free-space is {}",
					this.directory, size(free),
					(rest > this.disk.getTotalSpace()) ? " of " + size(this.disk.getTotalSpace()) : "", size(rest));
		}
	}

	/**
	 * Makes sure that there is room.
	 * @param octets for how much
	 * @throws QueueFullException if there is not
	 * @throws IOException if the system cannot say
	 */
	void require(long octets) throws IOException {
		long now = System.nanoTime();
		if (octets < PLENTY && this.rest < PLENTY && now - this.plentyAt < VALIDITY) {
			return;
		}
		long free = this.disk.getUsableSpace();
		if (free > 3 * PLENTY) {
			this.plentyAt = now;
		}
		if (free - octets < this.rest) {
			throw new QueueFullException("The disk of the queue " + this.directory + " is full: " + size(free)
					+ " are free, and behind the message there must be " + size(this.rest) + " (min-free-space)");
		}
	}

	private static String size(long octets) {
		return (octets < MEBIBYTE) ? octets + " octets" : (octets / MEBIBYTE) + " MiB";
	}

}
