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

/**
 * The reply codes of the commands of one session, the latest of each. Those of a
 * transaction change with every message and have their places; of others there are few,
 * and two small arrays do better than a map.
 */
final class CommandCodes {

	/** Commands that belong to a transaction and are forgotten with it. */
	static final Set<String> TRANSACTION = Set.of("mail", "rcpt", "data", "queue");

	/** What is not forgotten when TLS begins: the client has said nothing in these. */
	static final Set<String> CONNECTION = Set.of("connect", "starttls");

	/** Zero for a command that has none. */
	private short mail;

	private short rcpt;

	private short data;

	private short queue;

	private String[] commands = new String[0];

	private short[] codes = new short[0];

	private int size;

	/** Whether there ever was any: most sessions never are refused anything. */
	private boolean used;

	void put(String command, int code) {
		this.used = true;
		set(command, (short) code);
	}

	void remove(String command) {
		if (this.used) {
			set(command, (short) 0);
		}
	}

	private void set(String command, short code) {
		switch (command) {
			case "mail" -> this.mail = code;
			case "rcpt" -> this.rcpt = code;
			case "data" -> this.data = code;
			case "queue" -> this.queue = code;
			default -> setOther(command, code);
		}
	}

	private void setOther(String command, short code) {
		int index = indexOf(command);
		if (code == 0) {
			removeAt(index);
			return;
		}
		if (index == this.size) {
			if (index == this.commands.length) {
				this.commands = Arrays.copyOf(this.commands, index + 4);
				this.codes = Arrays.copyOf(this.codes, index + 4);
			}
			this.commands[index] = command;
			this.size++;
		}
		this.codes[index] = code;
	}

	/** The transaction is over: its commands are forgotten. */
	void endTransaction() {
		this.mail = 0;
		this.rcpt = 0;
		this.data = 0;
		this.queue = 0;
	}

	/** TLS has begun: all commands before it are forgotten. */
	void beginAnew() {
		endTransaction();
		for (int i = this.size - 1; i >= 0; i--) {
			if (!CONNECTION.contains(this.commands[i])) {
				removeAt(i);
			}
		}
	}

	Map<String, Integer> asMap() {
		Map<String, Integer> map = new LinkedHashMap<>();
		for (int i = 0; i < this.size; i++) {
			map.put(this.commands[i], (int) this.codes[i]);
		}
		putIfAny(map, "mail", this.mail);
		putIfAny(map, "rcpt", this.rcpt);
		putIfAny(map, "data", this.data);
		putIfAny(map, "queue", this.queue);
		return Collections.unmodifiableMap(map);
	}

	private static void putIfAny(Map<String, Integer> map, String command, short code) {
		if (code != 0) {
			map.put(command, (int) code);
		}
	}

	/** Its size if the command is not there. */
	private int indexOf(String command) {
		int index = 0;
		while (index < this.size && !this.commands[index].equals(command)) {
			index++;
		}
		return index;
	}

	private void removeAt(int index) {
		if (index < this.size) {
			this.size--;
			this.commands[index] = this.commands[this.size];
			this.codes[index] = this.codes[this.size];
		}
	}

}
