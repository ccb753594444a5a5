/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names for the files of a maildir, by its convention: seconds, then microseconds,
 * process and a number within the process, then the host, then the size of the file, for
 * example {@code 1780000000.M123456P42Q7.mx.example.com,S=1234}. Safe for use by several
 * threads.
 */
final class MaildirFileNames {

	/** Leaves room for the size, and for the flags that mail programs add. */
	private static final int LONGEST = 192;

	private static final long PROCESS = ProcessHandle.current().pid();

	private static final AtomicLong SEQUENCE = new AtomicLong();

	private MaildirFileNames() {
	}

	static String next(String host, long size) {
		Instant now = Instant.now();
		StringBuilder name = new StringBuilder(host.length() + 64);
		name.append(now.getEpochSecond()).append(".M").append(now.getNano() / 1000);
		name.append('P').append(PROCESS).append('Q').append(SEQUENCE.incrementAndGet());
		name.append('.');
		appendEscaped(name, host);
		return name.append(",S=").append(size).toString();
	}

	/**
	 * A slash would begin another directory, a colon the flags, a comma the size; they
	 * are written as {@code \057}, {@code \072} and {@code \054}.
	 */
	private static void appendEscaped(StringBuilder name, String host) {
		for (int i = 0; i < host.length() && name.length() < LONGEST; i++) {
			char c = host.charAt(i);
			boolean plain = c > ' ' && c < 0x7f && c != '/' && c != ':' && c != ',' && c != '\\';
			if (plain) {
				name.append(c);
			}
			else {
				name.append('\\').append("%03o".formatted((int) c));
			}
		}
	}

}
