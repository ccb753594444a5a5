/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.security.Principal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;

import javax.security.auth.x500.X500Principal;

import io.mailio.handler.LoggedValue;
import io.mailio.session.LogIds;
import io.mailio.session.SessionState;
import io.mailio.session.TlsInfo;
import io.mailio.smtp.AddressText;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the log that programs can read as well as people: a few words, then
 * {@code name=value} pairs. A value with spaces stands in quotes; there a quote or
 * backslash has a backslash before it. The same pairs are attached to the event, for
 * encoders of JSON, where the logging system can do that, and the ids stand in the MDC.
 */
final class LogLine {

	/** What can be said, in the order in which it is. */
	enum Fact {

		/** The session's name. */
		SESSION("session"),
		/** The transaction's name. */
		TRANSACTION("transaction"),
		/** The listener's name. */
		LISTENER("listener"),
		/** The client's address. */
		CLIENT("client"),
		/** The name that the DNS knows for it. */
		NAME("name"),
		/** The name it has given itself. */
		HELO("helo"),
		/** Version and cipher. */
		TLS("tls"),
		/** The subject of the client's certificate. */
		CERTIFICATE("certificate"),
		/** The SASL mechanism. */
		MECHANISM("mechanism"),
		/** Who is logged in, or wanted to be. */
		USER("user"),
		/** The sender. */
		FROM("from"),
		/** The first recipient. */
		TO("to"),
		/** How many recipients there are. */
		RECIPIENTS("recipients"),
		/** Octets of the message. */
		SIZE("size"),
		/** What handlers have found out. */
		HANDLERS("handlers"),
		/** The handler that has refused. */
		BY("by"),
		/** The reply. */
		RESULT("result"),
		/** How many lines were read as commands. */
		COMMANDS("commands"),
		/** How many messages were accepted. */
		ACCEPTED("accepted"),
		/** How many messages were refused. */
		REFUSED("refused"),
		/** How many commands were refused. */
		ERRORS("errors"),
		/** How many commands nobody knows. */
		UNRECOGNIZED("unrecognized"),
		/** How many logins have failed. */
		AUTH_FAILURES("auth-failures"),
		/** What was refused last, and with which reply. */
		LAST_REFUSAL("last-refusal"),
		/** How far the session had come. */
		STAGE("stage"),
		/** How the session has ended. */
		END("end"),
		/** How long it took, in milliseconds. */
		MS("ms");

		private final String label;

		private final String key;

		Fact(String label) {
			this.label = label;
			this.key = "mailio." + label;
		}

	}

	/** What stands in names of clients beside what RFC 2253 calls by a name. */
	private static final Map<String, String> ATTRIBUTES = Map.of("1.2.840.113549.1.9.1", "emailAddress", "2.5.4.5",
			"serialNumber", "2.5.4.4", "SN", "2.5.4.42", "givenName");

	private final String what;

	private final Map<Fact, Object> facts = new EnumMap<>(Fact.class);

	private LogLine(String what) {
		this.what = what;
	}

	/** A line about a session's client. */
	static LogLine of(String what, SessionState session) {
		LogLine line = new LogLine(what);
		String address = AddressText.of(session.client().address());
		String name = session.client().hostname();
		TlsInfo tls = session.connection().tls();
		line.with(Fact.SESSION, session.id())
			.with(Fact.LISTENER, session.server().listener())
			.with(Fact.CLIENT, address)
			.with(Fact.NAME, name.equals("[" + address + "]") ? null : name)
			.with(Fact.HELO, session.client().helo())
			.with(Fact.USER, session.username());
		if (tls != null) {
			line.with(Fact.TLS, tls.protocol() + "/" + tls.cipher());
			line.with(Fact.CERTIFICATE, subject(tls.clientSubject()));
		}
		return line;
	}

	/** A value of an attribute that has no name would stand there in hexadecimal. */
	private static @Nullable String subject(@Nullable Principal subject) {
		if (subject instanceof X500Principal distinguished) {
			return distinguished.getName(X500Principal.RFC2253, ATTRIBUTES);
		}
		return (subject != null) ? subject.getName() : null;
	}

	/** Says something, unless there is nothing to say. */
	LogLine with(Fact fact, @Nullable Object value) {
		if (value instanceof Number) {
			this.facts.put(fact, value);
		}
		else if (value != null && !value.toString().isEmpty()) {
			this.facts.put(fact, value.toString());
		}
		return this;
	}

	/** Says what handlers have found out, as far as they want it to be seen. */
	LogLine withFindings(SessionState session) {
		StringJoiner findings = new StringJoiner(" ");
		session.values().forEach((command, values) -> values.forEach((handler, value) -> {
			if (value instanceof LoggedValue logged) {
				findings.add(command + "/" + handler + ":" + text(logged));
			}
		}));
		return with(Fact.HANDLERS, findings);
	}

	/** A handler's mistake must not cost the message that is being logged. */
	private static String text(LoggedValue value) {
		try {
			return value.logText();
		}
		catch (RuntimeException ex) {
			return "?";
		}
	}

	/** Says how many, if there are any. */
	LogLine withSome(Fact fact, int count) {
		return (count > 0) ? with(fact, count) : this;
	}

	/** Writes the line. */
	void log(Logger logger, Level level) {
		Object transaction = this.facts.get(Fact.TRANSACTION);
		new LogIds(Objects.requireNonNull(this.facts.get(Fact.SESSION)).toString(),
				(transaction != null) ? transaction.toString() : null)
			.during(() -> {
				LoggingEventBuilder event = logger.atLevel(level);
				if (takesPairs(logger, event)) {
					addPairs(event);
				}
				event.log(this::toString);
			});
	}

	/** Where it cannot, SLF4J would write the pairs into the text. */
	private static boolean takesPairs(Logger logger, LoggingEventBuilder event) {
		return logger instanceof LoggingEventAware || event.getClass() != DefaultLoggingEventBuilder.class;
	}

	private void addPairs(LoggingEventBuilder event) {
		this.facts.forEach((fact, value) -> {
			if (fact != Fact.SESSION && fact != Fact.TRANSACTION) {
				event.addKeyValue(fact.key, (value instanceof Number) ? value : Printable.of(value));
			}
		});
	}

	@Override
	public String toString() {
		StringBuilder line = new StringBuilder(256).append(this.what).append(':');
		this.facts.forEach((fact, value) -> {
			line.append(' ').append(fact.label).append('=');
			appendValue(line, value.toString());
		});
		return line.toString();
	}

	private static void appendValue(StringBuilder line, String value) {
		if (value.indexOf(' ') < 0 && value.indexOf('"') < 0 && value.indexOf('\\') < 0) {
			line.append(Printable.of(value));
		}
		else {
			line.append('"').append(Printable.of(value.replace("\\", "\\\\").replace("\"", "\\\""))).append('"');
		}
	}

}
