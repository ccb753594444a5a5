/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.function.Consumer;

import io.mailio.handler.HandlerConfigurationException;
import io.mailio.session.AuthMode;
import io.mailio.session.Limits;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Several listeners of one server, each with its own rules. */
class ListenerTests {

	private static final String JOHN = "AUTH PLAIN AGpvaG4AZG9l";

	private final Mailroom mailroom = new Mailroom();

	private SmtpServer started(SmtpServer.Builder builder) {
		SmtpServer server = builder.build();
		server.start();
		return server;
	}

	private static Consumer<ListenerSpec> local(Consumer<ListenerSpec> more) {
		return (spec) -> more.accept(spec.address(InetAddress.getLoopbackAddress()).port(0));
	}

	private SmtpServer.Builder three() {
		return this.mailroom.open()
			.tls(TestKeys.FIRST.server())
			.handler("auth", "john",
					(req, res) -> req.user().password().equals("doe") ? res.accept() : res.reject(535, "No"))
			.listener("mx", local((mx) -> mx.auth(AuthMode.NONE)))
			.listener("submission", local((submission) -> submission.auth(AuthMode.REQUIRED)))
			.listener("submissions",
					local((submissions) -> submissions.auth(AuthMode.REQUIRED).tlsMode(TlsMode.IMPLICIT)));
	}

	@Test
	void haveNamesAndPortsOfTheirOwn() {
		try (SmtpServer server = started(three())) {
			assertThat(server.listeners()).containsExactly("mx", "submission", "submissions");
			assertThat(server.port()).isEqualTo(server.port("mx"));
			assertThat(server.port("submission")).isNotEqualTo(server.port("submissions"));
			assertThatIllegalArgumentException().isThrownBy(() -> server.port("elsewhere"))
				.withMessageContaining("mx, submission, submissions");
		}
	}

	@Test
	void offerWhatTheirRulesSay() {
		try (SmtpServer server = started(three())) {
			try (TestClient client = TestClient.startTls(server.port("mx"), TestKeys.FIRST.client())) {
				client.expect("220");
				assertThat(client.command("EHLO me", "250")).doesNotContain("AUTH");
				client.command(JOHN, "502 5.5.1");
				assertThat(client.message("b@example.com", "x")).startsWith("250");
			}
			try (TestClient client = TestClient.startTls(server.port("submission"), TestKeys.FIRST.client())) {
				client.expect("220");
				assertThat(client.command("EHLO me", "250")).contains("AUTH PLAIN");
			}
		}
	}

	@Test
	void takeNoMailWithoutTheLoginThatTheyRequire() {
		try (SmtpServer server = started(three());
				TestClient client = TestClient.startTls(server.port("submission"), TestKeys.FIRST.client())) {
			client.expect("220");
			client.command("MAIL FROM:<john@example.com>", "503");
			client.command("EHLO me", "250");
			client.command("MAIL FROM:<john@example.com>", "530 5.7.0");
			client.command("VRFY b", "530 5.7.0");
			client.command("NOOP", "250");
			client.command("RSET", "250");
			client.command("HELP", "214");
			client.command(JOHN, "235");
			client.command("MAIL FROM:<john@example.com>", "250");
			client.command("QUIT", "221");
		}
	}

	@Test
	void encryptFromTheFirstOctetIfTheyAreToldTo() {
		try (SmtpServer server = started(three()); TestClient client = TestClient.connect(server.port("submissions"))) {
			client.handshake(TestKeys.FIRST.client());
			client.expect("220 mx.example.com");
			assertThat(client.command("EHLO me", "250")).contains("AUTH").doesNotContain("STARTTLS");
			client.command("STARTTLS", "502 5.5.1");
			client.command(JOHN, "235");
			client.command("MAIL FROM:<john@example.com>", "250");
			client.command("RCPT TO:<b@example.com>", "250");
			client.command("DATA", "354");
			client.command("x\r\n.", "250");
			assertThat(this.mailroom.letter().trace()).contains(" with ESMTPSA ");
		}
	}

	@Test
	void closeAClearTextConnectionToAnEncryptedPortWithoutAWord() {
		try (SmtpServer server = started(three()); TestClient client = TestClient.connect(server.port("submissions"))) {
			client.send("EHLO me\r\nMAIL FROM:<mallory@client.example>\r\n".repeat(10));
			client.expectEnd();
		}
	}

	@Test
	void runTheHandlersThatAreForThem() {
		SmtpServer.Builder builder = three().handler("noop", "internal", (spec) -> spec.listeners("submission"),
				(req, res) -> res.reject(450, "listener " + req.session().server().listener()));
		try (SmtpServer server = started(builder)) {
			assertThat(server.handlers("submission").get("noop")).containsExactly("core", "internal");
			assertThat(server.handlers("mx").get("noop")).containsExactly("core");
			try (TestClient client = TestClient.hello(server.port("submission"))) {
				client.command("NOOP", "450 4.0.0 listener submission");
			}
			try (TestClient client = TestClient.hello(server.port("mx"))) {
				client.command("NOOP", "250");
			}
		}
	}

