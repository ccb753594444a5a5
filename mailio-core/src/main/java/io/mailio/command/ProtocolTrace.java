/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailio.auth.SaslMechanism;
import io.mailio.handler.ChainOutcome;
import io.mailio.handler.HandlerChain;
import io.mailio.handler.HandlerRegistration;
import io.mailio.session.LogIds;
import io.mailio.session.SessionState;
import io.mailio.session.TlsInfo;
import io.mailio.smtp.AddressText;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The dialogue of one session in the log: what the client says ({@code C:}) and what it
 * is answered ({@code S:}) at DEBUG, TLS and who has decided at TRACE. Secrets and
 * content are left out: what follows the mechanism of AUTH, challenges and responses,
 * whatever handlers read, content, and lines that may be one of these because the client
 * goes on after a refusal.
 */
final class ProtocolTrace {

	private static final Logger logger = LoggerFactory.getLogger("io.mailio.trace");

	private static final String MASKED = "****";

	/** Of a line that nobody knows, this is enough. */
	private static final int MAX_UNKNOWN = 200;

	private static final Set<String> MECHANISMS = Arrays.stream(SaslMechanism.values())
		.map(SaslMechanism::toString)
		.collect(Collectors.toUnmodifiableSet());

	private final SessionState session;

	/** Whether unknown lines may be secrets or content. */
	private boolean guarded;

	private ProtocolTrace(SessionState session) {
		this.session = session;
	}

	/**
	 * The trace of a session, {@code null} if nobody reads it when the session begins.
	 */
	static @Nullable ProtocolTrace of(SessionState session) {
		return logger.isDebugEnabled() ? new ProtocolTrace(session) : null;
	}

	/** The name of the client is known; the connection may be encrypted already. */
	void connected() {
		log(Level.DEBUG, "-- ", "connection from " + AddressText.of(this.session.client().address()) + " ("
				+ this.session.client().hostname() + ") to listener " + this.session.server().listener());
		TlsInfo tls = this.session.connection().tls();
		if (tls != null) {
			secured(tls);
		}
	}

	/** The connection is encrypted now. */
	void secured(TlsInfo tls) {
		log(Level.TRACE, "-- ", tls.protocol() + " with " + tls.cipher());
	}

	/** The handlers were asked: one has refused, or all of them have accepted. */
	void decided(String command, HandlerChain chain, ChainOutcome outcome) {
		if (logger.isTraceEnabled()) {
			Stream<String> who = outcome.decidedBy().isEmpty()
					? chain.handlers().stream().map(HandlerRegistration::name) : Stream.of(outcome.decidedBy());
			log(Level.TRACE, "-- ", who.map((name) -> command + "/" + name)
				.collect(Collectors.joining(", ", command + ": " + outcome.kind() + " by ", "")));
		}
	}

	/** The client sends a command. */
	void command(String line) {
		log(Level.DEBUG, "C: ", startsLikeAuth(line) ? login(line) : line);
	}

	private static boolean startsLikeAuth(String line) {
		return line.regionMatches(true, 0, "AUTH", 0, 4);
	}

	/** Behind the mechanism stands the secret; what is no mechanism may be one. */
	private static String login(String line) {
		String[] words = line.strip().split(" +", 3);
		boolean known = words.length > 1 && MECHANISMS.contains(words[1].toUpperCase(Locale.ROOT));
		String mechanism = (words.length == 1) ? "" : " " + (known ? words[1] : MASKED);
		return "AUTH" + mechanism + ((words.length > 2) ? " " + MASKED : "");
	}

	/** The client sends a line that is no command. */
	void unknown(String line) {
		boolean secret = this.guarded || line.toUpperCase(Locale.ROOT).contains("AUTH");
		log(Level.DEBUG, "C: ",
				secret ? MASKED + " (" + line.length() + " characters)" : Printable.of(line, MAX_UNKNOWN));
	}

	/** The client sends something that is not even a line. */
	void garbage() {
		log(Level.DEBUG, "C: ", MASKED + " (no line of text)");
	}

	/** The client sends a line that a handler or a mechanism has asked for. */
	void response(String line) {
		log(Level.DEBUG, "C: ", line.equals("*") ? line : MASKED);
	}

	/** The content of a message has come. */
	void content(long octets) {
		log(Level.DEBUG, "C: ", MASKED + " (" + octets + " octets of content)");
	}

	/** The client is answered. */
	void reply(String command, Reply reply) {
		boolean more = command.equals("auth") || command.equals("data");
		this.guarded |= more && reply.isNegative();
		log(Level.DEBUG, "S: ", reply.toString());
	}

	/** The client is sent a line that is no reply. */
	void line(String line) {
		log(Level.DEBUG, "S: ", line.startsWith("334") ? "334 " + MASKED : line);
	}

	/** The connection is closed. */
	void closed() {
		log(Level.DEBUG, "-- ", "closed: " + this.session.ending());
	}

	private void log(Level level, String mark, String text) {
		if (logger.isEnabledForLevel(level)) {
			LogIds.of(this.session)
				.during(() -> logger.atLevel(level).log("{} {}{}", this.session.id(), mark, Printable.of(text)));
		}
	}

}
