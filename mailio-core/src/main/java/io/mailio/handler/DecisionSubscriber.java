/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Waits for the decision of a reactive handler: the value, an error, or nothing. Whoever
 * subscribes asks once, afterwards, whether it {@link #hasEnded() has ended} already; an
 * end that comes later is told. So each end is learned of once, on whatever thread it
 * comes.
 */
final class DecisionSubscriber extends BaseSubscriber<Decision> {

	private final BiConsumer<@Nullable Decision, @Nullable Throwable> later;

	/** Set by the first of two: the end, and the question whether it has come. */
	private final AtomicBoolean met = new AtomicBoolean();

	private @Nullable Decision decision;

	private @Nullable Throwable failure;

	DecisionSubscriber(BiConsumer<@Nullable Decision, @Nullable Throwable> later) {
		this.later = later;
	}

	/** Asked once, after subscribing. */
	boolean hasEnded() {
		return !this.met.compareAndSet(false, true);
	}

	@Nullable Decision decision() {
		return this.decision;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	@Override
	protected void hookOnSubscribe(Subscription subscription) {
		subscription.request(1);
	}

	@Override
	protected void hookOnNext(Decision value) {
		this.decision = value;
	}

	@Override
	protected void hookOnComplete() {
		end();
	}

	@Override
	protected void hookOnError(Throwable failure) {
		this.failure = failure;
		end();
	}

	private void end() {
		if (!this.met.compareAndSet(false, true)) {
			this.later.accept(this.decision, this.failure);
		}
	}

}
