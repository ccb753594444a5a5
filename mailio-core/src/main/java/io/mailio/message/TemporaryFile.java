/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file without a name: only its owner could open it, and it is unlinked as soon as it
 * is open, so that nothing is left even if the process is killed. Where open files cannot
 * be unlinked (Windows) it is deleted when it is closed.
 *
 * <p>
 * It is a {@link RandomAccessFile} and not a {@code FileChannel} on purpose: an interrupt
 * closes a channel, and handlers, which are interrupted when their client leaves, share
 * this file. A lock makes seek and read one step; it is never held by anything but one
 * read or write of a block. Safe for use by several threads.
 */
final class TemporaryFile {

	private static final Logger log = LoggerFactory.getLogger(TemporaryFile.class);

	/** Blocks small enough that the JVM copies them through memory it has at hand. */
	private static final int BLOCK = 64 * 1024;

	private static final String PREFIX = "mailio-";

	private final ReentrantLock lock = new ReentrantLock();

	private final Path path;

	private final RandomAccessFile file;

	private final boolean unlinked;

	private boolean closed;

	private TemporaryFile(Path path, RandomAccessFile file) {
		this.path = path;
		this.file = file;
		this.unlinked = unlink(path);
	}

	/**
	 * Makes a file.
	 * @param directory an existing directory
	 * @return the file, open and empty
	 * @throws IOException if that is not possible; nothing is left then
	 */
	static TemporaryFile create(Path directory) throws IOException {
		Path path = createEmpty(directory);
		try {
			return new TemporaryFile(path, new RandomAccessFile(path.toFile(), "rw"));
		}
		catch (IOException | RuntimeException ex) {
			Files.deleteIfExists(path);
			throw ex;
		}
	}

	/**
	 * Makes a directory if it is missing, for its owner only like the files, and a file
	 * in it to see that it can be used.
	 * @throws IOException if it cannot
	 */
	static void prepare(Path directory) throws IOException {
		if (!Files.isDirectory(directory)) {
			Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
		}
		create(directory).close();
	}

	private static FileAttribute<?>[] ownerOnly(Path directory, String permissions) {
		boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
		return posix
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	private static Path createEmpty(Path directory) throws IOException {
		FileAttribute<?>[] ownerOnly = ownerOnly(directory, "rw-------");
		while (true) {
			String name = PREFIX + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".tmp";
			try {
				return Files.createFile(directory.resolve(name), ownerOnly);
			}
			catch (FileAlreadyExistsException ex) {
				// Another name, then.
			}
		}
	}

	private static boolean unlink(Path path) {
		try {
			Files.delete(path);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	void write(long position, byte[] octets, int offset, int length) throws IOException {
		int written = 0;
		while (written < length) {
			int block = Math.min(BLOCK, length - written);
			this.lock.lock();
			try {
				this.file.seek(position + written);
				this.file.write(octets, offset + written, block);
			}
			finally {
				this.lock.unlock();
			}
			written += block;
		}
	}

	int read(long position, byte[] octets, int offset, int length) throws IOException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new IOException("The content of the message was released");
			}
			this.file.seek(position);
			return this.file.read(octets, offset, Math.min(length, BLOCK));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Opens a part of the file.
	 * @param position where it begins
	 * @param length how long it is; all of it was written
	 * @return a stream of its own
	 */
	InputStream openStream(long position, long length) {
		return new Slice(position, length);
	}

	/** Gives the file back. Does nothing the second time. */
	void close() {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.closed = true;
				this.file.close();
				if (!this.unlinked) {
					Files.deleteIfExists(this.path);
				}
			}
		}
		catch (IOException ex) {
			log.warn("Could not remove the temporary file {}", this.path, ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A part of the file, read from its beginning to its end. Small reads are served from
	 * a buffer; large ones go to the file.
	 */
	private final class Slice extends InputStream {

		private static final int BUFFER = 8 * 1024;

		private final byte[] buffer = new byte[BUFFER];

		private int bufferFrom;

		private int bufferTo;

		private long position;

		private final long end;

		Slice(long position, long length) {
			this.position = position;
			this.end = position + length;
		}

		@Override
		public int read() throws IOException {
			if (this.bufferFrom == this.bufferTo && !fill()) {
				return -1;
			}
			return this.buffer[this.bufferFrom++] & 0xff;
		}

		@Override
		public int read(byte[] octets, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, octets.length);
			if (length == 0) {
				return 0;
			}
			if (this.bufferFrom == this.bufferTo) {
				if (length >= BUFFER) {
					return readFile(octets, offset, length);
				}
				if (!fill()) {
					return -1;
				}
			}
			int count = Math.min(length, this.bufferTo - this.bufferFrom);
			System.arraycopy(this.buffer, this.bufferFrom, octets, offset, count);
			this.bufferFrom += count;
			return count;
		}

		@Override
		public int available() {
			long left = this.end - this.position + this.bufferTo - this.bufferFrom;
			return (int) Math.min(left, Integer.MAX_VALUE);
		}

		@Override
		public long skip(long count) {
			long buffered = Math.max(0, Math.min(count, this.bufferTo - this.bufferFrom));
			this.bufferFrom += (int) buffered;
			long ahead = Math.max(0, Math.min(count - buffered, this.end - this.position));
			this.position += ahead;
			return buffered + ahead;
		}

		@Override
		public long transferTo(OutputStream out) throws IOException {
			out.write(this.buffer, this.bufferFrom, this.bufferTo - this.bufferFrom);
			long transferred = this.bufferTo - this.bufferFrom;
			this.bufferFrom = this.bufferTo;
			byte[] block = new byte[BLOCK];
			for (int count = readFile(block, 0, BLOCK); count >= 0; count = readFile(block, 0, BLOCK)) {
				out.write(block, 0, count);
				transferred += count;
			}
			return transferred;
		}

		private boolean fill() throws IOException {
			this.bufferFrom = 0;
			this.bufferTo = 0;
			int count = readFile(this.buffer, 0, BUFFER);
			this.bufferTo = Math.max(0, count);
			return count > 0;
		}

		private int readFile(byte[] octets, int offset, int length) throws IOException {
			if (this.position >= this.end) {
				return -1;
			}
			int wanted = (int) Math.min(length, this.end - this.position);
			int count = TemporaryFile.this.read(this.position, octets, offset, wanted);
			if (count < 0) {
				throw new IOException("The temporary file of a message was cut short");
			}
			this.position += count;
			return count;
		}

	}

}
