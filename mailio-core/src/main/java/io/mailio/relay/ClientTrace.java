/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dialogue of one connection in the log at DEBUG: what we say ({@code C:}) and what
 * the server answers ({@code S:}). Secrets and content are left out: whatever follows the
 * mechanism of AUTH, challenges, responses and content.
 */
final class ClientTrace {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.trace.client");

	private static final String MASKED = "****";

	private final String id;

	private ClientTrace(String id) {
		this.id = id;
	}

	/** The trace of a connection, {@code null} if nobody reads it. */
	static @Nullable ClientTrace of(String id, SmtpTarget target) {
		if (!logger.isDebugEnabled()) {
			return null;
		}
		ClientTrace trace = new ClientTrace(id);
		trace.event("connecting to " + target.display());
		return trace;
	}

	/** A command without secrets. */
	void command(String line) {
		log("C: ", line);
	}

	/** AUTH with this mechanism, and perhaps an initial response. */
	void login(String mechanism, boolean initialResponse) {
		log("C: ", "AUTH " + mechanism + (initialResponse ? " " + MASKED : ""));
	}

	/** A response to a challenge. */
	void response() {
		log("C: ", MASKED);
	}

	/** Some content, or its end. */
	void content(int octets) {
		log("C: ", MASKED + " (" + octets + " octets of content)");
	}

	/** The server answers. */
	void reply(Reply reply) {
		log("S: ", (reply.code() == 334) ? "334 " + MASKED : reply.toString());
	}

	/** Something happens to the connection. */
	void event(String text) {
		log("-- ", text);
	}

	private void log(String mark, String text) {
		logger.debug("{} {}{}", this.id, mark, Printable.of(text));
	}

}
