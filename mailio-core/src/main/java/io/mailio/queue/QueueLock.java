/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second queue out of a directory. The system ends it with the process. */
final class QueueLock {

	/** Its file in the directory of the queue. */
	static final String NAME = "lock";

	private QueueLock() {
	}

	/**
	 * Takes the directory.
	 * @return to be closed when it is given up
	 * @throws QueueInUseException if somebody else has it
	 */
	static FileChannel acquire(Path directory) throws IOException {
		FileChannel channel = Directories.open(directory.resolve(NAME), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE);
		try {
			if (channel.tryLock() == null) {
				throw new QueueInUseException(directory);
			}
			return channel;
		}
		catch (OverlappingFileLockException ex) {
			channel.close();
			throw new QueueInUseException(directory);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

}
