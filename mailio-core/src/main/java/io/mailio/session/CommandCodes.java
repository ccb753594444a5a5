/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The reply codes of the commands of one session, the latest of each. There are few, and
 * they change with every command: two small arrays do better than a map.
 */
final class CommandCodes {

	/** Commands that belong to a transaction and are forgotten with it. */
	static final Set<String> TRANSACTION = Set.of("mail", "rcpt", "data", "queue");

	/** What is not forgotten when TLS begins: the client has said nothing in these. */
	static final Set<String> CONNECTION = Set.of("connect", "starttls");

	private String[] commands = new String[0];

	private short[] codes = new short[0];

	private int size;

	void put(String command, int code) {
		int index = indexOf(command);
		if (index < 0) {
			index = this.size++;
			if (index == this.commands.length) {
				this.commands = Arrays.copyOf(this.commands, index + 4);
				this.codes = Arrays.copyOf(this.codes, index + 4);
			}
			this.commands[index] = command;
		}
		this.codes[index] = (short) code;
	}

	void remove(String command) {
		int index = indexOf(command);
		if (index >= 0) {
			removeAt(index);
		}
	}

	/** The transaction is over: its commands are forgotten. */
	void endTransaction() {
		removeIf((command) -> TRANSACTION.contains(command));
	}

	/** TLS has begun: all commands before it are forgotten. */
	void beginAnew() {
		removeIf((command) -> !CONNECTION.contains(command));
	}

	Map<String, Integer> asMap() {
		Map<String, Integer> map = new LinkedHashMap<>();
		for (int i = 0; i < this.size; i++) {
			map.put(this.commands[i], (int) this.codes[i]);
		}
		return Collections.unmodifiableMap(map);
	}

	private int indexOf(String command) {
		for (int i = 0; i < this.size; i++) {
			if (this.commands[i].equals(command)) {
				return i;
			}
		}
		return -1;
	}

	private void removeIf(Predicate<String> forgotten) {
		for (int i = this.size - 1; i >= 0; i--) {
			if (forgotten.test(this.commands[i])) {
				removeAt(i);
			}
		}
	}

	private void removeAt(int index) {
		this.size--;
		this.commands[index] = this.commands[this.size];
		this.codes[index] = this.codes[this.size];
	}

}
