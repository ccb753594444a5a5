/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.ContentNeed;
import io.mailio.handler.Decision;
import io.mailio.handler.KeepsNoMail;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.message.HeaderSection;
import io.mailio.message.ReceivedMessage;
import io.mailio.message.StoredMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * {@code queue/headers}: bounds the header of a message and takes out what only we may
 * have written. Too many fields, or one that is too large, are 552 5.3.4; a message that
 * has passed through too many servers goes round in a circle (RFC 5321 section 6.3) and
 * is 554 5.4.6. {@code Authentication-Results} that bear one of our names are removed
 * (RFC 8601 section 5): the handlers behind this one, the mailboxes and the servers that
 * the message is sent to do not see them.
 *
 * <p>
 * What nobody keeps is not looked at. Does not block; safe for use by several threads.
 */
public final class Headers implements CommandHandler, ContentNeed, KeepsNoMail {

	private static final String RESULTS = "Authentication-Results";

	private final HeadersOptions options;

	private final Meters meters;

	/**
	 * Bounds headers.
	 * @param options how
	 * @param meters are told of what is refused and removed
	 */
	public Headers(HeadersOptions options, Meters meters) {
		this.options = options;
		this.meters = meters;
	}

	@Override
	public boolean needsContent(SmtpSession session) {
		return false;
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) throws IOException {
		if (!(req.message() instanceof StoredMessage message) || !message.isKept()) {
			return res.accept();
		}
		HeaderSection fields = message.clientFields();
		Reply refusal = refusal(message, fields);
		if (refusal != null) {
			this.meters.count(MeterName.HEADERS_REFUSED);
			return res.reject(refusal);
		}
		if (this.options.removeForgedResults()) {
			removeForged(message, fields, req.session().server(), res);
		}
		return res.accept();
	}

	private @Nullable Reply refusal(StoredMessage message, HeaderSection fields) {
		if (!fields.isComplete()) {
			return Replies.HEADER_TOO_LARGE;
		}
		if (fields.count() > this.options.maxFields()) {
			return Replies.TOO_MANY_HEADER_FIELDS;
		}
		if (this.options.removeForgedResults() && fields.hasBareCr()) {
			return Replies.BARE_NEWLINE;
		}
		for (int field = 0; field < fields.count(); field++) {
			if (fields.size(field) > this.options.maxFieldSize()) {
				return Replies.HEADER_FIELD_TOO_LARGE;
			}
		}
		return (hops(message) > this.options.maxHops()) ? Replies.TOO_MANY_HOPS : null;
	}

	/** Through how many servers a message has passed, ours included. */
	static int hops(ReceivedMessage message) {
		return message.headers().count("Received");
	}

	private void removeForged(StoredMessage message, HeaderSection fields, ServerInfo server, SmtpResponse res)
			throws IOException {
		int forged = 0;
		for (int field = 0; field < fields.count(); field++) {
			if (isForged(fields, field, server)) {
				forged++;
			}
		}
		if (forged > 0) {
			message.removeClientFields((field) -> isForged(fields, field, server));
			res.set(new RemovedFields(forged));
			this.meters.count(MeterName.HEADERS_FORGED);
		}
	}

	private static boolean isForged(HeaderSection fields, int field, ServerInfo server) {
		return fields.isNamed(field, RESULTS) && AuthservId.isOurs(fields.value(field), server);
	}

}
