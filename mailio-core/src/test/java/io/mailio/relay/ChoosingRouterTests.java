/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

import io.mailio.dns.DnsOptions;
import io.mailio.dns.DnsResolver;
import io.mailio.dns.DnsServer;
import io.mailio.message.Content;
import io.mailio.queue.Claim;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChoosingRouterTests {

	private static final RouteChoice LATE = new RouteChoice.Late(new Reply(451, "4.3.5 Too late"));

	private DnsServer server;

	private DnsResolver dns;

	/** Work for the executor, done when a test says so. */
	private final Deque<Runnable> tasks = new ArrayDeque<>();

	/** Who was asked about, and not yet decided. */
	private final List<Recipient> asked = new ArrayList<>();

	private final List<CompletableFuture<RouteChoice>> choices = new ArrayList<>();

	@BeforeEach
	void start() throws IOException {
		this.server = new DnsServer();
		this.dns = new DnsResolver(new DnsOptions(List.of(this.server.address()), Duration.ofSeconds(10)));
	}

	@AfterEach
	void stop() {
		this.dns.close();
		this.server.close();
	}

	private final class Patient implements RouteChooser {

		@Override
		public boolean isAsking() {
			return true;
		}

		@Override
		public CompletionStage<RouteChoice> choose(Claim claim, Recipient recipient, boolean local) {
			CompletableFuture<RouteChoice> choice = new CompletableFuture<>();
			ChoosingRouterTests.this.asked.add(recipient);
			ChoosingRouterTests.this.choices.add(choice);
			return choice;
		}

	}

	private CompletableFuture<List<Leg>> legs(int recipients, int attempts) {
		MxRouter hosts = new MxRouter(this.dns, RoutingOptions.defaults(),
				new Ourselves(List.of("mx.our.example"), List.of(), List.of()));
		Envelope envelope = Envelope.of(ReversePath.NULL,
				IntStream.range(0, recipients)
					.mapToObj((number) -> Mailbox.of("r" + number + "@example.com"))
					.toArray(Mailbox[]::new));
		Claim claim = new Claim(new QueueId(1), "(nowhere)", envelope, new Empty(), Instant.EPOCH, Instant.EPOCH,
				attempts, null);
		return new ChoosingRouter(new LocalRouter(null, hosts), hosts, null, new Patient(), this.tasks::add).legs(claim)
			.toCompletableFuture();
	}

	private void decide(RouteChoice choice) {
		List<CompletableFuture<RouteChoice>> open = List.copyOf(this.choices);
		this.choices.clear();
		open.forEach((one) -> one.complete(choice));
	}

	private static RouteChoice refusal() {
		return new RouteChoice.Refusal(new Reply(450, "4.7.1 Not this one"));
	}

	private void work() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
		}
	}

	@Test
	void recipientsAreAskedAboutSomeAtATimeAndOnTheExecutor() {
		CompletableFuture<List<Leg>> legs = legs(40, 0);
		assertThat(this.asked).hasSize(16);
		decide(refusal());
		assertThat(this.asked).as("not on the thread that brings a choice").hasSize(16);
		work();
		assertThat(this.asked).hasSize(32);
		decide(refusal());
		work();
		decide(refusal());
		work();
		assertThat(legs.join()).singleElement().satisfies((leg) -> assertThat(leg.recipients()).hasSize(40));
	}

	@Test
	void whenOneIsLateTheRestAreNotAskedAbout() {
		CompletableFuture<List<Leg>> legs = legs(3000, 0);
		this.choices.remove(5).complete(LATE);
		decide(refusal());
		work();
		assertThat(this.asked).hasSize(16);
		assertThat(legs.join()).extracting((leg) -> leg.recipients().size()).containsExactlyInAnyOrder(15, 2985);
		assertThat(legs.join()).extracting(Leg::route)
			.contains(new Route.Unavailable(new Reply(451, "4.3.5 Too late")));
	}

	@Test
	void theNextAttemptBeginsWithOthers() {
		legs(40, 0);
		assertThat(this.asked.get(0).mailbox()).hasToString("r0@example.com");
		this.asked.clear();
		legs(40, 1);
		assertThat(this.asked.get(0).mailbox()).hasToString("r16@example.com");
		this.asked.clear();
		legs(40, Integer.MAX_VALUE);
		assertThat(this.asked).hasSize(16);
	}

	private record Empty() implements Content {

		@Override
		public long size() {
			return 0;
		}

		@Override
		public InputStream openStream() {
			return new ByteArrayInputStream(new byte[0]);
		}

		@Override
		public void release() {
		}

	}

}
