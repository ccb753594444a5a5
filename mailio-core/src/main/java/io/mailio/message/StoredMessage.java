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
import java.util.function.IntPredicate;

import org.apache.james.mime4j.dom.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message put together from our trace header and the content the client sent. The
 * engine makes one when the content is complete and releases it when the {@code queue}
 * handlers have answered. Safe for use by several threads.
 *
 * <p>
 * Handlers of ours change its header: what is read afterwards is the message as changed,
 * while the content stays where it is.
 */
public final class StoredMessage implements ReceivedMessage {

	private final Content content;

	/** Replaced when the header changes. */
	private volatile Head head;

	/** What the client has sent; {@code null} as long as nobody wants it. */
	private volatile @Nullable HeaderSection sent;

	/** Held while the structure is parsed; {@code null} as long as nobody wants it. */
	private volatile @Nullable ReentrantLock parsing;

	private @Nullable MimeStructure mime;

	/** The header that the structure was parsed with. */
	private @Nullable Head mimeHead;

	private volatile boolean released;

	/**
	 * Takes both over.
	 * @param traceHeader complete header fields, each with its CRLF; see
	 * {@link TraceHeader}
	 * @param content the content, released with this message
	 */
	public StoredMessage(byte[] traceHeader, Content content) {
		this.content = content;
		this.head = new Head(traceHeader, null, 0);
	}

	/**
	 * The same content with more fields behind the trace header. Only one of the two is
	 * released.
	 * @param fields complete header fields, each with its CRLF, or the empty line behind
	 * them
	 */
	public StoredMessage withFields(byte[] fields) {
		return (fields.length != 0) ? new StoredMessage(joined(this.head.ours, fields), this.content) : this;
	}

	private static byte[] joined(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/** Whether the content can be read: somebody has said that he wants it. */
	public boolean isKept() {
		return !(this.content instanceof CountedContent);
	}

	/**
	 * The header section that the client has sent, without the fields that were removed.
	 * Empty if all that it has sent is body. Does not block if a {@link ContentBuffer}
	 * has gathered the content, wherever it lies now.
	 * @throws IOException if the content cannot be read, or is gone
	 */
	public HeaderSection clientFields() throws IOException {
		return clientFields(this.head);
	}

	private HeaderSection clientFields(Head head) throws IOException {
		if (head.theirs != null) {
			return head.theirs;
		}
		if (head.endsHeader()) {
			return HeaderSection.EMPTY;
		}
		HeaderSection sent = this.sent;
		if (sent == null) {
			sent = HeaderSection.of(this.content);
			this.sent = sent;
		}
		return sent;
	}

	/**
	 * Removes fields that the client has sent. Blocks no more than
	 * {@link #clientFields()}.
	 * @param unwanted their places in {@link #clientFields()}
	 * @throws IOException if the content cannot be read, or is gone
	 */
	public synchronized void removeClientFields(IntPredicate unwanted) throws IOException {
		Head before = this.head;
		HeaderSection fields = clientFields(before);
		HeaderSection left = fields.without(unwanted);
		if (left != fields) {
			int replaced = (before.theirs != null) ? before.replaced : fields.octets().length;
			this.head = new Head(before.ours, left, replaced);
		}
	}

	/**
	 * Puts fields before all others.
	 * @param fields complete header fields, each with its CRLF
	 */
	public synchronized void addFirst(byte[] fields) {
		Head before = this.head;
		this.head = new Head(joined(fields, before.ours), before.theirs, before.replaced);
	}

	@Override
	public long size() {
		Head head = this.head;
		return head.octets.length + this.content.size() - head.replaced;
	}

	@Override
	public boolean isInMemory() {
		return this.content.isInMemory();
	}

	@Override
	public InputStream openStream() throws IOException {
		return openStream(this.head);
	}

	private InputStream openStream(Head head) throws IOException {
		InputStream in = this.content.openStream();
		try {
			in.skipNBytes(head.replaced);
			return new PrefixedStream(head.octets, in);
		}
		catch (IOException ex) {
			in.close();
			throw ex;
		}
	}

	@Override
	public Headers headers() {
		Head head = this.head;
		HeaderFields fields = head.fields;
		if (fields == null) {
			try {
				fields = new HeaderFields(HeaderSection.of(head.ours, head.ours.length), clientFields(head));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			head.fields = fields;
		}
		return fields;
	}

	@Override
	public Message mime() throws IOException {
		ReentrantLock parsing = parsing();
		parsing.lock();
		try {
			if (this.released) {
				throw new IOException("The content of the message was released");
			}
			Head head = this.head;
			if (this.mimeHead != head) {
				releaseMime();
			}
			MimeStructure mime = this.mime;
			if (mime == null) {
				try (InputStream in = openStream(head)) {
					mime = MimeStructure.parse(in, this.content);
				}
				this.mime = mime;
				this.mimeHead = head;
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
				releaseMime();
			}
			finally {
				parsing.unlock();
			}
		}
	}

	private void releaseMime() {
		if (this.mime != null) {
			this.mime.release();
			this.mime = null;
		}
	}

	/** What stands before the content, in the place of its first octets or of none. */
	private static final class Head {

		/** Our fields, perhaps with the empty line behind them. */
		private final byte[] ours;

		/** What is left of the client's; {@code null} for all. */
		private final @Nullable HeaderSection theirs;

		/** How many octets of the content are not read any more. */
		private final int replaced;

		/** All of it. */
		private final byte[] octets;

		private volatile @Nullable HeaderFields fields;

		Head(byte[] ours, @Nullable HeaderSection theirs, int replaced) {
			this.ours = ours;
			this.theirs = theirs;
			this.replaced = replaced;
			this.octets = (theirs != null) ? joined(ours, theirs.octets()) : ours;
		}

		/** Whether an empty line follows our fields: the content is all body, then. */
		boolean endsHeader() {
			int end = this.ours.length;
			return end >= 4 && this.ours[end - 1] == '\n' && this.ours[end - 3] == '\n';
		}

	}

}
