/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories that are on disk, with what stands in them. They and their files belong to
 * their owner alone, as far as the file system knows owners.
 */
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
		Files.createDirectory(absolute, only(absolute, "rwx------"));
		if (parent != null) {
			force(parent);
		}
	}

	/** Opens a file; one that is made now belongs to its owner alone. */
	static FileChannel open(Path file, OpenOption... options) throws IOException {
		return FileChannel.open(file, Set.of(options), only(file, "rw-------"));
	}

	private static FileAttribute<?>[] only(Path path, String permissions) {
		return isPosix(path)
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	private static boolean isPosix(Path path) {
		return path.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	/** What was made or removed in a directory is on disk when this returns. */
	static void force(Path directory) throws IOException {
		if (!isPosix(directory)) {
			// Windows opens no directories, and needs none of this.
			return;
		}
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
	}

}
