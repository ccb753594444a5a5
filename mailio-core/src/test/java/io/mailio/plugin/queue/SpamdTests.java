/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import ch.qos.logback.classic.Level;
import io.mailio.LogWatch;
import io.mailio.handler.Decision;
import io.mailio.message.ContentBuffer;
import io.mailio.message.ReceivedMessage;
import io.mailio.message.StoredMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.metrics.MicrometerMeters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.queue.SpamReport.Status;
import io.mailio.smtp.Replies;
import io.mailio.smtp.ReversePath;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class SpamdTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final String CONTENT = "Subject: x\r\nX-Spam-Flag: NO\r\nx-spam-status : No\r\n\r\nX-Spam: body\r\n";

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@TempDir
	Path directory;

	private static SpamdOptions options(SpamdDouble spamd, Duration timeout, OnError onError) {
		return new SpamdOptions("127.0.0.1", spamd.port(), 5, 100_000, timeout, 2, "someone", false, onError);
	}

	private Spamd handler(SpamdOptions options) {
		return new Spamd(options, new MicrometerMeters(this.registry));
	}

	private static QueueExchange exchange() {
		return new QueueExchange("a@b.test", CONTENT, "c@example.com");
	}

	private static Decision decision(QueueExchange exchange, Spamd handler) {
		Decision decision = exchange.handledBy(handler).block(LONG);
		assertThat(decision).isNotNull();
		return decision;
	}

	private static SpamReport report(QueueExchange exchange) {
		assertThat(exchange.values()).hasSize(1);
		return (SpamReport) exchange.values().get(0);
	}

	private double scans(String outcome) {
		return this.registry.get(MeterName.SPAMD_SCAN.id()).tag("outcome", outcome).timer().count();
	}

	@Test
	void spamdIsGivenTheWholeMessageWithItsSenderAndItsReportIsPassedOn() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("7.1", SpamdDouble.REPORT))) {
			QueueExchange exchange = exchange();
			assertThat(decision(exchange, handler(options(spamd, LONG, OnError.ACCEPT)))).isEqualTo(Decision.accept());
			SpamReport report = report(exchange);
			assertThat(report.isSpam()).isTrue();
			assertThat(report.score()).isEqualTo(7.1);
			assertThat(report.rules()).hasSize(5);
			assertThat(report.logText()).isEqualTo("7.1/5");
			String message = "Return-Path: <a@b.test>\r\n" + QueueExchange.TRACE + CONTENT;
			assertThat(spamd.requests()).containsExactly(
					"REPORT SPAMC/1.5\r\nContent-length: " + message.length() + "\r\nUser: someone\r\n\r\n" + message);
			await().until(() -> spamd.open() == 0);
			assertThat(scans("spam")).isEqualTo(1);
		}
	}

	@Test
	void theScoreDecidesWhatIsSpam() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("4.9", ""))) {
			QueueExchange exchange = exchange();
			decision(exchange, handler(options(spamd, LONG, OnError.TEMPFAIL)));
			assertThat(report(exchange).isSpam()).isFalse();
			assertThat(report(exchange).threshold()).isEqualTo(5);
			assertThat(scans("ham")).isEqualTo(1);
		}
	}

	@Test
	void largeContentInAFileIsStreamed() throws Exception {
		String content = "Subject: x\r\n\r\n" + "0123456789abcdef\r\n".repeat(200_000);
		ContentBuffer buffer = new ContentBuffer(new ContentBuffer.Options(1000, this.directory), Runnable::run, 0);
		buffer.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
		StoredMessage message = new StoredMessage(new byte[0], buffer.finish().toCompletableFuture().join());
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("0.0", ""))) {
			SpamdOptions options = new SpamdOptions("localhost", spamd.port(), 5, Long.MAX_VALUE, LONG, 1, null, false,
					OnError.TEMPFAIL);
			QueueExchange exchange = new QueueExchange(ReversePath.NULL, message, "c@example.com");
			assertThat(decision(exchange, handler(options))).isEqualTo(Decision.accept());
			assertThat(spamd.requests().get(0).endsWith("\r\n\r\nReturn-Path: <>\r\n" + content)).isTrue();
		}
		message.release();
	}

	@Test
	void whatIsTooLargeIsNotScannedAndSaysSo() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering("")) {
			SpamdOptions options = new SpamdOptions("127.0.0.1", spamd.port(), 5, 10, LONG, 1, null, true,
					OnError.TEMPFAIL);
			ReceivedMessage message = QueueExchange.message(CONTENT);
			QueueExchange exchange = new QueueExchange(ReversePath.NULL, message, "c@example.com");
			assertThat(decision(exchange, handler(options))).isEqualTo(Decision.accept());
			assertThat(report(exchange)).isEqualTo(SpamReport.notScanned(Status.TOO_LARGE, 5));
			assertThat(report(exchange).isSpam()).isFalse();
			assertThat(report(exchange).logText()).isEqualTo("too-large");
			assertThat(spamd.requests()).isEmpty();
			assertThat(scans("too-large")).isEqualTo(1);
			assertThat(text(message)).isEqualTo(QueueExchange.TRACE + "Subject: x\r\n\r\nX-Spam: body\r\n");
		}
	}

	private static String text(ReceivedMessage message) throws IOException {
		try (InputStream in = message.openStream()) {
			return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	@Test
	void fieldsAreAddedOnRequestAndThoseOfTheClientRemoved() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("1.5", " 1.5 ABC x\n"))) {
			SpamdOptions options = new SpamdOptions("127.0.0.1", spamd.port(), 5, 1000, LONG, 1, null, true,
					OnError.TEMPFAIL);
			ReceivedMessage message = QueueExchange.message(CONTENT);
			decision(new QueueExchange(ReversePath.NULL, message, "c@example.com"), handler(options));
			assertThat(text(message)).isEqualTo("X-Spam-Flag: NO\r\nX-Spam-Score: 1.5\r\nX-Spam-Level: *\r\n"
					+ "X-Spam-Status: No, score=1.5 required=5\r\n\ttests=ABC\r\n" + QueueExchange.TRACE
					+ "Subject: x\r\n\r\nX-Spam: body\r\n");
			assertThat(spamd.requests().get(0)).doesNotContain("X-Spam-Flag", "x-spam-status");
		}
	}

	@ParameterizedTest
	@EnumSource
	void aSpamdThatIsNotThereMeansWhatIsConfigured(OnError onError) throws Exception {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		try (LogWatch log = LogWatch.of(Spamd.class.getName(), Level.WARN)) {
			Spamd handler = handler(new SpamdOptions("127.0.0.1", port, 5, 1000, LONG, 1, null, true, onError));
			for (int i = 0; i < 3; i++) {
				QueueExchange exchange = exchange();
				assertThat(decision(exchange, handler))
					.isEqualTo((onError == OnError.ACCEPT) ? Decision.accept() : Decision.reject(Replies.LOCAL_ERROR));
				assertThat(report(exchange)).isEqualTo(SpamReport.notScanned(Status.UNAVAILABLE, 5));
			}
			assertThat(scans("unavailable")).isEqualTo(3);
			assertThat(log.lines()).singleElement()
				.asString()
				.contains("spamd at 127.0.0.1 port " + port, "a message was",
						(onError == OnError.ACCEPT) ? "accepted" : "451");
		}
	}

	private static void silent(InputStream in, OutputStream out) throws IOException {
		in.transferTo(OutputStream.nullOutputStream());
	}

	@Test
	void aSpamdThatSaysNothingIsNotWaitedForLonger() throws Exception {
		try (SpamdDouble spamd = new SpamdDouble(SpamdTests::silent);
				LogWatch log = LogWatch.of(Spamd.class.getName(), Level.WARN)) {
			Spamd handler = handler(options(spamd, SHORT, OnError.TEMPFAIL));
			assertThat(decision(exchange(), handler)).isEqualTo(Decision.reject(Replies.LOCAL_ERROR));
			assertThat(log.lines()).singleElement().asString().contains("no answer within 300 ms");
			await().until(() -> spamd.open() == 0);
		}
	}

	@Test
	void aSpamdThatReadsNothingIsNotWaitedForLonger() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (SpamdDouble spamd = new SpamdDouble((in, out) -> {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		})) {
			ReceivedMessage message = QueueExchange.message("x".repeat(20_000_000), 30_000_000);
			SpamdOptions options = new SpamdOptions("127.0.0.1", spamd.port(), 5, Long.MAX_VALUE, SHORT, 1, null, false,
					OnError.TEMPFAIL);
			assertThat(decision(new QueueExchange(ReversePath.NULL, message, "c@example.com"), handler(options)))
				.isEqualTo(Decision.reject(Replies.LOCAL_ERROR));
			end.countDown();
			await().until(() -> spamd.open() == 0);
		}
	}

	@Test
	void aSpamdThatDripsIsUnderstood() throws Exception {
		byte[] answer = SpamdDouble.ok("1.0", SpamdDouble.REPORT).getBytes(StandardCharsets.US_ASCII);
		try (SpamdDouble spamd = new SpamdDouble((in, out) -> {
			SpamdDouble.request(in);
			for (byte octet : answer) {
				out.write(octet);
			}
			silent(in, out);
		})) {
			QueueExchange exchange = exchange();
			decision(exchange, handler(options(spamd, LONG, OnError.TEMPFAIL)));
			assertThat(report(exchange).rules()).hasSize(5);
			await().until(() -> spamd.open() == 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "SPAMD/1.1 0 EX_OK\r\nContent-le", "SPAMD/1.0 76 Bad header line\r\n",
			"SPAMD/1.1 0 EX_OK\r\nContent-length: 10\r\nSpam: True ; 1.0 / 5.0\r\n\r\nnine octe",
			"SPAMD/1.1 0 EX_OK\r\nContent-length: 999999999\r\nSpam: True ; 1.0 / 5.0\r\n\r\n", "nonsense\r\n" })
	void aSpamdThatClosesInTheMidstOrTalksNonsenseIsNoneAndLeavesNoConnection(String answer) throws Exception {
		try (SpamdDouble spamd = new SpamdDouble((in, out) -> {
			SpamdDouble.request(in);
			out.write(answer.getBytes(StandardCharsets.US_ASCII));
		})) {
			Spamd handler = handler(options(spamd, LONG, OnError.TEMPFAIL));
			for (int i = 0; i < 5; i++) {
				assertThat(decision(exchange(), handler)).isEqualTo(Decision.reject(Replies.LOCAL_ERROR));
			}
			await().until(() -> spamd.open() == 0);
			spamd.behave(spamd.reading((request) -> SpamdDouble.ok("1.0", "")));
			assertThat(decision(exchange(), handler)).isEqualTo(Decision.accept());
		}
	}

	@Test
	void aSpamdThatSaysMoreThanAnybodyWantsIsCutOff() throws Exception {
		try (SpamdDouble spamd = new SpamdDouble((in, out) -> {
			out.write("SPAMD/1.1 0 EX_OK\r\nSpam: True ; 1.0 / 5.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			byte[] more = new byte[64 * 1024];
			while (true) {
				out.write(more);
			}
		})) {
			assertThat(decision(exchange(), handler(options(spamd, LONG, OnError.TEMPFAIL))))
				.isEqualTo(Decision.reject(Replies.LOCAL_ERROR));
			await().until(() -> spamd.open() == 0);
		}
	}

	@Test
	void noMoreMessagesAreScannedAtATimeThanAllowed() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		try (SpamdDouble spamd = SpamdDouble.answering("")) {
			SpamdDouble.Behaviour answering = spamd.reading((request) -> SpamdDouble.ok("1.0", ""));
			spamd.behave((in, out) -> {
				try {
					go.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
				answering.serve(in, out);
			});
			Spamd handler = handler(options(spamd, LONG, OnError.TEMPFAIL));
			List<CompletableFuture<Decision>> decisions = new ArrayList<>();
			for (int i = 0; i < 7; i++) {
				decisions.add(exchange().handledBy(handler).toFuture());
			}
			await().until(() -> spamd.open() == 2);
			go.countDown();
			assertThat(decisions)
				.allSatisfy((decision) -> assertThat(decision).succeedsWithin(LONG).isEqualTo(Decision.accept()));
			assertThat(spamd.requests()).hasSize(7);
			assertThat(spamd.most()).isLessThanOrEqualTo(3);
			await().until(() -> spamd.open() == 0);
		}
	}

	@RepeatedTest(3)
	void whoIsCancelledLeavesNoConnectionAndNoOneWaiting() throws Exception {
		long seed = System.nanoTime();
		System.out.println("whoIsCancelledLeavesNoConnectionAndNoOneWaiting: seed " + seed);
		Random random = new Random(seed);
		try (SpamdDouble spamd = new SpamdDouble(SpamdTests::silent)) {
			Spamd handler = handler(options(spamd, LONG, OnError.TEMPFAIL));
			Disposable waiting = exchange().handledBy(handler).subscribe();
			await().until(() -> spamd.open() == 1);
			for (int i = 0; i < 300; i++) {
				Disposable cancelled = exchange().handledBy(handler).subscribe();
				for (int spin = random.nextInt(20_000); spin > 0; spin--) {
					Thread.onSpinWait();
				}
				cancelled.dispose();
			}
			waiting.dispose();
			await().until(() -> spamd.open() == 0);
			spamd.behave(spamd.reading((request) -> SpamdDouble.ok("1.0", "")));
			List<Mono<Decision>> all = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				all.add(exchange().handledBy(handler));
			}
			all.forEach((one) -> assertThat(one.block(LONG)).isEqualTo(Decision.accept()));
			await().until(() -> spamd.open() == 0);
		}
	}

	@Test
	void troublesAreToldOnceAMinuteWithTheirNumber() {
		long[] now = new long[1];
		SpamdTroubles troubles = new SpamdTroubles(SpamdOptions.defaults(), () -> now[0]);
		try (LogWatch log = LogWatch.of(Spamd.class.getName(), Level.WARN)) {
			for (int i = 0; i < 5; i++) {
				troubles.failed(new IOException("a\r\nb"));
			}
			assertThat(log.lines()).singleElement().asString().contains("a\\u{d}\\u{a}b; a message was accepted");
			now[0] = SpamdTroubles.SILENCE.toNanos();
			troubles.failed(new IllegalStateException());
			assertThat(log.lines()).hasSize(2).last().asString().contains("IllegalStateException; 5 messages were");
		}
	}

	@Test
	void optionsHaveTheirRanges() {
		SpamdOptions all = SpamdOptions.defaults().at("spamd.test", 1783);
		assertThat(all.host()).isEqualTo("spamd.test");
		assertThat(all.port()).isEqualTo(1783);
		assertThat(all.baseScore()).isEqualTo(5);
		assertThatIllegalArgumentException().isThrownBy(() -> all.at(" ", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> all.at("x", 65_536));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SpamdOptions("x", 1, Double.NaN, 1, LONG, 1, null, false, OnError.ACCEPT));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SpamdOptions("x", 1, 5, 0, LONG, 1, null, false, OnError.ACCEPT));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SpamdOptions("x", 1, 5, 1, Duration.ZERO, 1, null, false, OnError.ACCEPT));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SpamdOptions("x", 1, 5, 1, LONG, 0, null, false, OnError.ACCEPT));
		for (String user : new String[] { "", "a b", "a\r\nb", "\u00fc" }) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new SpamdOptions("x", 1, 5, 1, LONG, 1, user, false, OnError.ACCEPT));
		}
	}

	@Test
	void metersMayBeLeftOut() throws Exception {
		try (SpamdDouble spamd = SpamdDouble.answering(SpamdDouble.ok("1.0", ""))) {
			assertThat(decision(exchange(), new Spamd(options(spamd, LONG, OnError.TEMPFAIL), Meters.NONE)))
				.isEqualTo(Decision.accept());
		}
	}

}
