/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.file.FileStore;
import java.util.concurrent.TimeUnit;

/**
 * How much room a disk has. The system is asked each time where it is little, and now and
 * then where there is plenty. Safe for use by several threads.
 */
final class FreeSpace {

	/** Far more than is written between two questions. */
	private static final long PLENTY = 8L << 30;

	private static final long VALIDITY = TimeUnit.MILLISECONDS.toNanos(100);

	private final FileStore disk;

	/** When there was plenty last. */
	private volatile long plentyAt = System.nanoTime() - VALIDITY;

	FreeSpace(FileStore disk) {
		this.disk = disk;
	}

	/**
	 * Whether there is room.
	 * @param octets for how much
	 * @param rest how much must be left then
	 * @throws IOException if the system cannot say
	 */
	boolean has(long octets, long rest) throws IOException {
		long now = System.nanoTime();
		if (octets < PLENTY && rest < PLENTY && now - this.plentyAt < VALIDITY) {
			return true;
		}
		long free = this.disk.getUsableSpace();
		if (free > 3 * PLENTY) {
			this.plentyAt = now;
		}
		return free - octets >= rest;
	}

}
