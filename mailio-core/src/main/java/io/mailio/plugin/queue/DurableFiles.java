/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/**
 * The few file operations of which a delivery is made, each of which is on disk when it
 * returns, where it says so. Files and directories belong to their owner alone. Package
 * private and not final, so that a test can watch the order of the operations.
 */
class DurableFiles {

	private static final int BUFFER = 64 * 1024;

	/**
	 * Makes the missing directories of a path, and forces each directory on the way to
	 * disk, also those that another thread or a crashed process has just made.
	 * @param root an ancestor that exists already; it may be a symbolic link
	 * @param directory where to go
	 * @throws IOException if a directory cannot be made, or a symbolic link lies below
	 * the root
	 */
	void makeDirectories(Path root, Path directory) throws IOException {
		Path at = root;
		for (Path name : root.relativize(directory)) {
			if (name.toString().isEmpty()) {
				continue;
			}
			Path next = at.resolve(name);
			makeDirectory(next);
			forceDirectory(at);
			at = next;
		}
	}

	private void makeDirectory(Path directory) throws IOException {
		try {
			Files.createDirectory(directory, permissions(directory, "rwx------"));
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
				throw new FileSystemException(directory.toString(), null,
						"must be a directory, and not a symbolic link");
			}
		}
	}

	/**
	 * Makes the root of all mailboxes and its parents.
	 */
	void makeRoot(Path root) throws IOException {
		if (Files.isDirectory(root)) {
			return;
		}
		Path parent = root.getParent();
		if (parent != null) {
			makeRoot(parent);
		}
		try {
			Files.createDirectory(root, permissions(root, "rwx------"));
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(root)) {
				throw ex;
			}
		}
		if (parent != null) {
			forceDirectory(parent);
		}
	}

	/**
	 * Writes a new file and forces it to disk. The file is removed if that fails.
	 * @param file a path where no file is
	 * @param head what comes first
	 * @param body what follows, to its end
	 * @param size how much that is together, as far as known
	 */
	void write(Path file, byte[] head, InputStream body, long size) throws IOException {
		boolean created = false;
		boolean complete = false;
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions(file, "rw-------"))) {
			created = true;
			int buffer = (int) Math.max(1, Math.min(BUFFER, size));
			OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), buffer);
			out.write(head);
			body.transferTo(out);
			out.flush();
			channel.force(true);
			complete = true;
		}
		finally {
			if (created && !complete) {
				Files.deleteIfExists(file);
			}
		}
	}

	/**
	 * Gives a file that is on disk another name, which is on disk when its directory is
	 * forced.
	 * @return whether that is possible; it is not between file systems, on some not at
	 * all, and nowhere without end
	 * @throws NoSuchFileException if the directory is missing
	 */
	boolean link(Path file, Path other) throws IOException {
		try {
			Files.createLink(other, file);
			return true;
		}
		catch (NoSuchFileException ex) {
			throw ex;
		}
		catch (FileSystemException | UnsupportedOperationException ex) {
			return false;
		}
	}

	/**
	 * Makes an empty file if it is missing; its directory has still to be forced.
	 */
	void makeFile(Path file) throws IOException {
		try {
			Files.createFile(file, permissions(file, "rw-------"));
		}
		catch (FileAlreadyExistsException ex) {
			// All the better.
		}
	}

	/** Moves a file within a file system, never onto another one. */
	void move(Path from, Path to) throws IOException {
		if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
			throw new FileAlreadyExistsException(to.toString());
		}
		Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
	}

	/** Forces the entries of a directory to disk. */
	void forceDirectory(Path directory) throws IOException {
		if (isPosix(directory)) {
			try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
				channel.force(true);
			}
		}
	}

	/**
	 * Whether something failed for want of room. The system's words may be in any
	 * language, so the free space is asked too.
	 * @param directory where it was to be
	 * @param size how much was to be written, in octets
	 */
	boolean isFull(IOException cause, Path directory, long size) {
		String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
		if (text.contains("no space left") || text.contains("quota exceeded")) {
			return true;
		}
		try {
			return Files.getFileStore(directory).getUsableSpace() < size;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static FileAttribute<?>[] permissions(Path path, String permissions) {
		return isPosix(path)
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	/**
	 * Elsewhere (Windows) a directory cannot be opened, and the system orders the
	 * entries.
	 */
	static boolean isPosix(Path path) {
		return path.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

}