	@Test
	void refuseAHandlerForAListenerThatDoesNotExist() {
		SmtpServer.Builder builder = three().handler("noop", "lost", (spec) -> spec.listeners("sbmission"),
				(req, res) -> res.accept());
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(() -> started(builder))
			.withMessageContaining("'sbmission'");
	}

	@Test
	void haveLimitsOfTheirOwn() {
		SmtpServer.Builder builder = this.mailroom.open()
			.listener("small", local((small) -> small.limits(Limits.builder().messageSize(1000).build())))
			.listener("large", local((large) -> {
			}));
		try (SmtpServer server = started(builder)) {
			try (TestClient client = TestClient.connect(server.port("small"))) {
				client.expect("220");
				assertThat(client.command("EHLO me", "250")).contains("SIZE 1000");
			}
			try (TestClient client = TestClient.connect(server.port("large"))) {
				client.expect("220");
				assertThat(client.command("EHLO me", "250")).contains("SIZE 104857600");
			}
		}
	}

	@Test
	void haveKeysOfTheirOwn() {
		SmtpServer.Builder builder = this.mailroom.open()
			.tls(TestKeys.FIRST.server())
			.listener("shared", local((shared) -> {
			}))
			.listener("own", local((own) -> own.tls(TestKeys.SECOND.server())));
		try (SmtpServer server = started(builder)) {
			TestClient.startTls(server.port("shared"), TestKeys.FIRST.client()).close();
			TestClient.startTls(server.port("own"), TestKeys.SECOND.client()).close();
			server.updateTls(TestKeys.SECOND.server());
			server.updateTls("own", TestKeys.FIRST.server());
			TestClient.startTls(server.port("shared"), TestKeys.SECOND.client()).close();
			TestClient.startTls(server.port("own"), TestKeys.FIRST.client()).close();
			assertThatIllegalArgumentException().isThrownBy(() -> server.updateTls("none", TestKeys.FIRST.server()));
		}
	}

	@Test
	void areNotBuiltWithoutWhatTheyNeed() {
		SmtpServer.Builder noPort = Mailroom.server().listener("mx", (mx) -> {
		});
		assertThatIllegalArgumentException().isThrownBy(noPort::build).withMessageContaining("'mx' has no port");
		SmtpServer.Builder noKeys = Mailroom.server().listener("mx", (mx) -> mx.port(0).tlsMode(TlsMode.IMPLICIT));
		assertThatIllegalArgumentException().isThrownBy(noKeys::build).withMessageContaining("no keys");
		assertThatIllegalArgumentException().isThrownBy(() -> Mailroom.server().listener("m x", (mx) -> {
		}));
		SmtpServer.Builder one = Mailroom.server().listener("mx", (mx) -> mx.port(0));
		assertThatIllegalArgumentException().isThrownBy(() -> one.listener("mx", (mx) -> mx.port(0)))
			.withMessageContaining("two listeners 'mx'");
	}

	@Test
	void leaveNothingOpenWhenOneCannotListen() {
		try (SmtpServer first = started(this.mailroom.open())) {
			int[] free = new int[1];
			try (SmtpServer probe = started(this.mailroom.open())) {
				free[0] = probe.port();
			}
			SmtpServer second = this.mailroom.open()
				.listener("free", local((spec) -> spec.port(free[0])))
				.listener("taken", local((spec) -> spec.port(first.port())))
				.build();
			assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(second::start)
				.withMessageContaining("already in use");
			assertThat(second.isRunning()).isFalse();
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> TestClient.connect(free[0]));
		}
	}

	@Test
	void areBothNamedWhenTheyWantOnePort() {
		int[] free = new int[1];
		try (SmtpServer probe = started(this.mailroom.open())) {
			free[0] = probe.port();
		}
		SmtpServer server = this.mailroom.open()
			.listener("mx", local((spec) -> spec.port(free[0])))
			.listener("other", local((spec) -> spec.port(free[0])))
			.build();
		assertThatExceptionOfType(SmtpServerStartException.class).isThrownBy(server::start)
			.withMessageContaining("The listener 'other' cannot listen on 127.0.0.1 port " + free[0])
			.withMessageEndingWith("the listener 'mx' already does")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(SmtpServerStartException.Reason.PORT_SHARED));
	}

	@Test
	void endTogether() {
		SmtpServer server = started(three());
		try (TestClient one = TestClient.hello(server.port("mx"));
				TestClient other = TestClient.hello(server.port("submission"))) {
			assertThat(server.connections()).isEqualTo(2);
			server.stop();
			one.expect("421 4.3.2");
			other.expect("421 4.3.2");
		}
		assertThatNoException().isThrownBy(() -> {
			server.start();
			server.stop();
		});
	}

}
