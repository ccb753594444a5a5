/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories that are on disk, with what stands in them. */
final class Directories {

	private Directories() {
	}

	/** Makes a directory with its missing parents. */
	static void make(Path directory) throws IOException {
		Path absolute = directory.toAbsolutePath();
		Path parent = absolute.getParent();
		if (Files.isDirectory(absolute)) {
			return;
		}
		if (parent != null) {
			make(parent);
		}
		if (absolute.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			Files.createDirectory(absolute,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		else {
			Files.createDirectory(absolute);
		}
		if (parent != null) {
			force(parent);
		}
	}

	/** What was made or removed in a directory is on disk when this returns. */
	static void force(Path directory) throws IOException {
		if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			// Windows opens no directories, and needs none of this.
			return;
		}
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

}
