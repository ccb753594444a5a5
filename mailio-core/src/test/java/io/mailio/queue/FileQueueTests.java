/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

import org.junit.jupiter.api.io.TempDir;

/** The contract, kept in small segments that are given up all the time. */
class FileQueueTests extends MessageQueueContract {

	@TempDir
	private Path directory;

	@Override
	protected MessageQueue open(InstantSource clock) throws IOException {
		return FileQueue.open(new FileQueueOptions(this.directory, 1024 * 1024, 50_000, 0),
				new QueueClock(clock::millis, () -> clock.millis() * 1_000_000));
	}

}
