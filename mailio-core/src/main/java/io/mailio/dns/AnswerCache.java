/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Answers by question, each for as long as it is valid; who asks while a question is
 * under way gets that answer too. When it is full, the oldest question is forgotten. Safe
 * for use by several threads; its lock is held for the time of a map access.
 *
 * @param <K> the question
 * @param <V> the answer
 */
final class AnswerCache<K, V> {

	/**
	 * An answer and how long it is valid.
	 *
	 * @param value the answer
	 * @param validity for how long it may be given again
	 * @param <V> the answer
	 */
	record Answer<V>(V value, Duration validity) {
	}

	private static final class Entry<V> {

		private final CompletableFuture<V> pending = new CompletableFuture<>();

		private volatile @Nullable Answer<V> answer;

		private volatile long expiry;

	}

	private final Map<K, Entry<V>> entries;

	private final LongSupplier nanoTime;

	AnswerCache(int capacity, LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.entries = new LinkedHashMap<>() {

			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<K, Entry<V>> eldest) {
				return size() > capacity;
			}

		};
	}

	/**
	 * The answer to a question: already completed if it is known.
	 * @param question the question
	 * @param ask asks it; its stage never fails
	 * @return a stage of the caller's own: cancelling it harms nobody
	 */
	CompletionStage<V> get(K question, Function<K, CompletionStage<Answer<V>>> ask) {
		Entry<V> entry;
		boolean first = false;
		synchronized (this.entries) {
			entry = this.entries.get(question);
			if (entry == null || isExpired(entry)) {
				this.entries.remove(question);
				entry = new Entry<>();
				this.entries.put(question, entry);
				first = true;
			}
		}
		if (first) {
			Entry<V> asked = entry;
			ask.apply(question).thenAccept((answer) -> keep(asked, answer));
		}
		Answer<V> answer = entry.answer;
		return (answer != null) ? CompletableFuture.completedFuture(answer.value()) : entry.pending.copy();
	}

	private boolean isExpired(Entry<V> entry) {
		return entry.answer != null && this.nanoTime.getAsLong() - entry.expiry >= 0;
	}

	private void keep(Entry<V> entry, Answer<V> answer) {
		entry.expiry = this.nanoTime.getAsLong() + answer.validity().toNanos();
		entry.answer = answer;
		entry.pending.complete(answer.value());
	}

	void clear() {
		synchronized (this.entries) {
			this.entries.clear();
		}
	}

	int size() {
		synchronized (this.entries) {
			return this.entries.size();
		}
	}

}
