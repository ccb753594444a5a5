/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.security.Principal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import io.mailio.auth.SaslExchange.Question;
import io.mailio.auth.SaslExchange.Step;
import io.mailio.auth.SaslExchange.Success;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.ChannelBindings;
import io.mailio.session.TlsInfo;
import org.jspecify.annotations.Nullable;

/** What one session is offered, and whom its exchanges ask. */
public final class SaslOffer {

	private final Sasl sasl;

	private final SmtpSession session;

	private final boolean handlersDecide;

	SaslOffer(Sasl sasl, SmtpSession session, boolean handlersDecide) {
		this.sasl = sasl;
		this.session = session;
		this.handlersDecide = handlersDecide;
	}

	/** The mechanisms that can succeed, the best first; empty if none can. */
	public List<SaslMechanism> mechanisms() {
		return SaslMechanism.all().stream().filter((mechanism) -> mechanism.isPossible(this)).toList();
	}

	/**
	 * Begins an exchange.
	 * @param name the mechanism, in any case
	 * @return the exchange, empty if the mechanism is not offered
	 */
	public Optional<SaslExchange> begin(String name) {
		return SaslMechanism.named(name)
			.filter((mechanism) -> mechanism.isPossible(this))
			.map((mechanism) -> mechanism.begin(this));
	}

	boolean checks(Credentials.Kind kind) {
		boolean password = kind == Credentials.Kind.PASSWORD;
		return this.sasl.authenticator(kind) != null || (password && (this.handlersDecide || store() != null));
	}

	@Nullable CredentialStore store() {
		return this.sasl.store();
	}

	String nonce() {
		return this.sasl.nonce();
	}

	ScramVerifier decoy(CredentialStore store, String username) {
		return this.sasl.decoy(store, username);
	}

	ChannelBindings channelBindings() {
		TlsInfo tls = this.session.connection().tls();
		return (tls != null) ? tls.channelBindings() : ChannelBindings.NONE;
	}

	@Nullable Principal clientSubject() {
		TlsInfo tls = this.session.connection().tls();
		return (tls != null) ? tls.clientSubject() : null;
	}

	/**
	 * Where nobody else can tell, the handlers decide; they see the password in any case.
	 * An empty one is none (RFC 4616 section 2): a directory may take it for a login
	 * without a name (RFC 4513 section 5.1.2).
	 */
	Step password(String username, String password) {
		if (!SaslNames.isName(username) || password.isEmpty()) {
			return Step.FAILED;
		}
		if (this.handlersDecide) {
			return new Success(User.withPassword(username, password));
		}
		CredentialStore store = store();
		if (this.sasl.authenticator(Credentials.Kind.PASSWORD) == null && store != null) {
			return new Question(store.getClass().getName(), true, () -> compare(store, username, password));
		}
		return ask(new Credentials.Password(username, password), password, () -> Step.FAILED);
	}

	/** Also a name that is none takes its time. */
	private Step compare(CredentialStore store, String username, String password) throws Exception {
		Optional<String> prepared = SaslPrep.query(username);
		Optional<ScramVerifier> found = prepared.isPresent() ? store.find(prepared.get()) : Optional.empty();
		boolean right = found.orElseGet(() -> decoy(store, username)).matches(password);
		return (right && found.isPresent()) ? new Success(User.named(prepared.orElseThrow()).provedBy(password))
				: Step.FAILED;
	}

	Step token(String username, String token, Supplier<Step> wrong) {
		return SaslNames.hasNoControls(username) ? ask(new Credentials.Token(username, token), null, wrong)
				: wrong.get();
	}

	Step certificate(String username, Principal subject) {
		return SaslNames.hasNoControls(username)
				? ask(new Credentials.Certificate(username, subject), null, () -> Step.FAILED) : Step.FAILED;
	}

	private Step ask(Credentials credentials, @Nullable String password, Supplier<Step> wrong) {
		Authenticator authenticator = this.sasl.authenticator(credentials.kind());
		if (authenticator == null) {
			throw new IllegalStateException("Nobody checks " + credentials.kind());
		}
		Callable<Step> task = () -> {
			Optional<User> user = authenticator.authenticate(credentials, this.session)
				.filter((one) -> isMeant(credentials, one));
			return user.isPresent() ? new Success(proved(user.get(), password)) : wrong.get();
		};
		return new Question(authenticator.getClass().getName(), authenticator.isBlocking(), task);
	}

	/**
	 * Nobody acts for somebody else (RFC 4422 section 3.4.1): a certificate or a token
	 * tells by itself whose it is. A password belongs to the name that came with it,
	 * which an authenticator may know by another.
	 */
	private static boolean isMeant(Credentials credentials, User user) {
		String claimed = credentials.username();
		return credentials.kind() == Credentials.Kind.PASSWORD || claimed.isEmpty() || claimed.equals(user.username());
	}

	private static User proved(User user, @Nullable String password) {
		if (!SaslNames.isName(user.username())) {
			throw new IllegalStateException("The authenticator gave a user whose name is empty or has controls");
		}
		return (password != null) ? user.provedBy(password) : user;
	}

}
