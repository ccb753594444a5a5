/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

import io.mailio.auth.Sasl;
import io.mailio.handler.Bounces;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ContentBuffer;
import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.ListenerRules;
import io.mailio.session.RawHeaders;
import io.mailio.session.TlsMode;
import io.mailio.session.Protocol;
import io.mailio.session.ServerInfo;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sessions of one listener share. Immutable.
 */
public final class SmtpService {

	/**
	 * What the service is made of.
	 *
	 * @param server names and domains
	 * @param rules what the listener demands and offers
	 * @param limits the bounds of a session
	 * @param chains the handlers
	 * @param content where content goes while it arrives
	 * @param executor where handlers may block
	 * @param reverseLookup finds names of clients
	 * @param listener is told what happens, {@code null} for nobody
	 * @param rawHeaders what becomes of octets above 127 in header fields
	 * @param extensions extensions of the user's
	 * @param sasl who can tell who a client is, besides handlers
	 * @param bounces tells senders who was refused after the reply to RCPT; {@code null}
	 * if nobody can be told
	 */
	public record Options(ServerInfo server, ListenerRules rules, Limits limits, HandlerChains chains,
			ContentBuffer.Options content, Executor executor, ReverseLookup reverseLookup,
			@Nullable SessionListener listener, RawHeaders rawHeaders, List<Extension> extensions, Sasl sasl,
			@Nullable Bounces bounces) {
	}

	private static final Logger logger = LoggerFactory.getLogger(SmtpService.class);

	private final Options options;

	private final Limits tightenedLimits;

	private final ConnectEvent greeting;

	private final Extensions extensions;

	private final String postmasterDomain;

	/** Most sessions are offered the same: the reply is encoded once. */
	private volatile @Nullable Reply lastCapabilities;

	public SmtpService(Options options) {
		this.options = options;
		this.tightenedLimits = options.limits().tightened();
		Set<String> domains = options.server().domains();
		this.postmasterDomain = domains.isEmpty() ? options.server().hostname() : domains.iterator().next();
		this.greeting = new ConnectEvent(new Reply(220,
				options.server().hostname() + ((rules().protocol() == Protocol.LMTP) ? " LMTP" : " ESMTP")));
		List<Extension> all = new ArrayList<>();
		all.add(new KeywordExtension("PIPELINING"));
		all.add(new SizeExtension(options.limits().messageSize()));
		all.add(new EightBitMimeExtension());
		all.add(new KeywordExtension("CHUNKING"));
		all.add(new KeywordExtension("BINARYMIME"));
		all.add(new KeywordExtension("ENHANCEDSTATUSCODES"));
		all.add(new SmtpUtf8Extension());
		all.add(new DsnExtension());
		if (rules().tls() != TlsMode.NONE) {
			all.add(new RequireTlsExtension());
		}
		all.add(new LimitsExtension(options.limits().maxRecipients()));
		if (offersStartTls()) {
			all.add(new StartTlsExtension());
		}
		if (rules().auth() != AuthMode.NONE) {
			all.add(new AuthExtension(options.sasl(), rules().authRequiresTls()));
		}
		all.addAll(options.extensions());
		this.extensions = new Extensions(all);
	}

	@Nullable Bounces bounces() {
		return this.options.bounces();
	}

	/** The bounds of a session. */
	public Limits limits() {
		return this.options.limits();
	}

	/** The bounds of a session while the server is overloaded. */
	public Limits tightenedLimits() {
		return this.tightenedLimits;
	}

	/** Names and domains. */
	public ServerInfo server() {
		return this.options.server();
	}

	/** The handlers. */
	public HandlerChains chains() {
		return this.options.chains();
	}

	CommandTable commands() {
		return CommandTable.of(rules().protocol());
	}

	ConnectEvent greeting() {
		return this.greeting;
	}

	/** The response to EHLO: our name and the extensions offered to a session. */
	Reply capabilities(SmtpSession session) {
		List<String> lines = this.extensions.advertisements(session);
		lines.add(0, server().hostname());
		Reply last = this.lastCapabilities;
		if (last == null || !last.text().equals(lines)) {
			last = new Reply(250, lines.toArray(String[]::new));
			this.lastCapabilities = last;
		}
		return last;
	}

	/** The extensions, ours and those of the user. */
	Extensions extensions() {
		return this.extensions;
	}

	Executor executor() {
		return this.options.executor();
	}

	ContentBuffer.Options content() {
		return this.options.content();
	}

	ReverseLookup reverseLookup() {
		return this.options.reverseLookup();
	}

	ListenerRules rules() {
		return this.options.rules();
	}

	Sasl sasl() {
		return this.options.sasl();
	}

	RawHeaders rawHeaders() {
		return this.options.rawHeaders();
	}

	boolean offersStartTls() {
		return rules().tls() == TlsMode.STARTTLS;
	}

	/** The listener, if it wants to hear of a kind of event. */
	@Nullable SessionListener listener(SessionListener.Kind kind) {
		SessionListener listener = this.options.listener();
		try {
			return (listener != null && listener.listensTo(kind)) ? listener : null;
		}
		catch (RuntimeException | Error ex) {
			logger.error("A session listener failed when it was asked whether it listens to {}", kind,
					Printable.of(ex));
			return null;
		}
	}

	/** The domain of a bare {@code <Postmaster>} (RFC 5321 section 4.5.1). */
	String postmasterDomain() {
		return this.postmasterDomain;
	}

}
