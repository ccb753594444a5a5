/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.field.LenientFieldParser;
import org.apache.james.mime4j.message.DefaultBodyDescriptorBuilder;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.BodyDescriptorBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.RawField;

/**
 * Counts what the parser does not limit: how deep entities are nested (each level makes
 * reading the innermost one slower), how many there are, and how many header fields they
 * have in total (a few octets of each become a few hundred on the heap). The parser asks
 * for one of these per entity.
 */
final class MimeLimits implements BodyDescriptorBuilder {

	static final int MAX_DEPTH = 32;

	static final int MAX_ENTITIES = 10_000;

	static final int MAX_FIELDS = 100_000;

	/**
	 * The parser's own exceptions are checked ones, which {@code newChild} cannot throw.
	 */
	static final class ExceededException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ExceededException(String message) {
			super(message);
		}

	}

	private static final class Counts {

		private int entities;

		private int fields;

	}

	private final BodyDescriptorBuilder delegate;

	private final Counts counts;

	private final int depth;

	MimeLimits() {
		this(new DefaultBodyDescriptorBuilder(null, LenientFieldParser.getParser(), DecodeMonitor.SILENT), new Counts(),
				0);
	}

	private MimeLimits(BodyDescriptorBuilder delegate, Counts counts, int depth) {
		this.delegate = delegate;
		this.counts = counts;
		this.depth = depth;
	}

	@Override
	public void reset() {
		this.delegate.reset();
	}

	@Override
	public Field addField(RawField field) throws MimeException {
		if (++this.counts.fields > MAX_FIELDS) {
			throw new ExceededException("The message has more than " + MAX_FIELDS + " header fields");
		}
		return this.delegate.addField(field);
	}

	@Override
	public BodyDescriptor build() {
		return this.delegate.build();
	}

	@Override
	public BodyDescriptorBuilder newChild() {
		if (this.depth == MAX_DEPTH) {
			throw new ExceededException("The message nests MIME entities more than " + MAX_DEPTH + " deep");
		}
		if (++this.counts.entities > MAX_ENTITIES) {
			throw new ExceededException("The message has more than " + MAX_ENTITIES + " MIME entities");
		}
		return new MimeLimits(this.delegate.newChild(), this.counts, this.depth + 1);
	}

}
