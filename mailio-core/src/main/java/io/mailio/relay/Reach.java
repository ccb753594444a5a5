/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

/**
 * How far an attempt has come with a destination: what it says about those who are there,
 * whatever it says about the message. The order is that of getting further.
 */
enum Reach {

	/** Nobody could be spoken to, or not in the way that we insist on. */
	NOBODY,

	/** Somebody is there, and takes nothing from anybody at present. */
	TURNED_DOWN,

	/** The message was talked about, or would have been if it could be sent there. */
	TALKED;

	private static final int SERVICE_NOT_AVAILABLE = 421;

	/** How far it has come with one host. */
	static Reach of(Verdict verdict) {
		boolean temporary = verdict.kind() == Verdict.Kind.TEMPORARY;
		if (verdict.fromServer() && temporary
				&& (verdict.phase().isOpening() || verdict.reply().code() == SERVICE_NOT_AVAILABLE)) {
			return TURNED_DOWN;
		}
		return (temporary && verdict.phase().isOpening()) ? NOBODY : TALKED;
	}

	Reach furthest(Reach other) {
		return (compareTo(other) < 0) ? other : this;
	}

}
