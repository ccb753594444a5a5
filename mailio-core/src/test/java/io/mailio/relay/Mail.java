/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.mailio.message.Content;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.AddressSyntaxException;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.ParameterException;
import io.mailio.smtp.PathArgument;
import io.mailio.smtp.Recipient;

/** What is sent in tests. */
final class Mail {

	private Mail() {
	}

	/** From a sender to recipients, each of them the argument of MAIL or RCPT. */
	static Envelope envelope(String from, String... to) {
		PathArgument sender = argument("FROM", from);
		List<Recipient> recipients = Arrays.stream(to)
			.map((one) -> argument("TO", one))
			.map((one) -> new Recipient(one.path().mailbox().orElseThrow(), one.parameters()))
			.toList();
		return new Envelope(sender.path(), sender.parameters(), recipients);
	}

	/** An ordinary one. */
	static Envelope envelope() {
		return envelope("<a@client.example>", "<b@example.com>");
	}

	/** To so many recipients. */
	static Envelope envelopeTo(int recipients) {
		String[] to = new String[recipients];
		Arrays.setAll(to, (i) -> "<b" + i + "@example.com>");
		return envelope("<a@client.example>", to);
	}

	private static PathArgument argument(String keyword, String text) {
		try {
			return AddressParser.pathArgument(keyword, keyword + ":" + text, "example.com");
		}
		catch (AddressSyntaxException | ParameterException ex) {
			throw new IllegalArgumentException(text, ex);
		}
	}

	/** Content of these octets (ISO 8859-1). */
	static Octets content(String octets) {
		return new Octets(octets.getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Content that counts who reads it, and can fail. */
	static final class Octets implements Content {

		private final byte[] octets;

		private final AtomicInteger open = new AtomicInteger();

		private volatile long size;

		private volatile int failAt = Integer.MAX_VALUE;

		private volatile boolean released;

		Octets(byte[] octets) {
			this.octets = octets;
			this.size = octets.length;
		}

		/** It says that it has another size than it has. */
		Octets pretending(long size) {
			this.size = size;
			return this;
		}

		/** It cannot be read from there on. */
		Octets failingAt(int index) {
			this.failAt = index;
			return this;
		}

		/** How many streams are open. */
		int open() {
			return this.open.get();
		}

		boolean isReleased() {
			return this.released;
		}

		@Override
		public long size() {
			return this.size;
		}

		@Override
		public InputStream openStream() throws IOException {
			this.open.incrementAndGet();
			return new ByteArrayInputStream(this.octets) {
				@Override
				public synchronized int read(byte[] into, int offset, int length) {
					if (this.pos >= Octets.this.failAt) {
						throw new java.io.UncheckedIOException(new IOException("no such\nsector"));
					}
					return super.read(into, offset, length);
				}

				@Override
				public void close() {
					Octets.this.open.decrementAndGet();
				}
			};
		}

		@Override
		public void release() {
			this.released = true;
		}

	}

}
