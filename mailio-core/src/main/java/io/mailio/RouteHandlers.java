/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.mailio.handler.RouteChain;
import io.mailio.handler.RouteDecision;
import io.mailio.handler.RouteSubject;
import io.mailio.message.StoredMessage;
import io.mailio.queue.Claim;
import io.mailio.relay.RouteChoice;
import io.mailio.relay.RouteChooser;
import io.mailio.relay.SmartHost;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the handlers of {@code route} choose. What they choose that does not exist is a
 * slip in the application, so the message waits.
 *
 * @param handlers the handlers as they are now; {@code null} if there are none
 * @param smartHosts the smart hosts that have names
 * @param port the port of mail exchangers
 */
record RouteHandlers(Supplier<@Nullable RouteChain> handlers, Map<String, SmartHost> smartHosts,
		int port) implements RouteChooser {

	private static final Logger logger = LoggerFactory.getLogger(RouteHandlers.class);

	private static final byte[] NOTHING = {};

	@Override
	public boolean isAsking() {
		return this.handlers.get() != null;
	}

	@Override
	public CompletionStage<RouteChoice> choose(Claim claim, Recipient recipient, boolean local) {
		RouteChain chain = this.handlers.get();
		if (chain == null) {
			return CompletableFuture.completedFuture(RouteChoice.Unchanged.UNCHANGED);
		}
		return chain
			.ask(new RouteSubject(claim.id().toString(), claim.envelope().from(), recipient.mailbox(),
					recipient.parameters(), claim.enqueued(), claim.attempts(), local,
					() -> new StoredMessage(NOTHING, claim.content())))
			.thenApply((decision) -> choice(claim, decision));
	}

	private RouteChoice choice(Claim claim, RouteDecision decision) {
		try {
			return choice(decision);
		}
		catch (RuntimeException ex) {
			logger.error("Message {} waits, because a handler of route has chosen what does not exist: {}", claim.id(),
					Printable.of((ex instanceof IllegalArgumentException) ? String.valueOf(ex.getMessage())
							: ex.toString()));
			return new RouteChoice.Refusal(
					new Reply(451, new EnhancedStatusCode(3, 5), "The route that was chosen does not exist"));
		}
	}

	private RouteChoice choice(RouteDecision decision) {
		if (decision instanceof RouteDecision.Host host) {
			return new RouteChoice.Host(new SmartHost(host.host(), (host.port() > 0) ? host.port() : this.port), false);
		}
		if (decision instanceof RouteDecision.SmartHost named) {
			return new RouteChoice.Host(smartHost(named.name()), true);
		}
		if (decision instanceof RouteDecision.Domain domain) {
			if (!AddressParser.isDomain(domain.domain())) {
				throw new IllegalArgumentException("'" + domain.domain() + "' is not a domain name");
			}
			return new RouteChoice.Domain(DomainNames.toAscii(domain.domain()));
		}
		if (decision instanceof RouteDecision.Local local) {
			return new RouteChoice.Mailbox(local.mailbox());
		}
		if (decision instanceof RouteDecision.Reject reject) {
			return reject.equals(RouteChain.LATE) ? new RouteChoice.Late(reject.reply())
					: new RouteChoice.Refusal(reject.reply());
		}
		return RouteChoice.Unchanged.UNCHANGED;
	}

	private SmartHost smartHost(String name) {
		SmartHost host = this.smartHosts.get(name);
		if (host == null) {
			throw new IllegalArgumentException("there is no smart host '" + name + "'; there are: "
					+ (this.smartHosts.isEmpty() ? "none" : String.join(", ", this.smartHosts.keySet())));
		}
		return host;
	}

}
