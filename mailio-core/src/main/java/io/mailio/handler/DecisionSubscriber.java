/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Waits for the decision of a reactive handler: the value, an error, or nothing.
 */
final class DecisionSubscriber extends BaseSubscriber<Decision> {

	private final BiConsumer<@Nullable Decision, @Nullable Throwable> end;

	private @Nullable Decision decision;

	DecisionSubscriber(BiConsumer<@Nullable Decision, @Nullable Throwable> end) {
		this.end = end;
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
		this.end.accept(this.decision, null);
	}

	@Override
	protected void hookOnError(Throwable failure) {
		this.end.accept(null, failure);
	}

}
