/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;

/**
 * How full the memory of this JVM is. Looked at once per second at most, and only when
 * somebody asks. Thread-safe.
 */
final class Memory {

	/** That of this JVM. */
	static final Memory JVM = new Memory();

	private static final long GLANCE = TimeUnit.SECONDS.toNanos(1);

	/** Garbage does not count: what the last collection has left does. */
	private static final double FULL_HEAP = 0.9;

	/** Buffers in use, not those that the pool keeps. */
	private static final double FULL_BUFFERS = 0.75;

	private final List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans()
		.stream()
		.filter((pool) -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
		.toList();

	private volatile long lookedAt = System.nanoTime() - GLANCE;

	private volatile boolean full;

	private Memory() {
	}

	/** Whether so much is in use that clients should be given less of it. */
	boolean isNearlyFull() {
		long now = System.nanoTime();
		if (now - this.lookedAt >= GLANCE) {
			this.lookedAt = now;
			this.full = isHeapFull() || areBuffersFull();
		}
		return this.full;
	}

	private boolean isHeapFull() {
		long used = 0;
		for (MemoryPoolMXBean pool : this.heap) {
			MemoryUsage left = pool.getCollectionUsage();
			used += (left != null) ? left.getUsed() : 0;
		}
		return used > FULL_HEAP * Runtime.getRuntime().maxMemory();
	}

	private static boolean areBuffersFull() {
		return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() > FULL_BUFFERS * PlatformDependent.maxDirectMemory();
	}

}
