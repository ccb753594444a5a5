/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import io.mailio.session.ConnectionInfo;
import io.mailio.session.Limits;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** The PROXY protocol, version 1 and 2, from trusted networks only. */
class ProxyProtocolTests {

	private static final String HEADER = "PROXY TCP4 192.0.2.7 198.51.100.1 41000 25\r\n";

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	private final Mailroom mailroom = new Mailroom();

	private SmtpServer started(Consumer<ListenerSpec> more) {
		SmtpServer server = this.mailroom.open()
			.tls(TestKeys.FIRST.server())
			.handler("noop", "who", (spec) -> spec.blocking(false), (req, res) -> {
				ConnectionInfo connection = req.session().connection();
				return res.accept(250, "client " + req.session().client().address().getHostAddress() + " "
						+ connection.remote().getPort() + " at " + connection.local().getPort());
			})
			.listener("mx", (mx) -> {
				mx.address(InetAddress.getLoopbackAddress()).port(0).trustedProxies(List.of("127.0.0.0/8", "::1"));
				more.accept(mx);
			})
			.build();
		server.start();
		return server;
	}

	private static byte[] hex(String digits) {
		return HexFormat.of().parseHex(digits);
	}

	@Test
	void saysWhoTheClientIs() {
		try (SmtpServer server = started((mx) -> {
		}); TestClient client = TestClient.connect(server.port())) {
			client.send(HEADER).expect("220");
			client.command("EHLO client.example", "250");
			client.command("NOOP", "250 2.0.0 client 192.0.2.7 41000 at 25");
			assertThat(client.message("b@example.com", "x")).startsWith("250");
			assertThat(this.mailroom.letter().trace()).contains("[192.0.2.7]");
		}
	}

	@Test
	void saysItInOneReadWithTheFirstCommandsAndInManyReads() {
		try (SmtpServer server = started((mx) -> {
		})) {
			try (TestClient client = TestClient.connect(server.port())) {
				client.send(HEADER + "EHLO me\r\nNOOP\r\n").expect("220");
				client.expect("250");
				client.expect("250 2.0.0 client 192.0.2.7");
			}
			try (TestClient client = TestClient.connect(server.port())) {
				for (byte octet : (HEADER + "NOOP\r\n").getBytes(StandardCharsets.US_ASCII)) {
					client.send(new byte[] { octet });
				}
				client.expect("220");
				client.expect("250 2.0.0 client 192.0.2.7");
			}
		}
	}

	@Test
	void mayBeBinary() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.INFO); SmtpServer server = started((mx) -> {
		}); TestClient client = TestClient.connect(server.port())) {
			client.send(hex(SIGNATURE + "21" + "21" + "0024" + "20010db8000000000000000000000007"
					+ "20010db8000000000000000000000001" + "a028" + "0019"));
			client.expect("220");
			client.command("NOOP", "250 2.0.0 client 2001:db8:0:0:0:0:0:7 41000 at 25");
			client.command("QUIT", "221");
			await().untilAsserted(() -> assertThat(log.lines()).singleElement()
				.asString()
				.contains(" client=2001:db8::7 ")
				.doesNotContain(" name="));
		}
	}

	@Test
	void letsTheProxySpeakForItself() {
		try (SmtpServer server = started((mx) -> {
		})) {
			try (TestClient client = TestClient.connect(server.port())) {
				client.send(hex(SIGNATURE + "20" + "00" + "0000")).expect("220");
				client.command("NOOP", "250 2.0.0 client 127.0.0.1");
			}
			try (TestClient client = TestClient.connect(server.port())) {
				client.send("PROXY UNKNOWN\r\n").expect("220");
				client.command("NOOP", "250 2.0.0 client 127.0.0.1");
			}
		}
	}

	@Test
	void comesBeforeTls() {
		try (SmtpServer server = started((mx) -> mx.tlsMode(TlsMode.IMPLICIT));
				TestClient client = TestClient.connect(server.port())) {
			client.send(HEADER);
			client.handshake(TestKeys.FIRST.client());
			client.expect("220");
			client.command("NOOP", "250 2.0.0 client 192.0.2.7");
		}
	}

	@Test
	void isWhatConnectionsAreCountedBy() {
		Limits one = Limits.builder().maxConnectionsPerAddress(1).build();
		try (SmtpServer server = started((mx) -> mx.limits(one));
				TestClient first = TestClient.connect(server.port());
				TestClient second = TestClient.connect(server.port());
				TestClient third = TestClient.connect(server.port())) {
			first.send(HEADER).expect("220");
			second.send(HEADER).expect("421");
			second.expectClose();
			third.send(HEADER.replace("192.0.2.7", "192.0.2.8")).expect("220");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "EHLO client.example\r\n", "PROXY TCP4 256.1.1.1 198.51.100.1 41000 25\r\n",
			"PROXY TCP4 192.0.2.7 198.51.100.1 70000 25\r\n", "PROXY TCP5 192.0.2.7 198.51.100.1 41000 25\r\n",
			"PROXY TCP4 192.0.2.7 198.51.100.1 41000 25 and something much longer than any such header may be at all,"
					+ " which goes on\r\n" })
	void hasToBeThereAndRight(String beginning) {
		try (SmtpServer server = started((mx) -> {
		}); TestClient client = TestClient.connect(server.port())) {
			client.send(beginning);
			client.expectEnd();
		}
	}

	@Test
	void isMissedOnceAloudAndNotWhenAConnectionIsOnlyProbed() {
		try (LogWatch log = LogWatch.of("io.mailio.transport.ProxyHeader", Level.INFO);
				SmtpServer server = started((mx) -> {
				})) {
			TestClient.connect(server.port()).reset();
			TestClient.connect(server.port()).send("PROXY TC").reset();
			try (TestClient client = TestClient.connect(server.port())) {
				client.send("EHLO client.example\r\nMAIL FROM:<a@b.example>\r\n").expectEnd();
			}
			// The client hears of its end first.
			await().until(() -> !log.lines().isEmpty());
			server.stop();
			assertThat(log.lines()).as("all that was told")
				.singleElement()
				.asString()
				.endsWith(": no proper PROXY header");
		}
	}

	@Test
	void isACommandLikeNoOtherFromElsewhere() {
		try (SmtpServer server = started((mx) -> mx.trustedProxies(List.of("192.0.2.0/24")));
				TestClient client = TestClient.connect(server.port())) {
			client.expect("220");
			client.send(HEADER).expect("500 5.5.1");
			client.command("NOOP", "250 2.0.0 client 127.0.0.1");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "example.com", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::1/129", "10.0.0/8/8" })
	void isNotTakenFromWhatIsNoNetwork(String network) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Mailroom.server().listener("mx", (mx) -> mx.trustedProxies(List.of(network))))
			.withMessageContaining("'" + network + "'");
	}

}
