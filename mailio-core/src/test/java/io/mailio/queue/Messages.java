/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/** Messages for tests. */
public final class Messages {

	private static final Reply OK = new Reply(250, "2.0.0 OK");

	private Messages() {
	}

	/** A message for some recipients, each of which waits for its domain. */
	public static NewMessage message(String content, String... recipients) {
		return message(content.getBytes(StandardCharsets.ISO_8859_1), null, recipients);
	}

	/** A message that may be sent later. */
	public static NewMessage message(byte[] content, @Nullable Instant notBefore, String... recipients) {
		List<NewMessage.Addressee> addressees = Arrays.stream(recipients)
			.map(Mailbox::of)
			.map((mailbox) -> new NewMessage.Addressee(new Recipient(mailbox, Parameters.of("NOTIFY=FAILURE")),
					mailbox.asciiDomain()))
			.toList();
		return new NewMessage(ReversePath.of(Mailbox.of("\"odd one\"@client.example")),
				Parameters.of("RET=HDRS ENVID=a+20b"), addressees, source(content), notBefore);
	}

	/** Octets in memory. */
	public static NewMessage.Source source(byte[] content) {
		return new NewMessage.Source() {

			@Override
			public long size() {
				return content.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(content);
			}

		};
	}

	/** What is in it. */
	public static String content(Claim claim) throws IOException {
		try (InputStream in = claim.content().openStream()) {
			return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	/** The same outcome for all. */
	public static List<Outcome> all(Claim claim, Outcome.Kind kind) {
		Reply reply = switch (kind) {
			case DELIVERED -> OK;
			case DEFERRED -> new Reply(450, "4.2.0 Later");
			case BOUNCED -> new Reply(550, "5.1.1 Nobody");
		};
		return claim.envelope().to().stream().map((mailbox) -> new Outcome(mailbox, kind, reply)).toList();
	}

}
