/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.Limits;
import org.junit.jupiter.api.Test;

import static io.mailio.transport.VirtualConnection.setup;
import static org.assertj.core.api.Assertions.assertThat;

/** What a failed authentication costs the client, in virtual time. */
class AuthDelayTests {

	private static final String WRONG = "AUTH PLAIN AGpvaG4Acm9l\r\n";

	private static final String RIGHT = "AUTH PLAIN AGpvaG4AZG9l\r\n";

	private static final Limits LIMITS = Limits.builder().authFailures(100).authFailuresPerAddress(7).build();

	private final List<String> asked = new ArrayList<>();

	private final Authenticator inline = new Authenticator() {
		@Override
		public Optional<User> authenticate(Credentials credentials, SmtpSession session) {
			Credentials.Password password = (Credentials.Password) credentials;
			AuthDelayTests.this.asked.add(password.password());
			return password.password().equals("doe") ? Optional.of(User.named("john")) : Optional.empty();
		}

		@Override
		public boolean isBlocking() {
			return false;
		}
	};

	private static int secondsUntilReply(VirtualConnection client) {
		int seconds = 0;
		while (client.codes().isEmpty() && seconds < 100) {
			client.pass(Duration.ofSeconds(1));
			seconds++;
		}
		return seconds;
	}

	@Test
	void theDelayDoublesUpToEightTimesAndThenNobodyIsAskedAnyMore() {
		try (VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect()) {
			client.send("EHLO c\r\n").said();
			List<Integer> delays = new ArrayList<>();
			for (int i = 0; i < 7; i++) {
				delays.add(secondsUntilReply(client.send(WRONG)));
			}
			assertThat(delays).containsExactly(1, 2, 4, 8, 8, 8, 8);
			assertThat(client.send(RIGHT).codes()).containsExactly(454);
			assertThat(this.asked).hasSize(7);
		}
	}

	@Test
	void anotherConnectionDoesNotBeginAtTheFirstDelay() {
		try (VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect()) {
			secondsUntilReply(client.send("EHLO c\r\n" + WRONG));
			client.pass(Duration.ofSeconds(1)).said();
			try (VirtualConnection other = client.another()) {
				other.send("EHLO c\r\n").said();
				assertThat(secondsUntilReply(other.send(WRONG))).isEqualTo(2);
			}
		}
	}

	@Test
	void aRightPasswordIsNotDelayedAndCommandsBehindAFailureWait() {
		try (VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect()) {
			client.send("EHLO c\r\n").said();
			client.send(WRONG + "NOOP\r\n" + RIGHT + "NOOP\r\n");
			assertThat(client.codes()).isEmpty();
			assertThat(client.pass(Duration.ofSeconds(1)).codes()).containsExactly(535, 250, 235, 250);
		}
	}

	@Test
	void whoIsMadeToWaitIsNotIdle() {
		Limits slow = Limits.builder()
			.idleTimeout(Duration.ofSeconds(10))
			.authFailureDelay(Duration.ofMinutes(1))
			.build();
		try (VirtualConnection client = setup().limits(slow).authenticator(this.inline).connect()) {
			client.send("EHLO c\r\n").said();
			client.send(WRONG).pass(Duration.ofSeconds(59));
			assertThat(client.codes()).isEmpty();
			assertThat(client.pass(Duration.ofSeconds(10)).codes()).containsExactly(535);
			assertThat(client.pass(Duration.ofSeconds(10)).codes()).containsExactly(421);
		}
	}

	@Test
	void failuresAreCountedByTheClientNotByItsProxy() {
		Limits once = Limits.builder().authFailuresPerAddress(1).build();
		VirtualConnection.Setup setup = setup().limits(once).behindProxy().authenticator(this.inline);
		try (VirtualConnection client = setup.connect();
				VirtualConnection same = client.another();
				VirtualConnection other = client.another()) {
			client.send(proxied("192.0.2.7") + "EHLO c\r\n" + WRONG).pass(Duration.ofSeconds(1));
			assertThat(client.codes()).endsWith(535);
			assertThat(same.send(proxied("192.0.2.7") + "EHLO c\r\n" + RIGHT).codes()).endsWith(454);
			assertThat(other.send(proxied("192.0.2.8") + "EHLO c\r\n" + RIGHT).codes()).endsWith(235);
		}
	}

