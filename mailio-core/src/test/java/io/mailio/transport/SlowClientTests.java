/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletableFuture;

import io.mailio.TestKeys;
import io.mailio.session.Limits;
import io.mailio.session.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that send one octet per second, in each phase: what they owe has a deadline as
 * a whole.
 */
class SlowClientTests {

	private static final int IDLE = (int) Limits.DEFAULTS.idleTimeout().toSeconds();

	/** What a deadline may be checked late, and the last reply lingers. */
	private static final int LATE = 16;

	private static final String HELLO = "EHLO c\r\n";

	private static VirtualConnection.Setup setup() {
		return VirtualConnection.setup()
			.limits(Limits.builder().handlerTimeout(Duration.ofHours(9)).minDataRate(0).build())
			.inline("auth", (req, res) -> res.accept())
			.inline("queue", (req, res) -> res.accept())
			.reactive("noop", (req, res) -> res.receive().map((line) -> res.accept()));
	}

	/** For how many seconds the server lets the client go on. */
	private static int drip(VirtualConnection client, String octets) {
		int seconds = 0;
		while (client.isOpen() && seconds < 10_000) {
			client.send(octets.substring(seconds % octets.length(), seconds % octets.length() + 1));
			client.pass(Duration.ofSeconds(1));
			seconds++;
		}
		return seconds;
	}

	@ParameterizedTest
	@CsvSource(ignoreLeadingAndTrailingWhitespace = false,
			value = { "'',a", "'',\0", "EHL,O", "'EHLO c\r\n',a", "'EHLO c\r\nMAIL FROM:<a@b.example>\r\n',R",
					"'EHLO c\r\nAUTH LOGIN\r\n',Y", "'EHLO c\r\nAUTH LOGIN\r\nYQ==\r\n',Y",
					"'EHLO c\r\nAUTH PLAIN\r\n',Y", "'NOOP\r\n',a", "'x\n',a", "'x\n','\n'", "'x\n','\r'" })
	void aLineHasADeadline(String before, String drop) {
		try (VirtualConnection client = setup().connect()) {
			client.send(unescape(before)).said();
			int seconds = drip(client, unescape(drop));
			assertThat(seconds).isBetween(IDLE, IDLE + LATE);
			assertThat(client.codes()).endsWith(421);
		}
	}

	private static String unescape(String text) {
		return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
	}

	@Test
	void soHasALineThatIsTooLong() {
		try (VirtualConnection client = setup().connect()) {
			client.send("a".repeat(3000));
			assertThat(drip(client, "a")).isBetween(IDLE, IDLE + LATE);
			assertThat(client.codes()).containsExactly(220, 500, 421);
		}
	}

	@Test
	void aMessageHasOneThoughItsOctetsNeverPause() {
		int whole = (int) Limits.DEFAULTS.messageTimeout().toSeconds();
		try (VirtualConnection client = setup().connect()) {
			client.data();
			assertThat(drip(client, "a\r\n.")).isBetween(whole, whole + LATE);
			assertThat(client.codes()).endsWith(354, 421);
		}
	}

	@Test
	void aMessageThatIsRefusedAlreadyHasOneToo() {
		int whole = (int) Limits.DEFAULTS.messageTimeout().toSeconds();
		try (VirtualConnection client = setup().connect()) {
			client.data().send("\n");
			assertThat(drip(client, "a")).isBetween(whole, whole + LATE);
			assertThat(client.codes()).endsWith(354, 421);
		}
	}

	@Test
	void aDripBeforeTheGreetingGainsNothing() {
		int lookup = 10;
		try (VirtualConnection client = setup().reverseLookup((address) -> new CompletableFuture<>()).connect()) {
			assertThat(drip(client, "a")).isBetween(lookup + IDLE, lookup + IDLE + LATE);
			assertThat(client.codes()).containsExactly(220, 421);
		}
	}

	@Test
	void aDripWhileAHandlerIsAskedGainsNothing() {
		CompletableFuture<String> answer = new CompletableFuture<>();
		try (VirtualConnection client = setup()
			.reactive("rset", (req, res) -> Mono.fromFuture(answer).map((text) -> res.accept()))
			.connect()) {
			client.send("RSET\r\n");
			for (int i = 0; i < 2 * IDLE; i++) {
				client.send("a").pass(Duration.ofSeconds(1));
			}
			answer.complete("");
			assertThat(drip(client, "a")).isBetween(IDLE, IDLE + LATE);
			assertThat(client.codes()).containsExactly(220, 250, 421);
		}
	}

	@Test
	void aProxyHeaderHasADeadline() {
		try (VirtualConnection client = setup().behindProxy().connect()) {
			client.send("PROXY ");
			int seconds = 0;
			while (client.isOpen() && seconds < 10_000) {
				client.pass(Duration.ofSeconds(10));
				seconds += 10;
			}
			assertThat(seconds).isBetween(IDLE, IDLE + LATE);
			assertThat(client.said()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(value = TlsMode.class, names = { "STARTTLS", "IMPLICIT" })
	void aHandshakeHasADeadline(TlsMode mode) {
		try (VirtualConnection client = setup().tls(mode, TestKeys.FIRST.server()).connect()) {
			if (mode == TlsMode.STARTTLS) {
				client.send(HELLO + "STARTTLS\r\n");
				assertThat(client.codes()).containsExactly(220, 250, 220);
			}
			// A record of 16 KiB that comes octet by octet.
			client.send("\u0016\u0003\u0001\u0040\0\u0001\0\u003f\u00fc");
			assertThat(drip(client, "\0")).isBetween(30, 35);
			assertThat(client.said()).isEmpty();
			assertThat(client.sessions().limits().total()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(value = TlsMode.class, names = { "STARTTLS", "IMPLICIT" })
	void aHandshakeThatNeverBeginsHasOne(TlsMode mode) {
		try (VirtualConnection client = setup().tls(mode, TestKeys.FIRST.server()).connect()) {
			client.send((mode == TlsMode.STARTTLS) ? HELLO + "STARTTLS\r\n" : "").pass(Duration.ofSeconds(29));
			assertThat(client.isOpen()).isTrue();
			assertThat(client.pass(Duration.ofSeconds(6)).isOpen()).isFalse();
			assertThat(client.sessions().limits().total()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(value = TlsMode.class, names = { "STARTTLS", "IMPLICIT" })
	void aServerThatStopsDoesNotWaitForAHandshake(TlsMode mode) {
		try (VirtualConnection client = setup().tls(mode, TestKeys.FIRST.server()).connect()) {
			client.send((mode == TlsMode.STARTTLS) ? HELLO + "STARTTLS\r\n" : "").said();
			CompletableFuture<Void> drained = client.sessions().drain();
			assertThat(client.said()).isEmpty();
			assertThat(client.isOpen()).isFalse();
			assertThat(drained).isCompleted();
		}
	}

	@Test
	void eachCommandOctetByOctetIsServedWhenItComesInTime() {
		try (VirtualConnection client = setup().connect()) {
			String dialogue = HELLO
					+ "MAIL FROM:<a@b.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
			dialogue.chars().forEach((c) -> client.send(String.valueOf((char) c)).pass(Duration.ofSeconds(2)));
			assertThat(client.codes()).isEqualTo(List.of(220, 250, 250, 250, 354, 250, 221));
		}
	}

}
