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

	private static final class Question<V> {

		private final CompletableFuture<V> pending = new CompletableFuture<>();

		private volatile @Nullable Answer<V> answer;

		private volatile long expiry;

	}

	private final Map<K, Question<V>> questions;

	private final LongSupplier nanoTime;

	AnswerCache(int capacity, LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.questions = new LinkedHashMap<>() {

			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<K, Question<V>> eldest) {
				return size() > capacity;
			}

		};
	}

	/**
	 * The answer to a question: already completed if it is known.
	 * @param question the question
	 * @param ask asks it
	 * @return a stage of the caller's own: cancelling it harms nobody. It fails if the
	 * question could not be asked, which is not kept: the next caller asks anew
	 */
	CompletionStage<V> get(K question, Function<K, CompletionStage<Answer<V>>> ask) {
		Question<V> known;
		boolean first = false;
		synchronized (this.questions) {
			known = this.questions.get(question);
			if (known == null || isExpired(known)) {
				this.questions.remove(question);
				known = new Question<>();
				this.questions.put(question, known);
				first = true;
			}
		}
		if (first) {
			ask(question, known, ask);
		}
		Answer<V> answer = known.answer;
		return (answer != null) ? CompletableFuture.completedFuture(answer.value()) : known.pending.copy();
	}

	/** Whatever goes wrong: nobody may wait for an answer that cannot come. */
	private void ask(K question, Question<V> asked, Function<K, CompletionStage<Answer<V>>> ask) {
		try {
			ask.apply(question).whenComplete((answer, failure) -> {
				if (failure == null) {
					keep(asked, answer);
				}
				else {
					forget(question, asked, failure);
				}
			});
		}
		catch (RuntimeException | Error ex) {
			forget(question, asked, ex);
		}
	}

	private boolean isExpired(Question<V> known) {
		return known.answer != null && this.nanoTime.getAsLong() - known.expiry >= 0;
	}

	private void keep(Question<V> known, Answer<V> answer) {
		known.expiry = this.nanoTime.getAsLong() + answer.validity().toNanos();
		known.answer = answer;
		known.pending.complete(answer.value());
	}

	private void forget(K question, Question<V> asked, Throwable failure) {
		synchronized (this.questions) {
			this.questions.remove(question, asked);
		}
		asked.pending.completeExceptionally(failure);
	}

	void clear() {
		synchronized (this.questions) {
			this.questions.clear();
		}
	}

	int size() {
		synchronized (this.questions) {
			return this.questions.size();
		}
	}

}
