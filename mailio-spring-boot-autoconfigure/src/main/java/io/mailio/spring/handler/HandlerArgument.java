/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.message.Headers;
import io.mailio.message.ReceivedMessage;
import io.mailio.session.ClientInfo;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import io.mailio.smtp.SmtpCommand;
import org.jspecify.annotations.Nullable;

/**
 * The arguments that a handler method can take: a type, the commands at which it is
 * there, and where it comes from. A new argument is one line here.
 */
enum HandlerArgument {

	REQUEST(SmtpRequest.class, (req, res) -> req),

	RESPONSE(SmtpResponse.class, (req, res) -> res),

	SESSION(SmtpSession.class, (req, res) -> req.session()),

	COMMAND(SmtpCommand.class, (req, res) -> req.command()),

	CLIENT(ClientInfo.class, (req, res) -> req.session().client()),

	SENDER(ReversePath.class, (req, res) -> req.from(), "mail", "rcpt", "data", "queue"),

	RECIPIENT(Mailbox.class, (req, res) -> req.to(), "rcpt"),

	PARAMETERS(Parameters.class, (req, res) -> req.parameters(), "mail", "rcpt"),

	ENVELOPE(Envelope.class, (req, res) -> req.session().envelope(), "rcpt", "data", "queue"),

	MESSAGE(ReceivedMessage.class, (req, res) -> req.message(), "queue"),

	HEADERS(Headers.class, (req, res) -> req.message().headers(), "queue"),

	USER(User.class, (req, res) -> req.user(), "auth");

	private final Class<?> type;

	private final Source source;

	/** Empty: all. */
	private final Set<String> commands;

	HandlerArgument(Class<?> type, Source source, String... commands) {
		this.type = type;
		this.source = source;
		this.commands = new TreeSet<>(List.of(commands));
	}

	static @Nullable HandlerArgument ofType(Class<?> type) {
		return Arrays.stream(values()).filter((argument) -> argument.type == type).findFirst().orElse(null);
	}

	/** The names of the types that are there at all of the commands. */
	static String typesAt(Collection<String> commands) {
		return Arrays.stream(values())
			.filter((argument) -> commands.stream().allMatch(argument::isThereAt))
			.map((argument) -> argument.type.getSimpleName())
			.collect(Collectors.joining(", "));
	}

	boolean isThereAt(String command) {
		return this.commands.isEmpty() || this.commands.contains(command);
	}

	/** The commands at which it is there, for messages. */
	String where() {
		return String.join(", ", this.commands);
	}

	Object valueOf(SmtpRequest req, SmtpResponse res) {
		return this.source.get(req, res);
	}

	@FunctionalInterface
	private interface Source {

		Object get(SmtpRequest req, SmtpResponse res);

	}

}
