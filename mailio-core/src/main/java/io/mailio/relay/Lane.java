/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What goes to one destination, and how fast. Trouble there halves the number of messages
 * under way, each success adds one again; a destination that cannot be reached is left
 * alone for a while, and then asked by a single message; so is one that takes nothing
 * even from a single one. Guarded by the lock of the relay.
 */
final class Lane {

	/** How many messages that wait elsewhere in the queue may wait to be let in. */
	private static final int MAX_GUESTS = 1000;

	/** Its own messages wait for so many milliseconds more with each one turned away. */
	private static final long TURNED_AWAY_STEP = 100;

	private static final long TURNED_AWAY_MOST = 60_000;

	/** The same after a fault of ours. */
	private static final long HINDERED_STEP = 10_000;

	private static final long HINDERED_MOST = 60_000;

	private final String destination;

	private final RelayOptions options;

	private int active;

	private int allowed;

	/** How often it could not be reached, since it was reached last. */
	private int unreachable;

	private Instant pausedUntil = Instant.MIN;

	/** How often a fault of ours has kept its messages back, one after another. */
	private int hindrances;

	private Instant hinderedUntil = Instant.MIN;

	/** How often its own messages have found no room where they go, one after another. */
	private int turnedAway;

	/** Until when its own messages wait because of that. */
	private Instant turnedAwayUntil = Instant.MIN;

	/** Whether the next place is that of a message of its own, if there is one. */
	private boolean ownTurn;

	/** Whether the queue may have something for it. */
	private boolean work;

	/** How often the queue has said so. */
	private int announcements;

	/** Whether it waits for its turn. */
	private boolean lined;

	/** Messages that wait elsewhere in the queue, and are to be sent here this time. */
	private final Deque<CompletableFuture<Boolean>> guests = new ArrayDeque<>();

	/** The end of the pause that it waits for; {@code null} if it does not. */
	private @Nullable Instant parkedUntil;

	Lane(String destination, RelayOptions options) {
		this.destination = destination;
		this.options = options;
		this.allowed = options.destinationConcurrency();
	}

	String destination() {
		return this.destination;
	}

	/** The queue has something for it. */
	void announced() {
		this.work = true;
		this.announcements++;
	}

	int announcements() {
		return this.announcements;
	}

	/**
	 * The queue has had nothing, unless it has announced something since it was asked.
	 */
	void exhausted(int announcementsBefore) {
		if (this.announcements == announcementsBefore) {
			this.work = false;
		}
	}

	boolean isLined() {
		return this.lined;
	}

	void lined(boolean lined) {
		this.lined = lined;
	}

	@Nullable Instant parkedUntil() {
		return this.parkedUntil;
	}

	void parkedUntil(@Nullable Instant parkedUntil) {
		this.parkedUntil = parkedUntil;
	}

	/** Whether another message of its own may be begun. */
	boolean isOpen(Instant now) {
		return hasOwn(now) && hasRoom(now);
	}

	private boolean hasOwn(Instant now) {
		return this.work && !now.isBefore(this.turnedAwayUntil);
	}

	private boolean hasRoom(Instant now) {
		return this.active < this.allowed && !now.isBefore(this.pausedUntil);
	}

	/** How many messages are under way. */
	int active() {
		return this.active;
	}

	/** Whether no more may wait to be let in. */
	boolean isCrowded() {
		return this.guests.size() >= MAX_GUESTS;
	}

	/**
	 * A message comes from elsewhere.
	 * @return completes with whether it may be begun, or need not try
	 */
	CompletableFuture<Boolean> guest() {
		CompletableFuture<Boolean> guest = new CompletableFuture<>();
		this.guests.addLast(guest);
		return guest;
	}

	/**
	 * Lets in those guests that may be begun now, in turn with messages of its own; sends
	 * away those who need not try, as nobody was there a moment ago.
	 * @param stopped whether nothing is begun any more
	 * @return what is to be done without the lock
	 */
	List<Runnable> admit(Instant now, boolean stopped) {
		List<Runnable> admitted = new ArrayList<>();
		while (!this.guests.isEmpty()) {
			boolean vain = stopped || (isUnreachable() && now.isBefore(this.pausedUntil));
			if (!vain && (!hasRoom(now) || (this.ownTurn && hasOwn(now)))) {
				break;
			}
			CompletableFuture<Boolean> guest = this.guests.removeFirst();
			if (!vain) {
				begin(now);
				this.ownTurn = true;
			}
			admitted.add(() -> guest.complete(!vain));
		}
		return admitted;
	}

