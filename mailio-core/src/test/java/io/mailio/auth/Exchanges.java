/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Set;

import io.mailio.auth.SaslExchange.Challenge;
import io.mailio.auth.SaslExchange.Question;
import io.mailio.auth.SaslExchange.Step;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.LiveSession;
import io.mailio.session.ChannelBindings;
import io.mailio.session.ClientInfo;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.Limits;
import io.mailio.session.ServerInfo;
import io.mailio.session.SessionState;
import io.mailio.session.TlsInfo;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** What tests of mechanisms have in common. */
final class Exchanges {

	private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);

	private Exchanges() {
	}

	static SaslOffer offer(@Nullable Authenticator authenticator, @Nullable CredentialStore store) {
		return offer(authenticator, store, null);
	}

	static SaslOffer offer(@Nullable Authenticator authenticator, @Nullable CredentialStore store,
			@Nullable TlsInfo tls) {
		return sasl(authenticator, store).offer(session(tls), true);
	}

	static Sasl sasl(@Nullable Authenticator authenticator, @Nullable CredentialStore store) {
		return new Sasl((authenticator != null) ? List.of(authenticator) : List.of(), store, Limits.DEFAULTS);
	}

	static LiveSession session(@Nullable TlsInfo tls) {
		SessionState state = new SessionState("1", new ServerInfo("mx", Set.of(), "default"),
				new ConnectionInfo(ADDRESS, ADDRESS, tls), new ClientInfo(ADDRESS.getAddress(), "localhost", "c"));
		return new LiveSession(state, HandlerChains.of(List.of(), "default", Set.of()));
	}

	/** TLS that binds with the type's own name. */
	static TlsInfo tls(@Nullable Principal client, String... types) {
		return new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", client,
				(type) -> Set.of(types).contains(type) ? octets(type) : null);
	}

	static TlsInfo tlsWithoutBindings(@Nullable Principal client) {
		return new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", client, ChannelBindings.NONE);
	}

	/** Asks whoever is to be asked. */
	static Step settled(Step step) {
		try {
			return (step instanceof Question question) ? question.task().call() : step;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	static Step respond(SaslExchange exchange, String response) {
		return settled(exchange.respond(octets(response)));
	}

	static String challenge(Step step) {
		assertThat(step).isInstanceOf(Challenge.class);
		return new String(((Challenge) step).octets(), StandardCharsets.UTF_8);
	}

	static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
