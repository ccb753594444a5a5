/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class DnsResolverTests {

	private static final String QUESTION = "7.2.0.192.in-addr.arpa.";

	private static final Duration LONG = Duration.ofSeconds(20);

	private final AtomicLong nanoTime = new AtomicLong();

	private DnsServer server;

	@BeforeEach
	void startServer() throws Exception {
		this.server = new DnsServer();
	}

	@AfterEach
	void stopServer() {
		this.server.close();
	}

	private DnsResolver resolver(Duration timeout, String... more) {
		List<String> servers = Stream.concat(Stream.of(this.server.address()), Stream.of(more)).toList();
		return new DnsResolver(new DnsOptions(servers, timeout), this.nanoTime::get);
	}

	private static InetAddress address(String address) {
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Optional<String> name(DnsResolver resolver, String address) throws Exception {
		return resolver.reverse(address(address)).toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	private static Record pointer(String owner, long ttl, String target) throws Exception {
		return new PTRRecord(Name.fromString(owner), DClass.IN, ttl, Name.fromString(target));
	}

	@Test
	void theNameOfAnAddressHasNoDotAtItsEndAndKeepsItsLetters() throws Exception {
		this.server.answer(QUESTION, pointer(QUESTION, 300, "Mail.Example.COM."));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).hasValue("Mail.Example.COM");
		}
	}

	@Test
	void ipv6AddressesHaveNamesToo() throws Exception {
		String question = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
		this.server.answer(question, pointer(question, 300, "six.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "2001:db8::7")).hasValue("six.example.com");
		}
	}

	@Test
	void aliasesAreFollowed() throws Exception {
		String alias = "7.0/25.2.0.192.in-addr.arpa.";
		this.server.answer(QUESTION, new CNAMERecord(Name.fromString(QUESTION), DClass.IN, 300, Name.fromString(alias)),
				pointer(alias, 300, "mail.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).hasValue("mail.example.com");
		}
	}

	@Test
	void aliasesInACircleHaveNoName() throws Exception {
		this.server.answer(QUESTION,
				new CNAMERecord(Name.fromString(QUESTION), DClass.IN, 300, Name.fromString(QUESTION)));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).isEmpty();
		}
	}

	@Test
	void thereMayBeNoName() throws Exception {
		this.server.answer("8.2.0.192.in-addr.arpa.");
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).isEmpty();
			assertThat(name(resolver, "192.0.2.8")).isEmpty();
			assertThat(this.server.questions()).isEqualTo(2);
		}
	}

	@Test
	void theAnswerToAnotherQuestionIsNone() throws Exception {
		this.server.answer(QUESTION, pointer("8.2.0.192.in-addr.arpa.", 300, "evil.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\\010b.example.com.", "a\\013\\010X-Injected\\058.example.com.", "a\\000b.example.com.",
			"a\\032b.example.com.", "a(b).example.com.", "a\\.b.example.com.", "caf\\195\\169.example.com.", ".",
			"1.2.3.4.", "a.1.", "[192.0.2.1]." })
	void whatIsNoHostNameIsNotBelieved(String target) throws Exception {
		this.server.answer(QUESTION, pointer(QUESTION, 300, target));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED })
	void aServerThatFailsIsAnEmptyAnswer(int code) throws Exception {
		this.server.failing(code);
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "192.0.2.7")).isEmpty();
			assertThat(this.server.questions()).isEqualTo(2);
		}
	}

	@Test
	void theNextServerIsAskedWhenOneFails() throws Exception {
		this.server.failing(Rcode.SERVFAIL);
		try (DnsServer second = new DnsServer(); DnsResolver resolver = resolver(LONG, second.address())) {
			second.answer(QUESTION, pointer(QUESTION, 300, "mail.example.com."));
			assertThat(name(resolver, "192.0.2.7")).hasValue("mail.example.com");
		}
	}

	@Test
	void aSilentServerIsAnEmptyAnswerAfterTheTimeout() throws Exception {
		this.server.silent();
		try (DnsResolver resolver = resolver(Duration.ofMillis(50))) {
			CompletableFuture<Optional<String>> name = resolver.reverse(address("192.0.2.7")).toCompletableFuture();
			await().until(name::isDone);
			assertThat(name).isCompletedWithValue(Optional.empty());
		}
	}

	@Test
	void aSilentServerDoesNotHideTheNextOne() throws Exception {
		this.server.silent();
		try (DnsServer second = new DnsServer();
				DnsResolver resolver = resolver(Duration.ofSeconds(4), second.address())) {
			second.answer(QUESTION, pointer(QUESTION, 300, "mail.example.com."));
			assertThat(name(resolver, "192.0.2.7")).hasValue("mail.example.com");
		}
	}

	@Test
	void aKnownNameIsThereAtOnceUntilItsTimeIsOver() throws Exception {
		this.server.answer(QUESTION, pointer(QUESTION, 300, "mail.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			name(resolver, "192.0.2.7");
			this.nanoTime.addAndGet(Duration.ofSeconds(299).toNanos());
			assertThat(resolver.reverse(address("192.0.2.7")).toCompletableFuture())
				.isCompletedWithValue(Optional.of("mail.example.com"));
			assertThat(this.server.questions()).isEqualTo(1);
			this.nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
			name(resolver, "192.0.2.7");
			assertThat(this.server.questions()).isEqualTo(2);
		}
	}

	@Test
	void nothingIsKnownForMoreThanAnHour() throws Exception {
		this.server.answer(QUESTION, pointer(QUESTION, 86_400, "mail.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			name(resolver, "192.0.2.7");
			this.nanoTime.addAndGet(Duration.ofHours(1).toNanos());
			name(resolver, "192.0.2.7");
			assertThat(this.server.questions()).isEqualTo(2);
		}
	}

	@Test
	void thatThereIsNoNameIsKnownForAMinute() throws Exception {
		try (DnsResolver resolver = resolver(LONG)) {
			name(resolver, "192.0.2.7");
			this.nanoTime.addAndGet(Duration.ofSeconds(59).toNanos());
			name(resolver, "192.0.2.7");
			assertThat(this.server.questions()).isEqualTo(1);
			this.nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
			name(resolver, "192.0.2.7");
			assertThat(this.server.questions()).isEqualTo(2);
		}
	}

	@Test
	void whoAsksTheSameMeanwhileGetsTheSameAnswerAndMayCancel() throws Exception {
		this.server.answer(QUESTION, pointer(QUESTION, 300, "mail.example.com."));
		CountDownLatch gate = this.server.hold();
		try (DnsResolver resolver = resolver(LONG)) {
			List<CompletableFuture<Optional<String>>> names = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				names.add(resolver.reverse(address("192.0.2.7")).toCompletableFuture());
			}
			names.get(0).cancel(true);
			assertThat(names.get(1)).isNotDone();
			gate.countDown();
			for (CompletableFuture<Optional<String>> name : names.subList(1, 10)) {
				assertThat(name.get(30, TimeUnit.SECONDS)).hasValue("mail.example.com");
			}
			assertThat(this.server.questions()).isEqualTo(1);
		}
	}

	@Test
	void questionsBeyondTheNumberAtOnceWaitForTheirTurn() throws Exception {
		try (DnsResolver resolver = resolver(Duration.ofSeconds(60))) {
			List<CompletableFuture<Optional<String>>> names = new ArrayList<>();
			for (int i = 0; i < 2 * Queries.MAX_UNDER_WAY; i++) {
				names.add(resolver.reverse(address("10.0." + i / 256 + "." + i % 256)).toCompletableFuture());
			}
			for (CompletableFuture<Optional<String>> name : names) {
				assertThat(name.get(60, TimeUnit.SECONDS)).isEmpty();
			}
			assertThat(this.server.questions()).isGreaterThanOrEqualTo(names.size());
		}
	}

	@Test
	void loopbackAddressesAreAskedForLikeOthersAtConfiguredServers() throws Exception {
		String question = "1.0.0.127.in-addr.arpa.";
		this.server.answer(question, pointer(question, 300, "me.example.com."));
		try (DnsResolver resolver = resolver(LONG)) {
			assertThat(name(resolver, "127.0.0.1")).hasValue("me.example.com");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.1.2.3", "::1" })
	void loopbackAddressesAreLocalhostWithoutAskingTheSystemsServers(String loopback) {
		try (DnsResolver resolver = new DnsResolver(DnsOptions.defaults())) {
			assertThat(resolver.reverse(address(loopback)).toCompletableFuture())
				.isCompletedWithValue(Optional.of("localhost"));
		}
	}

	@Test
	void aClosedResolverKnowsNothing() {
		DnsResolver resolver = resolver(Duration.ofMillis(100));
		this.server.silent();
		CompletableFuture<Optional<String>> before = resolver.reverse(address("192.0.2.7")).toCompletableFuture();
		resolver.close();
		resolver.close();
		await().until(before::isDone);
		assertThat(before).isCompletedWithValue(Optional.empty());
		assertThat(resolver.reverse(address("192.0.2.8")).toCompletableFuture()).isCompletedWithValue(Optional.empty());
	}

	@Test
	void aThreadThatNeverRunsDoesNotHoldTheTimeoutUp() throws Exception {
		Queries queries = new Queries(List.of(ServerAddress.parse("192.0.2.1")), Duration.ofMillis(50), (task) -> {
		});
		CompletableFuture<Message> answer = queries.ask(Name.fromString(QUESTION), Type.PTR).toCompletableFuture();
		await().until(answer::isDone);
		assertThat(answer).isCompletedExceptionally();
	}

	@Test
	void aQuestionThatCannotBeAskedFailsAndTheNextIsAskedAnew() {
		AnswerCache<Integer, String> cache = new AnswerCache<>(3, this.nanoTime::get);
		List<CompletableFuture<String>> meanwhile = new ArrayList<>();
		CompletableFuture<String> first = cache.get(1, (question) -> {
			meanwhile.add(cache.get(1, (again) -> new CompletableFuture<>()).toCompletableFuture());
			throw new InternalError("no thread");
		}).toCompletableFuture();
		CompletableFuture<String> second = cache
			.get(1, (question) -> CompletableFuture.failedFuture(new IllegalStateException("failed")))
			.toCompletableFuture();
		assertThat(first).isCompletedExceptionally();
		assertThat(meanwhile).singleElement().matches(CompletableFuture::isCompletedExceptionally);
		assertThat(second).isCompletedExceptionally();
		assertThat(cache.size()).isZero();
		assertThat(cache.get(1,
				(question) -> CompletableFuture.completedFuture(new AnswerCache.Answer<>("x", Duration.ofSeconds(10))))
			.toCompletableFuture()).isCompletedWithValue("x");
	}

	@Test
	void aThreadThatCannotBeStartedIsAnEmptyAnswer() {
		AtomicLong started = new AtomicLong();
		try (DnsResolver resolver = new DnsResolver(new DnsOptions(List.of(this.server.address()), LONG),
				this.nanoTime::get, (task) -> {
					started.incrementAndGet();
					throw new InternalError("no thread");
				})) {
			for (int i = 1; i <= 3; i++) {
				assertThat(resolver.reverse(address("192.0.2.7")).toCompletableFuture())
					.isCompletedWithValue(Optional.empty());
				assertThat(started).hasValue(i);
			}
		}
	}

	@Test
	void theCacheForgetsTheOldestQuestion() {
		AnswerCache<Integer, String> cache = new AnswerCache<>(3, this.nanoTime::get);
		AtomicLong asked = new AtomicLong();
		for (int question : new int[] { 1, 2, 3, 4, 4, 1 }) {
			cache.get(question, (key) -> {
				asked.incrementAndGet();
				return CompletableFuture.completedFuture(new AnswerCache.Answer<>("x", Duration.ofSeconds(10)));
			});
		}
		assertThat(asked).hasValue(5);
		assertThat(cache.size()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource({ "192.0.2.1,192.0.2.1,53", "192.0.2.1:5353,192.0.2.1,5353", "2001:db8::1,2001:db8:0:0:0:0:0:1,53",
			"[2001:db8::1],2001:db8:0:0:0:0:0:1,53", "[2001:db8::1]:5353,2001:db8:0:0:0:0:0:1,5353" })
	void serversAreHostAndPort(String text, String host, int port) {
		assertThat(ServerAddress.parse(text).getAddress().getHostAddress()).isEqualTo(host);
		assertThat(ServerAddress.parse(text).getPort()).isEqualTo(port);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":53", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:70000", "[]:53", "a b" })
	void wrongServersAreRefused(String text) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new DnsResolver(new DnsOptions(List.of(text), DnsOptions.DEFAULT_TIMEOUT)))
			.withMessageContaining("'" + text + "'");
	}

	@Test
	void aTimeoutOfZeroIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new DnsOptions(List.of(), Duration.ZERO));
	}

}
