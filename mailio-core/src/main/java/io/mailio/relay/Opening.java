/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.mailio.relay.ClientConnection.Trouble;
import io.mailio.relay.Verdict.Advice;
import io.mailio.relay.Verdict.Kind;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection: greeting, EHLO, STARTTLS and EHLO once more, login.
 * Afterwards the connection is ready for transactions, or closed.
 */
final class Opening implements ClientConnection.Dialogue {

	/** Who waits for the connection; called on its event loop. */
	interface Waiting {

		/** Mail may be sent. */
		void ready(ClientConnection connection);

		/**
		 * The connection is closed.
		 * @param failure why
		 */
		void failed(Failure failure);

	}

	/**
	 * Why no mail may be sent.
	 *
	 * @param verdict what that means for the message
	 * @param tls what it was about TLS
	 */
	record Failure(Verdict verdict, TlsFailure tls) {
	}

	/** What can be wrong with TLS. */
	enum TlsFailure {

		/** It was not about TLS. */
		NONE,
		/** It did not come about; without TLS there may be a connection. */
		FAILED,
		/** There will be none, as long as the server is as it is. */
		IMPOSSIBLE

	}

	private enum Step {

		CONNECT(Phase.CONNECT), GREETING(Phase.GREETING), EHLO(Phase.EHLO), HELO(Phase.EHLO), STARTTLS(Phase.TLS),
		HANDSHAKE(Phase.TLS), AUTH(Phase.AUTH);

		private final Phase phase;

		Step(Phase phase) {
			this.phase = phase;
		}

	}

	private final SmtpTarget target;

	private final TlsPolicy policy;

	private final ClientOptions options;

	private final Waiting waiting;

	private Step step = Step.CONNECT;

	private @Nullable ClientConnection connection;

	private @Nullable ClientLogin login;

	/**
	 * An opening.
	 * @param policy that of the target, or a lesser or greater one for this connection
	 */
	Opening(SmtpTarget target, TlsPolicy policy, ClientOptions options, Waiting waiting) {
		this.target = target;
		this.policy = policy;
		this.options = options;
		this.waiting = waiting;
	}

	/** Whose beginning it is; told before that connects. */
	void of(ClientConnection connection) {
		this.connection = connection;
	}

	private ClientConnection connection() {
		ClientConnection connection = this.connection;
		if (connection == null) {
			throw new IllegalStateException("No connection");
		}
		return connection;
	}

	@Override
	public void connected() {
		if (this.target.implicitTls()) {
			handshake();
		}
		else {
			awaitGreeting();
		}
	}

	private void awaitGreeting() {
		this.step = Step.GREETING;
		connection().await(connection().timeouts().greeting());
	}

	@Override
	public void reply(Reply reply) {
		if (reply.code() == 421) {
			failed(Verdict.ofHost(this.step.phase, reply));
			return;
		}
		switch (this.step) {
			case GREETING -> greeting(reply);
			case EHLO -> ehlo(reply);
			case HELO -> helo(reply);
			case STARTTLS -> startTls(reply);
			case AUTH -> auth(reply);
			case CONNECT, HANDSHAKE -> broken(unexpected(reply));
		}
	}

	private void command(Step step, String line) {
		this.step = step;
		connection().send(line);
		connection().await(connection().timeouts().command());
	}

	private void greeting(Reply reply) {
		if (reply.isPositive()) {
			sayHello();
		}
		else {
			refused(reply);
		}
	}

	private void sayHello() {
		command(Step.EHLO, (this.target.lmtp() ? "LHLO " : "EHLO ") + ehloName());
	}

	private String ehloName() {
		String name = this.target.ehloName();
		return (name != null) ? name : this.options.ehloName();
	}

	private void ehlo(Reply reply) {
		if (reply.isPositive()) {
			connection().capabilities(Capabilities.of(reply));
			afterHello();
		}
		else if (reply.code() >= 500 && !this.target.lmtp()) {
			// RFC 5321 section 3.2: an old server may know nothing else.
			command(Step.HELO, "HELO " + ehloName());
		}
		else {
			refused(reply);
		}
	}

	private void helo(Reply reply) {
		if (reply.isPositive()) {
			connection().capabilities(Capabilities.NONE);
			afterHello();
		}
		else {
			refused(reply);
		}
	}

	/** The server does not want us, whatever we say. */
	private void refused(Reply reply) {
		if (reply.isNegative()) {
			ClientConnection connection = connection();
			Verdict verdict = Verdict.ofHost(this.step.phase, reply);
			connection.quit();
			this.waiting.failed(new Failure(verdict, TlsFailure.NONE));
		}
		else {
			broken(unexpected(reply));
		}
	}

	private void afterHello() {
		if (connection().encryption() == null && this.policy != TlsPolicy.NONE) {
			if (connection().capabilities().has("STARTTLS")) {
				command(Step.STARTTLS, "STARTTLS");
				return;
			}
			if (this.policy.isRequired()) {
				withoutTls(TlsFailure.IMPOSSIBLE, 4, "TLS is required, but the server does not offer it");
				return;
			}
		}
		if (this.target.login() != null) {
			logIn(this.target.login());
		}
		else {
			ready();
		}
	}

