/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.Collection;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.ContentNeed;
import io.mailio.handler.Decision;
import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;

/**
 * {@code queue/discard}: takes each message for all its recipients and forgets it. For
 * tests and measurements; off unless switched on. Does not block; safe for use by several
 * threads.
 */
public final class Discard implements CommandHandler, ContentNeed {

	@Override
	public boolean needsContent(SmtpSession session) {
		return false;
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) {
		res.stage(new Forgotten(req.session().envelope()));
		return res.accept();
	}

	private record Forgotten(Envelope envelope) implements Delivery {

		@Override
		public Collection<Mailbox> recipients() {
			return this.envelope.to();
		}

		@Override
		public boolean isBlocking() {
			return false;
		}

		@Override
		public void commit() {
		}

		@Override
		public void rollback() {
		}

	}

}
