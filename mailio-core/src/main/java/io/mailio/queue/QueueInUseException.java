/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another queue of this one, has the directory. */
public class QueueInUseException extends IOException {

	private static final long serialVersionUID = 1L;

	public QueueInUseException(Path directory) {
		super("The queue directory " + directory.toAbsolutePath()
				+ " is in use by another process: give each its own, or stop the other one");
	}

}
