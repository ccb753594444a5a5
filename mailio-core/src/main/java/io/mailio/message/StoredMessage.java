/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.james.mime4j.dom.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message put together from our trace header and the content the client sent. The
 * engine makes one when the content is complete and releases it when the {@code queue}
 * handlers have answered. Safe for use by several threads.
 */
public final class StoredMessage implements ReceivedMessage {

	private final byte[] traceHeader;

	private final Content content;

	/** Held while the structure is parsed; {@code null} as long as nobody wants it. */
	private volatile @Nullable ReentrantLock parsing;

	private volatile @Nullable HeaderFields headers;

	private @Nullable MimeStructure mime;

	private volatile boolean released;

	/**
	 * Takes both over.
	 * @param traceHeader complete header fields, each with its CRLF; see
	 * {@link TraceHeader}
	 * @param content the content, released with this message
	 */
	public StoredMessage(byte[] traceHeader, Content content) {
		this.traceHeader = traceHeader;
		this.content = content;
	}

	/**
	 * The same content with more fields behind the trace header. Only one of the two is
	 * released.
	 * @param fields complete header fields, each with its CRLF, or the empty line behind
	 * them
	 */
	public StoredMessage withFields(byte[] fields) {
		if (fields.length == 0) {
			return this;
		}
		byte[] all = Arrays.copyOf(this.traceHeader, this.traceHeader.length + fields.length);
		System.arraycopy(fields, 0, all, this.traceHeader.length, fields.length);
		return new StoredMessage(all, this.content);
	}

	@Override
	public long size() {
		return this.traceHeader.length + this.content.size();
	}

	@Override
	public InputStream openStream() throws IOException {
		return new PrefixedStream(this.traceHeader, this.content.openStream());
	}

	@Override
	public Headers headers() {
		HeaderFields headers = this.headers;
		if (headers == null) {
			try (InputStream in = openStream()) {
				headers = HeaderFields.read(in);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.headers = headers;
		}
		return headers;
	}

	@Override
	public Message mime() throws IOException {
		ReentrantLock parsing = parsing();
		parsing.lock();
		try {
			if (this.released) {
				throw new IOException("The content of the message was released");
			}
			MimeStructure mime = this.mime;
			if (mime == null) {
				try (InputStream in = openStream()) {
					mime = MimeStructure.parse(in, this.content);
				}
				this.mime = mime;
			}
			return mime.message();
		}
		finally {
			parsing.unlock();
			if (this.released) {
				dropMime();
			}
		}
	}

	private synchronized ReentrantLock parsing() {
		ReentrantLock parsing = this.parsing;
		if (parsing == null) {
			parsing = new ReentrantLock();
			this.parsing = parsing;
		}
		return parsing;
	}

	/**
	 * Gives the content back. Never blocks; does nothing the second time.
	 */
	public void release() {
		this.released = true;
		this.content.release();
		dropMime();
	}

	/** If a handler is still parsing, it does this itself as soon as it has ended. */
	private void dropMime() {
		ReentrantLock parsing = this.parsing;
		if (parsing != null && parsing.tryLock()) {
			try {
				if (this.mime != null) {
					this.mime.release();
					this.mime = null;
				}
			}
			finally {
				parsing.unlock();
			}
		}
	}

}
