/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Things in the order of the time when they are due, the earliest first. Each knows its
 * place, so that it can be taken out or moved without a search. A thing stands in one
 * heap at most.
 *
 * @param <T> what stands here
 */
final class DueHeap<T extends DueHeap.Item> {

	/** What can stand in a heap. */
	abstract static class Item {

		private static final int NOWHERE = -1;

		private int place = NOWHERE;

		/** Milliseconds; must not change while this stands in a heap. */
		abstract long due();

		boolean stands() {
			return this.place != NOWHERE;
		}

	}

	private Item[] items = new Item[4];

	private int size;

	/** Nothing here is due later; unless there is nothing. */
	private long latest;

	int size() {
		return this.size;
	}

	@SuppressWarnings("unchecked")
	@Nullable T first() {
		return (this.size > 0) ? (T) this.items[0] : null;
	}

	/**
	 * Whether it would change nothing for those that stand here, of which there are some.
	 */
	boolean isLast(T item) {
		return this.size > 0 && item.due() >= this.latest;
	}

	void add(T item) {
		if (this.size == this.items.length) {
			this.items = Arrays.copyOf(this.items, this.size + (this.size >> 1) + 1);
		}
		if (this.size == 0 || item.due() >= this.latest) {
			// Most come in order, and then nobody else is looked at.
			this.latest = item.due();
			put(this.size, item);
		}
		else {
			up(this.size, item);
		}
		this.size++;
	}

	/** Does nothing if it does not stand here. */
	void remove(T item) {
		if (!item.stands()) {
			return;
		}
		int place = ((Item) item).place;
		((Item) item).place = Item.NOWHERE;
		this.size--;
		Item last = this.items[this.size];
		this.items[this.size] = null;
		if (place < this.size) {
			down(place, last);
			if (last.place == place) {
				up(place, last);
			}
		}
		shrink();
	}

	/** How many are due by now: only those are looked at, and the ones behind them. */
	int countDue(long now) {
		return countDue(0, now);
	}

	private int countDue(int place, long now) {
		if (place >= this.size || this.items[place].due() > now) {
			return 0;
		}
		return 1 + countDue(2 * place + 1, now) + countDue(2 * place + 2, now);
	}

	/** A burst of a million must not hold memory for ever. */
	private void shrink() {
		if (this.items.length > 16 && this.size < this.items.length / 4) {
			this.items = Arrays.copyOf(this.items, this.items.length / 2);
		}
	}

	private void up(int from, Item item) {
		int place = from;
		while (place > 0) {
			int parent = (place - 1) >>> 1;
			if (this.items[parent].due() <= item.due()) {
				break;
			}
			put(place, this.items[parent]);
			place = parent;
		}
		put(place, item);
	}

	private void down(int from, Item item) {
		int place = from;
		for (int child = 2 * place + 1; child < this.size; child = 2 * place + 1) {
			if (child + 1 < this.size && this.items[child + 1].due() < this.items[child].due()) {
				child++;
			}
			if (item.due() <= this.items[child].due()) {
				break;
			}
			put(place, this.items[child]);
			place = child;
		}
		put(place, item);
	}

	private void put(int place, Item item) {
		this.items[place] = item;
		item.place = place;
	}

}