	private void startTls(Reply reply) {
		if (reply.code() != 220) {
			boolean never = reply.code() >= 500;
			withoutTls(never ? TlsFailure.IMPOSSIBLE : TlsFailure.FAILED, 4, "The server refuses STARTTLS: " + reply);
		}
		else if (connection().hasInput()) {
			// Said before the handshake, by anybody; afterwards it would be taken for the
			// server's.
			failed(Verdict.trouble(Phase.TLS, Advice.NEXT_HOST, 421, 7, 5,
					"The server has sent clear text behind its reply to STARTTLS"));
		}
		else {
			handshake();
		}
	}

	private void handshake() {
		this.step = Step.HANDSHAKE;
		boolean verified = this.policy == TlsPolicy.VERIFIED;
		ClientConnection connection = connection();
		connection.startTls(
				this.options.tls().handler(this.target, verified, connection.allocator(), this.options.executor()),
				verified, this::handshakeDone);
	}

	private void handshakeDone(@Nullable Throwable failure) {
		if (failure != null) {
			connection().close();
			boolean never = ClientTls.isAboutCertificate(failure);
			failedWithoutTls(never ? TlsFailure.IMPOSSIBLE : TlsFailure.FAILED, 5,
					"TLS failed: " + ClientTls.describe(failure));
		}
		else if (this.target.implicitTls()) {
			awaitGreeting();
		}
		else {
			sayHello();
		}
	}

	/** The server goes on without TLS, and we do not. */
	private void withoutTls(TlsFailure failure, int detail, String text) {
		connection().quit();
		failedWithoutTls(failure, detail, text);
	}

	private void failedWithoutTls(TlsFailure failure, int detail, String text) {
		this.waiting.failed(new Failure(Verdict.trouble(Phase.TLS, Advice.NEXT_HOST, 454, 7, detail, text), failure));
	}

	private void logIn(Login wanted) {
		boolean clear = connection().encryption() == null;
		if (clear && !this.options.loginWithoutTls()) {
			noLogin("The login needs TLS");
			return;
		}
		ClientLogin chosen = ClientLogin.choose(connection().capabilities().mechanisms(), wanted);
		if (chosen == null) {
			noLogin("The server offers no way to log in that we know");
			return;
		}
		this.login = chosen;
		this.step = Step.AUTH;
		connection().await(connection().timeouts().command());
		calculate(chosen::initialResponse, (initial) -> begin(chosen.mechanism(), initial));
	}

	private void begin(String mechanism, @Nullable String initial) {
		ClientTrace trace = connection().trace();
		if (trace != null) {
			trace.login(mechanism, initial != null);
		}
		sendSecretly("AUTH " + mechanism + ((initial != null) ? " " + initial : ""));
	}

	private void respond(@Nullable String response) {
		ClientTrace trace = connection().trace();
		if (trace != null) {
			trace.response();
		}
		sendSecretly((response != null) ? response : "*");
	}

	private void sendSecretly(String line) {
		connection().sendSecretly(line);
		connection().await(connection().timeouts().command());
	}

	/** Random numbers and proofs of passwords take some time. */
	private void calculate(Supplier<@Nullable String> calculation, Consumer<@Nullable String> then) {
		ClientConnection connection = connection();
		try {
			this.options.executor().execute(() -> {
				String result = calculation.get();
				connection.execute(() -> then.accept(result));
			});
		}
		catch (RejectedExecutionException ex) {
			noLogin("Too busy to log in");
		}
	}

	private void auth(Reply reply) {
		ClientLogin login = this.login;
		if (login == null) {
			throw new IllegalStateException("No login");
		}
		if (reply.code() == 334) {
			String challenge = reply.text().get(0);
			calculate(() -> login.respond(challenge), this::respond);
		}
		else if (reply.isPositive() && login.isProved()) {
			ready();
		}
		else if (reply.isPositive()) {
			noLogin("The server has not proved that it knows the password");
		}
		else {
			noLogin("The login has failed: " + reply);
		}
	}

	/**
	 * Whether we have the right login is not the message's fault, and somebody may put it
	 * right.
	 */
	private void noLogin(String text) {
		connection().quit();
		this.waiting
			.failed(new Failure(Verdict.trouble(Phase.AUTH, Advice.NEXT_HOST, 454, 7, 0, text), TlsFailure.NONE));
	}

	private void ready() {
		this.waiting.ready(connection());
	}

	private void failed(Verdict verdict) {
		connection().close();
		this.waiting.failed(new Failure(verdict, TlsFailure.NONE));
	}

	private Trouble unexpected(Reply reply) {
		return new Trouble(Trouble.Kind.PROTOCOL, "unexpected reply " + reply);
	}

	@Override
	public void broken(Trouble trouble) {
		if (this.step != Step.CONNECT) {
			connection().close();
		}
		boolean tls = this.step == Step.STARTTLS && trouble.kind() == Trouble.Kind.LOST;
		Verdict verdict = Troubles.verdict(this.target, this.step.phase, trouble);
		this.waiting.failed(
				new Failure(verdict, (tls && verdict.kind() == Kind.TEMPORARY) ? TlsFailure.FAILED : TlsFailure.NONE));
	}

}
