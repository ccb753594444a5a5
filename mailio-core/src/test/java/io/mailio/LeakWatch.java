/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Makes the build fail if any test leaks a buffer: the class during which that is found
 * out, or the whole run, at its end after a collection. Netty watches every buffer
 * (paranoid, see the pom). Registered for all tests, see {@code META-INF/services}.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {

	private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

	@Override
	public void beforeAll(ExtensionContext context) {
		context.getRoot()
			.getStore(ExtensionContext.Namespace.create(LeakWatch.class))
			.computeIfAbsent("watch", (key) -> watch());
	}

	private static AutoCloseable watch() {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
		ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + " leaked, last seen:" + records));
		return () -> {
			collectGarbage();
			check();
		};
	}

	@Override
	public void afterAll(ExtensionContext context) {
		check();
	}

	/** Each leak is told once. */
	public static void check() {
		List<String> found = List.copyOf(LEAKS);
		LEAKS.removeAll(found);
		assertThat(found).as("leaked buffers").isEmpty();
	}

	/**
	 * Leaks are found when a buffer is made after a collection. What the first collection
	 * finds has been queued when the second one's is.
	 */
	public static void collectGarbage() {
		for (int i = 0; i < 2; i++) {
			ReferenceQueue<Object> collected = new ReferenceQueue<>();
			WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
			await().until(() -> {
				System.gc();
				return collected.poll() == canary;
			});
		}
		PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
	}

}
