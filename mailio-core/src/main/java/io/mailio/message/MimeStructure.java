/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;

import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

/**
 * A message parsed by apache-mime4j, within limits, together with the file that its large
 * bodies may lie in.
 *
 * @param message the message
 * @param bodies where its bodies are
 */
record MimeStructure(Message message, MimeBodies bodies) {

	private static final int MAX_LINE = 1024 * 1024;

	private static final int MAX_HEADER = 1024 * 1024;

	/** Of one entity; {@link MimeLimits} counts those of all. */
	private static final int MAX_HEADER_COUNT = 10_000;

	static MimeStructure parse(InputStream in, Content content) throws IOException {
		MimeBodies bodies = (content instanceof FileContent file)
				? new MimeBodies(file.memoryThreshold(), file.directory(), file.io()) : new MimeBodies();
		try {
			DefaultMessageBuilder builder = new DefaultMessageBuilder();
			builder.setMimeEntityConfig(MimeConfig.custom()
				.setMaxLineLen(MAX_LINE)
				.setMaxHeaderLen(MAX_HEADER)
				.setMaxHeaderCount(MAX_HEADER_COUNT)
				.build());
			builder.setBodyDescriptorBuilder(new MimeLimits());
			builder.setBodyFactory(bodies);
			return new MimeStructure(builder.parseMessage(in), bodies);
		}
		catch (IOException ex) {
			bodies.release();
			throw ex;
		}
		catch (MimeLimits.ExceededException ex) {
			bodies.release();
			throw new IOException(ex.getMessage(), ex);
		}
		catch (RuntimeException ex) {
			bodies.release();
			throw new IOException("The MIME structure of the message could not be parsed", ex);
		}
	}

	void release() {
		this.bodies.release();
	}

}