	private static String proxied(String client) {
		return "PROXY TCP4 " + client + " 198.51.100.1 41000 25\r\n";
	}

	@Test
	void anUnknownUserAndAWrongPasswordAreAnsweredAlike() {
		Authenticator john = (credentials,
				session) -> credentials.username().equals("john")
						&& ((Credentials.Password) credentials).password().equals("doe")
								? Optional.of(User.named("john")) : Optional.empty();
		String[] replies = new String[2];
		for (int i = 0; i < 2; i++) {
			try (VirtualConnection client = setup().limits(LIMITS).authenticator(john).connect()) {
				client.send("EHLO c\r\n").said();
				client.send((i == 0) ? WRONG : "AUTH PLAIN AGphbmUAZG9l\r\n").work();
				assertThat(client.said()).isEmpty();
				replies[i] = client.pass(Duration.ofSeconds(1)).said();
			}
		}
		assertThat(Arrays.asList(replies)).containsOnly("535 5.7.8 Authentication credentials invalid\r\n");
	}

	@Test
	void whatAHandlerRefusesForGoodIsDelayedToo() {
		try (VirtualConnection client = setup().inline("auth", (req, res) -> res.reject(535, "No")).connect()) {
			client.send("EHLO c\r\n").said();
			assertThat(client.send(RIGHT).codes()).isEmpty();
			assertThat(client.pass(Duration.ofSeconds(1)).codes()).containsExactly(535);
		}
		try (VirtualConnection client = setup().inline("auth", (req, res) -> res.reject(454, "Later")).connect()) {
			client.send("EHLO c\r\n").said();
			assertThat(client.send(RIGHT).codes()).containsExactly(454);
		}
	}

	@Test
	void whoBeganBeforeTheOthersFailedIsNotAskedAnyMore() {
		Limits once = Limits.builder().authFailuresPerAddress(1).build();
		try (VirtualConnection client = setup().limits(once).authenticator(this.inline).connect();
				VirtualConnection other = client.another()) {
			other.send("EHLO c\r\nAUTH PLAIN\r\n").said();
			client.send("EHLO c\r\n" + WRONG).pass(Duration.ofSeconds(1)).said();
			assertThat(other.send("AGpvaG4AZG9l\r\n").codes()).containsExactly(454);
			assertThat(this.asked).containsExactly("roe");
		}
	}

	@Test
	void aHandlerThatEndsTheConnectionCountsToo() {
		Limits once = Limits.builder().authFailuresPerAddress(1).build();
		try (VirtualConnection client = setup().limits(once)
			.inline("auth", (req, res) -> res.end(535, "Go away"))
			.connect(); VirtualConnection other = client.another()) {
			assertThat(client.send("EHLO c\r\n" + RIGHT).codes()).endsWith(535);
			assertThat(client.isOpen()).isFalse();
			assertThat(other.send("EHLO c\r\n" + RIGHT).codes()).endsWith(454);
		}
	}

	@Test
	void aClientThatLeavesWhileItWaitsIsForgotten() {
		VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect();
		client.send("EHLO c\r\n" + WRONG).said();
		client.close();
		assertThat(client.pass(Duration.ofSeconds(10)).said()).isEmpty();
		assertThat(client.isOpen()).isFalse();
	}

	@Test
	void aServerThatStopsTellsAClientThatWaits() {
		try (VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect()) {
			client.send("EHLO c\r\n" + WRONG).said();
			client.sessions().drain();
			assertThat(client.pass(Duration.ofSeconds(1)).codes()).containsExactly(535, 421);
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = setup().limits(LIMITS).authenticator(this.inline).connect()) {
			client.send("EHLO c\r\n" + WRONG).said();
			client.sessions().abort();
			assertThat(client.codes()).containsExactly(421);
			assertThat(client.pass(Duration.ofSeconds(10)).said()).isEmpty();
		}
	}

	@Test
	void anAuthenticatorIsInterruptedWhenTheClientLeaves() {
		AtomicBoolean interrupted = new AtomicBoolean();
		VirtualConnection[] client = new VirtualConnection[1];
		client[0] = setup().authenticator((credentials, session) -> {
			client[0].close();
			interrupted.set(Thread.interrupted());
			return Optional.empty();
		}).connect();
		client[0].send("EHLO c\r\n" + RIGHT).said();
		client[0].work();
		assertThat(interrupted).isTrue();
		assertThat(client[0].said()).isEmpty();
	}

}
