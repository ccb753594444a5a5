/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The parts that the index is made of, beside the collections of the JDK. */
class IndexTests {

	private final long seed = Long.getLong("mailio.queue.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	private static final class Due extends DueHeap.Item {

		private final long due;

		Due(long due) {
			this.due = due;
		}

		@Override
		long due() {
			return this.due;
		}

	}

	/** Mostly in order, as messages come. */
	@Test
	void aHeapGivesWhatIsDueFirst() {
		DueHeap<Due> heap = new DueHeap<>();
		PriorityQueue<Long> expected = new PriorityQueue<>();
		List<Due> standing = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			int chance = this.random.nextInt(10);
			if (chance < 5 || standing.isEmpty()) {
				Due one = new Due((chance < 4) ? i : this.random.nextInt(20_000));
				boolean changesNothing = heap.isLast(one);
				Due first = heap.first();
				heap.add(one);
				assertThat(!changesNothing || heap.first() == first).as("seed %d", this.seed).isTrue();
				standing.add(one);
				expected.add(one.due());
			}
			else {
				Due gone = (chance < 8) ? heap.first() : standing.get(this.random.nextInt(standing.size()));
				heap.remove(gone);
				standing.remove(gone);
				expected.remove(gone.due());
			}
			assertThat(heap.size()).isEqualTo(expected.size());
			Due first = heap.first();
			assertThat((first != null) ? first.due() : null).as("seed %d", this.seed).isEqualTo(expected.peek());
		}
	}

	@Test
	void aTableFindsMessagesByName() {
		MessageTable table = new MessageTable();
		Map<Long, IndexedMessage> expected = new HashMap<>();
		for (int i = 0; i < 50_000; i++) {
			// Grows, then shrinks.
			long id = ((long) this.random.nextInt(20_000) << 16) + this.random.nextInt(3);
			IndexedMessage known = expected.get(id);
			assertThat(table.get(id)).as("seed %d", this.seed).isSameAs(known);
			if (known == null && this.random.nextInt(50_000) > i) {
				IndexedMessage message = new IndexedMessage(id, 0, 0, false, null, 0, 0);
				table.add(message);
				expected.put(id, message);
			}
			else if (known != null) {
				assertThat(table.remove(known)).isTrue();
				assertThat(table.remove(known)).isFalse();
				expected.remove(id);
			}
			assertThat(table.size()).isEqualTo(expected.size());
		}
		assertThat(table.stream()).containsExactlyInAnyOrderElementsOf(expected.values());
		expected.values().forEach((message) -> assertThat(table.remove(message)).isTrue());
		assertThat(table.stream()).isEmpty();
	}

}
