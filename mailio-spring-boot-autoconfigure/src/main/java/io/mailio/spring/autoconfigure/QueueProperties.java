/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;

import io.mailio.RelaySpec;

import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code mailio.queue}: where mail waits to be sent. A bean of type
 * {@link io.mailio.RelaySpec.QueueSource} replaces them.
 */
public class QueueProperties {

	/**
	 * Where messages wait: in files.
	 */
	private Type type = Type.FILE;

	/**
	 * Directory of the queue, for one application at a time; made if it is missing.
	 * Defaults to ./mailio/queue.
	 */
	private Path directory = Path.of(RelaySpec.DEFAULT_DIRECTORY);

	/**
	 * Size of a file of the journal, 1MB to 1GB.
	 */
	private DataSize segmentSize = DataSize.ofMegabytes(64);

	/**
	 * Larger contents lie in a file of their own; at most 16MB.
	 */
	private DataSize contentThreshold = DataSize.ofMegabytes(1);

	/**
	 * No message is taken while less is free on the disk; then 452.
	 */
	private DataSize minFreeSpace = DataSize.ofMegabytes(64);

	public Type getType() {
		return this.type;
	}

	public void setType(Type type) {
		this.type = type;
	}

	public Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(Path directory) {
		this.directory = directory;
	}

	public DataSize getSegmentSize() {
		return this.segmentSize;
	}

	public void setSegmentSize(DataSize segmentSize) {
		this.segmentSize = segmentSize;
	}

	public DataSize getContentThreshold() {
		return this.contentThreshold;
	}

	public void setContentThreshold(DataSize contentThreshold) {
		this.contentThreshold = contentThreshold;
	}

	public DataSize getMinFreeSpace() {
		return this.minFreeSpace;
	}

	public void setMinFreeSpace(DataSize minFreeSpace) {
		this.minFreeSpace = minFreeSpace;
	}

	/** Where messages wait. */
	public enum Type {

		/** In files of a directory. */
		FILE

	}

}
