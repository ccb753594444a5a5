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
import java.util.stream.Stream;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.handler.Decision;
import io.mailio.handler.SessionListener;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.session.Limits;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static io.mailio.transport.VirtualConnection.setup;
import static org.assertj.core.api.Assertions.assertThat;

/** What a failed authentication costs the client, in virtual time. */
class AuthDelayTests {

	private static final String WRONG = "AUTH PLAIN AGpvaG4Acm9l\r\n";

	private static final String RIGHT = "AUTH PLAIN AGpvaG4AZG9l\r\n";

	private static final String JANE = "AUTH PLAIN AGphbmUAZG9l\r\n";

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
				client.send((i == 0) ? WRONG : JANE).work();
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

	static Stream<Decision> decisions() {
		return Stream.of(Decision.accept(), Decision.accept(235, "Welcome"), Decision.reject(535, "Not you"),
				Decision.reject(454, "Later"), Decision.end(), Decision.end(535, "Go away"),
				Decision.end(235, "Enough"));
	}

	@ParameterizedTest
	@MethodSource("decisions")
	void whatHandlersDecideWhileOthersReachTheLimitIsNeitherToldNorApplied(Decision decision) {
		Limits twice = Limits.builder().authFailuresPerAddress(2).authFailureDelay(Duration.ZERO).build();
		Sinks.One<Decision> decided = Sinks.one();
		List<String> events = new ArrayList<>();
		VirtualConnection.Setup setup = setup().limits(twice).loginRequired().listener(new SessionListener() {
			@Override
			public void authenticated(SmtpSession session, String username, boolean successful) {
				events.add(username + " " + successful);
			}
		})
			.reactive("auth", (req, res) -> req.user().username().equals("john") ? decided.asMono()
					: Mono.just(Decision.reject(535, "Who?")));
		try (VirtualConnection first = setup.connect();
				VirtualConnection second = first.another();
				VirtualConnection other = first.another()) {
			assertThat(first.work().send("EHLO c\r\n" + RIGHT).codes()).containsExactly(220, 250);
			assertThat(second.work().send("EHLO c\r\n" + RIGHT).codes()).containsExactly(220, 250);
			assertThat(other.work().send("EHLO c\r\n" + JANE + JANE).codes()).containsExactly(220, 250, 535, 535);
			decided.tryEmitValue(decision).orThrow();
			for (VirtualConnection client : List.of(first, second)) {
				assertThat(client.said())
					.isEqualTo("454 4.7.0 Too many failed authentications from your network, try again later\r\n");
				assertThat(client.send("MAIL FROM:<>\r\n").codes()).containsExactly(530);
				assertThat(client.isOpen()).isTrue();
				client.work();
			}
			assertThat(events).containsExactly("jane false", "jane false");
		}
	}

	@ParameterizedTest
	@MethodSource("decisions")
	void whatHandlersDecideOneFailureBeforeTheLimitStands(Decision decision) {
		Limits twice = Limits.builder().authFailuresPerAddress(2).authFailureDelay(Duration.ZERO).build();
		Sinks.One<Decision> decided = Sinks.one();
		VirtualConnection.Setup setup = setup().limits(twice)
			.loginRequired()
			.reactive("auth", (req, res) -> req.user().username().equals("john") ? decided.asMono()
					: Mono.just(Decision.reject(535, "Who?")));
		try (VirtualConnection client = setup.connect(); VirtualConnection other = client.another()) {
			assertThat(client.send("EHLO c\r\n" + RIGHT).codes()).containsExactly(220, 250);
			assertThat(other.send("EHLO c\r\n" + JANE).codes()).containsExactly(220, 250, 535);
			decided.tryEmitValue(decision).orThrow();
			Reply given = decision.reply();
			boolean accepted = decision.kind() == Decision.Kind.ACCEPT;
			assertThat(client.codes())
				.isEqualTo((given != null) ? List.of(given.code()) : accepted ? List.of(235) : List.of());
			assertThat(client.isOpen()).isEqualTo(decision.kind() != Decision.Kind.END);
			if (client.isOpen()) {
				assertThat(client.send("MAIL FROM:<>\r\n").codes()).containsExactly(accepted ? 250 : 530);
			}
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
