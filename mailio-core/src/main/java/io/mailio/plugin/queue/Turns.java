/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Lets so many do something at a time, and others wait for their turn, in the order they
 * come. Safe for use by several threads.
 *
 * @param <T> what comes of it
 */
final class Turns<T> {

	private final class Turn {

		private final Mono<T> work;

		private final MonoSink<T> result;

		private final Disposable.Swap running = Disposables.swap();

		Turn(Mono<T> work, MonoSink<T> result) {
			this.work = work;
			this.result = result;
		}

		void begin() {
			this.running.update(this.work.subscribe(this.result::success, this.result::error, this.result::success));
		}

	}

	private final int most;

	private final int mostWaiting;

	private final Set<Turn> waiting = new LinkedHashSet<>();

	private int taken;

	/**
	 * Turns.
	 * @param most how many may be taken at a time
	 * @param mostWaiting how many may wait for one; more fail at once
	 */
	Turns(int most, int mostWaiting) {
		this.most = most;
		this.mostWaiting = mostWaiting;
	}

	/**
	 * Does something when it is its turn. The turn ends with it, or when it is cancelled.
	 */
	Mono<T> inTurn(Mono<T> work) {
		return Mono.create((result) -> {
			Turn turn = new Turn(work, result);
			Standing standing = enter(turn);
			switch (standing) {
				case BEGINS -> {
					result.onDispose(() -> ended(turn));
					turn.begin();
				}
				case WAITS -> result.onDispose(() -> ended(turn));
				case TURNED_AWAY ->
					result.error(new IOException("there are too many messages that wait for it: " + this.mostWaiting));
			}
		});
	}

	private enum Standing {

		BEGINS, WAITS, TURNED_AWAY

	}

	private synchronized Standing enter(Turn turn) {
		if (this.taken < this.most) {
			this.taken++;
			return Standing.BEGINS;
		}
		if (this.waiting.size() < this.mostWaiting) {
			this.waiting.add(turn);
			return Standing.WAITS;
		}
		return Standing.TURNED_AWAY;
	}

	/** Called once for each turn that was not turned away. */
	private void ended(Turn turn) {
		turn.running.dispose();
		Turn next = leave(turn);
		if (next != null) {
			// Not here: a turn that ends at once would call this again, and so on.
			Schedulers.parallel().schedule(next::begin);
		}
	}

	private synchronized @Nullable Turn leave(Turn turn) {
		if (this.waiting.remove(turn)) {
			return null;
		}
		if (this.waiting.isEmpty()) {
			this.taken--;
			return null;
		}
		Turn next = this.waiting.iterator().next();
		this.waiting.remove(next);
		return next;
	}

}
