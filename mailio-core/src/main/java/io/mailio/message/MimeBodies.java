/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.concurrent.Executor;

import org.apache.james.mime4j.dom.BinaryBody;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.BasicBodyFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the decoded bodies of one parsed message: in memory as long as all of them
 * together fit there, further ones one after the other in a single temporary file.
 *
 * <p>
 * The library's own bodies share recycled arrays: one read after its message was released
 * could show another message. These never do; a body in memory stays what it is, a body
 * in the file is gone and says so.
 */
final class MimeBodies extends BasicBodyFactory {

	private static final int BLOCK = 64 * 1024;

	private final @Nullable Path directory;

	private final Executor io;

	private int memoryLeft;

	private @Nullable TemporaryFile file;

	private long fileEnd;

	/** For content that is in memory itself, so that its bodies fit there too. */
	MimeBodies() {
		super(true);
		this.directory = null;
		this.io = Runnable::run;
		this.memoryLeft = 0;
	}

	MimeBodies(int memory, Path directory, Executor io) {
		super(true);
		this.directory = directory;
		this.io = io;
		this.memoryLeft = memory;
	}

	private record Slice(TemporaryFile file, long position, long length) {

		InputStream open() {
			return this.file.openStream(this.position, this.length);
		}

	}

	@Override
	public TextBody textBody(InputStream in, @Nullable String mimeCharset) throws IOException {
		Charset charset = resolveCharset(mimeCharset);
		byte[] octets = readMemory(in);
		Slice slice = writeRest(octets, in);
		return (slice != null) ? new FileText(slice, charset) : textBody(octets, charset);
	}

	@Override
	public BinaryBody binaryBody(InputStream in) throws IOException {
		byte[] octets = readMemory(in);
		Slice slice = writeRest(octets, in);
		return (slice != null) ? new FileBinary(slice) : binaryBody(octets);
	}

	private byte[] readMemory(InputStream in) throws IOException {
		return (this.directory != null) ? in.readNBytes(this.memoryLeft) : in.readAllBytes();
	}

	/** The place in the file, {@code null} if the first octets were all. */
	private @Nullable Slice writeRest(byte[] first, InputStream in) throws IOException {
		int next = (this.directory != null) ? in.read() : -1;
		if (next < 0 || this.directory == null) {
			this.memoryLeft -= first.length;
			return null;
		}
		if (this.file == null) {
			this.file = TemporaryFile.create(this.directory);
		}
		InputStream head = new ByteArrayInputStream(first);
		InputStream tail = new SequenceInputStream(new ByteArrayInputStream(new byte[] { (byte) next }), in);
		return append(this.file, new SequenceInputStream(head, tail));
	}

	private Slice append(TemporaryFile file, InputStream in) throws IOException {
		long start = this.fileEnd;
		byte[] block = new byte[BLOCK];
		for (int count = in.read(block); count >= 0; count = in.read(block)) {
			file.write(this.fileEnd, block, 0, count);
			this.fileEnd += count;
		}
		return new Slice(file, start, this.fileEnd - start);
	}

	void release() {
		if (this.file != null) {
			FileContent.closeOn(this.io, this.file);
		}
	}

	private static final class FileText extends TextBody {

		private final Slice slice;

		private final Charset charset;

		FileText(Slice slice, Charset charset) {
			this.slice = slice;
			this.charset = charset;
		}

		@Override
		public String getMimeCharset() {
			return this.charset.name();
		}

		@Override
		public Charset getCharset() {
			return this.charset;
		}

		@Override
		public Reader getReader() {
			return new InputStreamReader(getInputStream(), this.charset);
		}

		@Override
		public InputStream getInputStream() {
			return this.slice.open();
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			getInputStream().transferTo(out);
		}

		@Override
		public long size() {
			return this.slice.length();
		}

		@Override
		public SingleBody copy() {
			return new FileText(this.slice, this.charset);
		}

	}

	private static final class FileBinary extends BinaryBody {

		private final Slice slice;

		FileBinary(Slice slice) {
			this.slice = slice;
		}

		@Override
		public InputStream getInputStream() {
			return this.slice.open();
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			getInputStream().transferTo(out);
		}

		@Override
		public long size() {
			return this.slice.length();
		}

		@Override
		public SingleBody copy() {
			return new FileBinary(this.slice);
		}

	}

}
