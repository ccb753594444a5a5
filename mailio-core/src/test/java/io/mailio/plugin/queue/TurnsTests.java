/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TurnsTests {

	private final List<Sinks.One<String>> begun = java.util.Collections.synchronizedList(new ArrayList<>());

	private Mono<String> work() {
		return Mono.defer(() -> {
			Sinks.One<String> one = Sinks.one();
			this.begun.add(one);
			return one.asMono();
		});
	}

	@Test
	void soManyBeginAndTheNextWhenOneEnds() {
		Turns<String> turns = new Turns<>(2, 10);
		List<CompletableFuture<String>> results = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			results.add(turns.inTurn(work()).toFuture());
		}
		assertThat(this.begun).hasSize(2);
		this.begun.get(1).tryEmitValue("second");
		assertThat(results.get(1)).isCompletedWithValue("second");
		await().until(() -> this.begun.size() == 3);
		this.begun.get(0).tryEmitError(new IOException("first"));
		assertThat(results.get(0)).isCompletedExceptionally();
		await().until(() -> this.begun.size() == 4);
		this.begun.get(2).tryEmitEmpty();
		assertThat(results.get(2)).isCompletedWithValue(null);
		turns.inTurn(work()).subscribe();
		assertThat(this.begun).hasSize(5);
	}

	@Test
	void tooManyAreTurnedAwayAtOnce() {
		Turns<String> turns = new Turns<>(1, 1);
		turns.inTurn(work()).subscribe();
		Disposable waiting = turns.inTurn(work()).subscribe();
		assertThat(turns.inTurn(work()).toFuture()).isCompletedExceptionally();
		waiting.dispose();
		assertThat(turns.inTurn(work()).toFuture()).isNotDone();
		assertThat(this.begun).hasSize(1);
	}

	@Test
	void whoIsCancelledGivesItsTurnToTheNext() {
		Turns<String> turns = new Turns<>(1, 10);
		Disposable first = turns.inTurn(work()).subscribe();
		Disposable second = turns.inTurn(work()).subscribe();
		CompletableFuture<String> third = turns.inTurn(work()).toFuture();
		second.dispose();
		first.dispose();
		assertThat(this.begun.get(0).currentSubscriberCount()).isZero();
		await().until(() -> this.begun.size() == 2);
		this.begun.get(1).tryEmitValue("third");
		assertThat(third).isCompletedWithValue("third");
	}

	@Test
	void workThatEndsAtOnceDoesNotPileUp() {
		Turns<Integer> turns = new Turns<>(1, 100_000);
		Sinks.One<Integer> first = Sinks.one();
		turns.inTurn(first.asMono()).subscribe();
		List<CompletableFuture<Integer>> others = new ArrayList<>();
		for (int i = 0; i < 50_000; i++) {
			others.add(turns.inTurn(Mono.just(i)).toFuture());
		}
		first.tryEmitValue(0);
		assertThat(CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)))
			.succeedsWithin(java.time.Duration.ofSeconds(60));
	}

}
