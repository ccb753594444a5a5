/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One file of the journal. It begins with a word, its number and its salt; records follow
 * without gaps. Records are written by one thread; any thread may read what has been
 * written.
 */
final class Segment implements AutoCloseable {

	private static final Pattern NAME = Pattern.compile("journal-([0-9a-f]{16})\\.mq");

	private static final long WORD = 0x6d61696c696f5131L; // "mailioQ1"

	/** How much stands before the first record. */
	static final int HEADER = 24;

	private static final SecureRandom random = new SecureRandom();

	private final long number;

	private final Path file;

	private final FileChannel channel;

	/**
	 * Of its own, since a thread that is interrupted while it reads closes the channel
	 * for all others; {@code null} until somebody reads.
	 */
	private @Nullable FileChannel reading;

	private boolean closed;

	private final long salt;

	private long size;

	/** Octets of records of messages that are still in the queue. */
	private long liveOctets;

	private int liveMessages;

	private int readers;

	private boolean abandoned;

	private Segment(long number, Path file, FileChannel channel, long salt, long size) {
		this.number = number;
		this.file = file;
		this.channel = channel;
		this.salt = salt;
		this.size = size;
	}

	/** The number in a file name, empty if it is no segment's. */
	static Optional<Long> number(Path file) {
		Matcher name = NAME.matcher(file.getFileName().toString());
		return name.matches() ? Optional.of(Long.parseUnsignedLong(name.group(1), 16)) : Optional.empty();
	}

	/** Makes a new one, on disk when this returns. */
	static Segment create(Path directory, long number) throws IOException {
		Path file = directory.resolve(String.format(Locale.ROOT, "journal-%016x.mq", number));
		FileChannel channel = Directories.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
				StandardOpenOption.WRITE);
		try {
			long salt = random.nextLong();
			Segment segment = new Segment(number, file, channel, salt, 0);
			segment.write(ByteBuffer.allocate(HEADER).putLong(WORD).putLong(number).putLong(salt).flip());
			segment.force();
			Directories.force(directory);
			return segment;
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	/**
	 * Opens one that is there.
	 * @param writable whether it may be cut
	 * @throws IOException if it cannot be read, or does not begin like a segment
	 */
	static Segment open(Path file, boolean writable) throws IOException {
		long number = number(file).orElseThrow(() -> new IOException(file + " is no segment of a journal"));
		FileChannel channel = writable ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
				: FileChannel.open(file, StandardOpenOption.READ);
		try {
			ByteBuffer header = ByteBuffer.allocate(HEADER);
			while (header.hasRemaining() && channel.read(header) >= 0) {
				// Reads on.
			}
			header.flip();
			if (header.remaining() < HEADER || header.getLong() != WORD || header.getLong() != number) {
				throw new IOException(file + " does not begin like segment " + number + " of a journal");
			}
			return new Segment(number, file, channel, header.getLong(), channel.size());
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	long number() {
		return this.number;
	}

	Path file() {
		return this.file;
	}

	long salt() {
		return this.salt;
	}

	/** Where the next record will stand. */
	long size() {
		return this.size;
	}

	/** Appends octets; they may be on disk or not. */
	void write(ByteBuffer... octets) throws IOException {
		long at = this.size;
		this.channel.position(at);
		int first = 0;
		while (first < octets.length) {
			at += this.channel.write(octets, first, Math.min(octets.length - first, 1024));
			while (first < octets.length && !octets[first].hasRemaining()) {
				first++;
			}
		}
		this.size = at;
	}

	/** Everything that was appended is on disk when this returns. */
	void force() throws IOException {
		this.channel.force(false);
	}

	/** Throws away what stands behind a place. */
	void cut(long end) throws IOException {
		this.channel.truncate(end);
		this.channel.force(true);
		this.size = end;
	}

	/** Reads exactly as much as the buffer has room for; from any thread. */
	void read(ByteBuffer into, long from) throws IOException {
		long at = from;
		while (into.hasRemaining()) {
			int count = readSome(into, at);
			if (count < 0) {
				throw new EOFException(this.file + " ends at " + at);
			}
			at += count;
		}
	}

	/** Reads some octets; how many, or -1 at the end. */
	int readSome(ByteBuffer into, long from) throws IOException {
		boolean interrupted = false;
		try {
			while (true) {
				FileChannel channel = reading();
				try {
					return channel.read(into, from);
				}
				catch (ClosedChannelException ex) {
					// By an interrupt, of this thread or of another that was reading.
					interrupted |= Thread.interrupted();
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private synchronized FileChannel reading() throws IOException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		FileChannel open = this.reading;
		if (open == null || !open.isOpen()) {
			open = FileChannel.open(this.file, StandardOpenOption.READ);
			this.reading = open;
		}
		return open;
	}

	// The rest is guarded by the lock of the index.

	void addLive(int octets) {
		this.liveMessages++;
		this.liveOctets += octets;
	}

	void removeLive(int octets) {
		this.liveMessages--;
		this.liveOctets -= octets;
	}

	int liveMessages() {
		return this.liveMessages;
	}

	long liveOctets() {
		return this.liveOctets;
	}

	/** Somebody reads here for a while: the file stays open. */
	void addReader() {
		this.readers++;
	}

	void removeReader() {
		this.readers--;
		if (this.abandoned && this.readers == 0) {
			close();
		}
	}

	/** Removes the file; whoever reads may read on. */
	void abandon() throws IOException {
		this.abandoned = true;
		if (this.readers > 0) {
			// While it has a name.
			reading();
		}
		Files.deleteIfExists(this.file);
		if (this.readers == 0) {
			close();
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		try {
			this.channel.close();
			if (this.reading != null) {
				this.reading.close();
			}
		}
		catch (IOException ex) {
			// All that counts was forced.
		}
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

}