	/** When another one may be begun, if that is only a matter of time. */
	Instant pausedUntil(Instant now) {
		return now.isBefore(this.pausedUntil) ? this.pausedUntil : this.turnedAwayUntil;
	}

	boolean isPaused(Instant now) {
		if (this.active >= this.allowed || !this.work && this.guests.isEmpty()) {
			return false;
		}
		return now.isBefore(this.pausedUntil) || this.work && now.isBefore(this.turnedAwayUntil);
	}

	/** A message of its own is begun. */
	void begun(Instant now) {
		begin(now);
		this.ownTurn = false;
	}

	private void begin(Instant now) {
		this.active++;
		if (this.options.messagesPerMinute() > 0) {
			pause(now.plus(Duration.ofMinutes(1).dividedBy(this.options.messagesPerMinute())));
		}
	}

	private void pause(Instant until) {
		if (until.isAfter(this.pausedUntil)) {
			this.pausedUntil = until;
		}
	}

	void ended() {
		this.active--;
	}

	boolean isUnreachable() {
		return this.unreachable > 0;
	}

	/**
	 * A server there could have taken a message.
	 * @param troubled whether it has asked for patience
	 */
	void reached(boolean troubled) {
		this.unreachable = 0;
		this.allowed = troubled ? Math.max(1, this.allowed / 2)
				: Math.min(this.options.destinationConcurrency(), this.allowed + 1);
	}

	/**
	 * A server there takes nothing at present: fewer ask it, and if it says so to a
	 * single one, nobody does for a while.
	 * @return whether it is left alone from now on
	 */
	boolean turnedDown(Instant now) {
		if (this.allowed > 1) {
			this.allowed /= 2;
			return false;
		}
		return unreached(now);
	}

	/**
	 * Nobody was there.
	 * @return whether it is left alone from now on
	 */
	boolean unreached(Instant now) {
		this.allowed = 1;
		if (now.isBefore(this.pausedUntil) && this.unreachable > 0) {
			// Others that were under way tell the same.
			return false;
		}
		this.unreachable = Math.min(this.unreachable + 1, 1000);
		long millis = Math.min(this.options.retry().longest().toMillis(),
				this.options.retry().base().toMillis() * this.unreachable * this.unreachable);
		pause(now.plusMillis(millis));
		return true;
	}

	/**
	 * A fault of ours has kept a message back, which says nothing about the destination:
	 * the others wait for a moment, too.
	 * @return whether they do from now on
	 */
	boolean hindered(Instant now) {
		if (now.isBefore(this.hinderedUntil)) {
			return false;
		}
		this.hindrances = Math.min(this.hindrances + 1, 1000);
		long step = Math.min(this.options.retry().base().toMillis(), HINDERED_STEP);
		this.hinderedUntil = now.plusMillis(Math.min(step * this.hindrances, HINDERED_MOST));
		pause(this.hinderedUntil);
		return true;
	}

	/**
	 * A message of its own was sent to another lane, where too many wait. If that goes on
	 * and on, the others need not be asked where they go, one after another.
	 */
	void turnedAway(Instant now) {
		this.turnedAway++;
		long millis = Math.min(this.turnedAway * TURNED_AWAY_STEP, this.options.retry().longest().toMillis());
		this.turnedAwayUntil = now.plusMillis(Math.min(millis, TURNED_AWAY_MOST));
	}

	/** A message of its own has got somewhere. */
	void departed() {
		this.turnedAway = 0;
		this.hindrances = 0;
	}

	/** Somebody knows better: it is tried at once. */
	void unpaused() {
		this.pausedUntil = Instant.MIN;
		this.turnedAwayUntil = Instant.MIN;
		this.hinderedUntil = Instant.MIN;
	}

	private boolean isEmpty() {
		return this.active == 0 && !this.work && !this.lined && this.parkedUntil == null && this.guests.isEmpty();
	}

	/** Whether its troubles are so long ago that they say nothing any more. */
	boolean isStale(Instant now) {
		return isEmpty() && (this.pausedUntil == Instant.MIN
				|| now.isAfter(this.pausedUntil.plus(this.options.retry().longest())));
	}

	/** Whether there is no reason to remember it. */
	boolean isForgettable(Instant now) {
		return isEmpty() && this.unreachable == 0 && this.allowed == this.options.destinationConcurrency()
				&& !now.isBefore(this.pausedUntil);
	}

}
