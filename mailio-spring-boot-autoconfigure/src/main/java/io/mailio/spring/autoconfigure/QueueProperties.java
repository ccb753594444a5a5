/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import io.mailio.RelaySpec;

import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code mailio.queue}: where mail waits to be sent. A bean of type
 * {@link io.mailio.RelaySpec.QueueSource} replaces them.
 */
public class QueueProperties {

	/**
	 * Where messages wait: in files, or in the database of the application, which several
	 * nodes may share.
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

	private final Jdbc jdbc = new Jdbc();

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

	public Jdbc getJdbc() {
		return this.jdbc;
	}

	/** Where messages wait. */
	public enum Type {

		/** In files of a directory. */
		FILE,

		/** In a database. */
		JDBC

	}

	/** Whether tables are made. */
	public enum InitializeSchema {

		/** Always. */
		ALWAYS,

		/** In an embedded database. */
		EMBEDDED,

		/** By somebody else. */
		NEVER

	}

	/** The queue in a database. */
	public static class Jdbc {

		/**
		 * Whether the tables of the queue are made where they are missing.
		 */
		private InitializeSchema initializeSchema = InitializeSchema.EMBEDDED;

		/**
		 * What the names of the tables begin with.
		 */
		private String tablePrefix = "mailio_";

		/**
		 * After this time without a word from a node its messages in flight are sent by
		 * another; at least 3s.
		 */
		private Duration lease = Duration.ofMinutes(1);

		/**
		 * How often a node looks for what others have queued.
		 */
		private Duration pollInterval = Duration.ofSeconds(1);

		public InitializeSchema getInitializeSchema() {
			return this.initializeSchema;
		}

		public void setInitializeSchema(InitializeSchema initializeSchema) {
			this.initializeSchema = initializeSchema;
		}

		public String getTablePrefix() {
			return this.tablePrefix;
		}

		public void setTablePrefix(String tablePrefix) {
			this.tablePrefix = tablePrefix;
		}

		public Duration getLease() {
			return this.lease;
		}

		public void setLease(Duration lease) {
			this.lease = lease;
		}

		public Duration getPollInterval() {
			return this.pollInterval;
		}

		public void setPollInterval(Duration pollInterval) {
			this.pollInterval = pollInterval;
		}

	}

}
