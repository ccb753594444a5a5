/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.nio.file.Path;

/**
 * Where and how a {@link FileQueue} keeps messages. Sizes are octets.
 *
 * @param directory its directory, made if it is not there; nothing else may lie in it
 * @param segmentSize a file of the journal is given up for a new one when it is as large,
 * 1 MiB to 1 GiB
 * @param contentThreshold larger contents lie in a file of their own; at most 16 MiB
 * @param minFreeSpace no message is taken while less is free on the disk, so that what
 * becomes of the others can still be written
 */
public record FileQueueOptions(Path directory, long segmentSize, int contentThreshold, long minFreeSpace) {

	private static final long MEBIBYTE = 1024 * 1024;

	private static final long LARGEST_SEGMENT = 1024 * MEBIBYTE;

	private static final int LARGEST_THRESHOLD = (int) (16 * MEBIBYTE);

	public FileQueueOptions {
		if (segmentSize < MEBIBYTE || segmentSize > LARGEST_SEGMENT) {
			throw new IllegalArgumentException("A segment has 1 MiB to 1 GiB, not " + segmentSize + " octets");
		}
		if (contentThreshold < 0 || contentThreshold > LARGEST_THRESHOLD) {
			throw new IllegalArgumentException(
					"Contents of 0 to 16 MiB can lie in the journal, not of " + contentThreshold + " octets");
		}
		if (minFreeSpace < 0) {
			throw new IllegalArgumentException("The space to be left free is not negative, unlike " + minFreeSpace);
		}
	}

	/** 64 MiB each, contents up to 1 MiB in the journal, 64 MiB left free. */
	public static FileQueueOptions in(Path directory) {
		return new FileQueueOptions(directory, 64 * MEBIBYTE, (int) MEBIBYTE, 64 * MEBIBYTE);
	}

}
