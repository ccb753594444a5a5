/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mailio.handler.Decision;
import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ContentBuffer;
import io.mailio.plugin.queue.Discard;
import io.mailio.session.Limits;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;

/** Corners of the dialogue between a client, the engine and its handlers. */
class DialogueTests {

	private static VirtualConnection.Setup setup() {
		return VirtualConnection.setup().inline("queue", (req, res) -> res.accept());
	}

	@Test
	void aRejectedConnectIsToldAndClosed() {
		try (VirtualConnection client = setup().inline("connect", (req, res) -> res.reject(554, "No mail from you"))
			.connect()) {
			assertThat(client.said()).isEqualTo("554 No mail from you\r\n");
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aReactiveHandlerTalksWithAPipeliningClient() {
		try (VirtualConnection client = setup().reactive("xecho", (req, res) -> {
			res.write("334 go on");
			return res.receive()
				.flatMap((first) -> res.receive().map((second) -> res.accept(250, first + " and " + second)));
		}).connect()) {
			client.said();
			client.send("XECHO\r\none\r\ntwo\r\nNOOP\r\n");
			assertThat(client.said()).isEqualTo("334 go on\r\n250 2.0.0 one and two\r\n250 2.0.0 OK\r\n");
		}
	}

	@Test
	void aLineTooLongForADialogueIsOneReplyAndTheSessionGoesOn() {
		try (VirtualConnection client = setup()
			.reactive("xecho", (req, res) -> res.receive().map((line) -> res.accept()))
			.connect()) {
			client.send("XECHO\r\n").send("a".repeat(20000)).send("\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(220, 500, 250);
		}
	}

	@Test
	void aHandlerMayForgiveABadLine() {
		try (VirtualConnection client = setup()
			.reactive("xecho", (req, res) -> res.receive()
				.map((line) -> res.accept(250, line))
				.onErrorResume(SmtpReplyException.class, (bad) -> res.receive().map((line) -> res.accept(250, line))))
			.connect()) {
			client.said();
			client.send("XECHO\r\nbad\nline\r\ngood\r\nNOOP\r\n");
			assertThat(client.said()).isEqualTo("250 2.0.0 good\r\n250 2.0.0 OK\r\n");
		}
	}

	@Test
	void anAuthResponseThatIsTooLongIsOneReplyAndTheSessionGoesOn() {
		try (VirtualConnection client = setup().inline("auth", (req, res) -> res.accept()).connect()) {
			client.send("EHLO c\r\nAUTH LOGIN\r\n" + "a".repeat(20000) + "\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(220, 250, 334, 500, 250);
		}
	}

	@Test
	void aHandlerThatAsksForALineAndThenDoesNotCareGetsNone() {
		try (VirtualConnection client = setup().reactive("xask", (req, res) -> {
			res.receive().subscribe();
			return Mono.just(res.accept());
		}).connect()) {
			assertThat(client.send("XASK\r\nNOOP\r\n").codes()).containsExactly(220, 250, 250);
		}
	}

	@Test
	void aLineThatAHandlerHasGivenUpIsTheNextCommand() {
		Sinks.One<String> other = Sinks.one();
		Sinks.One<Decision> answer = Sinks.one();
		try (VirtualConnection client = setup()
			.reactive("xask", (req, res) -> Mono.firstWithValue(res.receive(), other.asMono()).then(answer.asMono()))
			.connect()) {
			client.send("XASK\r\n").said();
			other.tryEmitValue("not from the client");
			client.send("NOOP\r\n");
			assertThat(client.said()).isEmpty();
			answer.tryEmitValue(Decision.accept(250, "at last"));
			assertThat(client.work().said()).isEqualTo("250 2.0.0 at last\r\n250 2.0.0 OK\r\n");
		}
	}

	@Test
	void aLineThatComesWhenItIsNoLongerWantedStaysForTheNextReader() {
		Sinks.Empty<Void> later = Sinks.empty();
		try (VirtualConnection client = setup().reactive("xask", (req, res) -> {
			res.receive().subscribe().dispose();
			return later.asMono().then(res.receive()).map((line) -> res.accept(250, line));
		}).connect()) {
			client.send("XASK\r\n").said();
			assertThat(client.send("a line\r\nNOOP\r\n").codes()).isEmpty();
			later.tryEmitEmpty();
			assertThat(client.said()).isEqualTo("250 2.0.0 a line\r\n250 2.0.0 OK\r\n");
		}
	}

	@Test
	void noCommandRunsWhileAMessageIsBeingCommitted() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().reactive("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			res.receive().subscribe();
			return Mono.just(res.accept());
		}).connect()) {
			client.data().said();
			client.send("x\r\n.\r\nRSET\r\nMAIL FROM:<z@client.example>\r\n");
			assertThat(client.said()).isEmpty();
			assertThat(client.work().codes()).containsExactly(250, 250, 250);
			assertThat(order).containsExactly("commit");
		}
	}

	@Test
	void aMessageIsKeptThoughItsClientLeavesDuringTheCommitAndTheEndIsToldLast() {
		List<String> events = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.listener(new RecordingListener(events))
			.inline("queue", (req, res) -> {
				res.stage(delivery(events, req.session()));
				return res.accept();
			})
			.connect()) {
			client.work().data().send("x\r\n.\r\n");
			client.close();
			client.work();
			assertThat(events).containsExactly("started", "commit", "received", "ended");
		}
	}

	@Test
	void aSessionThatNeverBeganDoesNotEnd() {
		List<String> events = new ArrayList<>();
		VirtualConnection client = VirtualConnection.setup()
			.listener(new RecordingListener(events))
			.reverseLookup((address) -> new java.util.concurrent.CompletableFuture<>())
			.connect();
		client.close();
		client.work();
		assertThat(events).isEmpty();
	}

	@Test
	void endedIsToldEvenIfTheListenerWasStillBusyWithStarted() {
		List<String> events = new ArrayList<>();
		VirtualConnection client = VirtualConnection.setup().listener(new RecordingListener(events)).connect();
		client.close();
		client.work();
		assertThat(events).containsExactly("started", "ended");
	}

	@Test
	void aClientIsTurnedAwayWhenTheListenerCannotBeTold() {
		try (VirtualConnection client = setup().listener(new RecordingListener(new ArrayList<>()))
			.saturated()
			.connect()) {
			assertThat(client.codes()).containsExactly(421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aListenerThatBlocksDoesNotHoldTheClientForEver() {
		try (VirtualConnection client = setup().listener(new RecordingListener(new ArrayList<>())).connect()) {
			client.pass(Duration.ofSeconds(31));
			assertThat(client.codes()).containsExactly(421);
			assertThat(client.work().codes()).isEmpty();
		}
	}

	@Test
	void aSaturatedExecutorIsATemporaryFailure() {
		AtomicBoolean saturated = new AtomicBoolean(true);
		try (VirtualConnection client = setup().saturatedWhen(saturated::get)
			.blocking("noop", (req, res) -> res.accept())
			.connect()) {
			assertThat(client.send("NOOP\r\nHELP\r\n").codes()).containsExactly(220, 451, 214);
			saturated.set(false);
			assertThat(client.send("NOOP\r\n").work().codes()).containsExactly(250);
		}
	}

	@Test
	void aMessageIsUndoneWhenTheExecutorIsSaturatedAtItsCommit() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().saturated().inline("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(451, 250);
			assertThat(order).containsExactly("rollback");
		}
	}

	@Test
	void contentThatCannotBeWrittenForWantOfThreadsIsATemporaryFailure(@TempDir java.nio.file.Path directory) {
		try (VirtualConnection client = setup().saturated()
			.content(new ContentBuffer.Options(10, directory))
			.connect()) {
			client.data().said();
			assertThat(client.send("0123456789abcdef\r\n.\r\nNOOP\r\n").codes()).containsExactly(452, 250);
		}
	}

	@Test
	void deliveriesAreKeptEverywhereOrNowhere() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().inline("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			res.stage(failing(order, req.session()));
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").work().codes()).containsExactly(451, 250);
			assertThat(order).containsExactly("commit", "broken commit", "rollback", "broken rollback", "rollback");
		}
	}

	@Test
	void deliveriesAreRolledBackWhenALaterHandlerRejects() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().blocking("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).inline("queue", (req, res) -> res.reject(550, "Spam")).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\n").work().codes()).containsExactly(550);
			assertThat(order).containsExactly("rollback");
		}
	}

	@Test
	void theSessionGoesOnToIdleWhenDrainedAndNotBefore() {
		try (VirtualConnection client = setup().blocking("noop", (req, res) -> res.accept()).connect()) {
			client.data().said();
			client.sessions().drain();
			assertThat(client.isOpen()).isTrue();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(250, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aDrainedSessionLetsTheRunningHandlerAnswer() {
		try (VirtualConnection client = setup().blocking("noop", (req, res) -> res.accept()).connect()) {
			client.send("NOOP\r\nNOOP\r\n").said();
			client.sessions().drain();
			assertThat(client.said()).isEmpty();
			assertThat(client.work().codes()).containsExactly(250, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aSessionDrainedBeforeItsGreetingIsToldInOrder() {
		try (VirtualConnection client = setup().blocking("connect", (req, res) -> res.accept()).connect()) {
			client.sessions().drain();
			assertThat(client.work().codes()).containsExactly(220, 421);
		}
	}

	@Test
	void aSessionDrainedWithinAuthIsToldAfterIt() {
		try (VirtualConnection client = setup().inline("auth", (req, res) -> res.accept()).connect()) {
			client.send("EHLO c\r\nAUTH LOGIN\r\n").said();
			client.sessions().drain();
			assertThat(client.said()).isEmpty();
			assertThat(client.send("am9obg==\r\nZG9l\r\n").codes()).containsExactly(334, 235, 421);
		}
	}

	@Test
	void abortInterruptsAHandlerAndSaysSoOnce() {
		try (VirtualConnection client = setup().reactive("noop", (req, res) -> Mono.never()).connect()) {
			client.send("NOOP\r\n").said();
			client.sessions().abort();
			assertThat(client.codes()).containsExactly(421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void abortLetsACommitEndAndItsClientKnow() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().inline("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).connect()) {
			client.data().send("x\r\n.\r\n").said();
			client.sessions().abort();
			assertThat(client.codes()).isEmpty();
			assertThat(client.work().codes()).containsExactly(250, 421);
			assertThat(order).containsExactly("commit");
		}
	}

	@Test
	void drainedTwiceBothWaitersHearOfTheEnd() {
		VirtualConnection client = setup().connect();
		client.data();
		var first = client.sessions().drain();
		var second = client.sessions().drain();
		assertThat(first).isNotDone();
		client.close();
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
	}

	@Test
	void tooMuchContentIsRefusedAtItsEnd() {
		try (VirtualConnection client = setup().limits(Limits.builder().messageSize(1000).build()).connect()) {
			client.data().said();
			client.send(("a".repeat(98) + "\r\n").repeat(20));
			assertThat(client.codes()).isEmpty();
			assertThat(client.send(".\r\nNOOP\r\n").codes()).containsExactly(552, 250);
		}
	}

	@Test
	void endlessContentIsCutWithOneReply() {
		try (VirtualConnection client = setup().limits(Limits.builder().messageSize(1000).build()).connect()) {
			client.data().said();
			client.send(("a".repeat(98) + "\r\n").repeat(12_000) + ".\r\nNOOP\r\n");
			assertThat(client.codes()).containsExactly(552);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void anEndWithoutReplyJustCloses() {
		try (VirtualConnection client = setup().inline("noop", (req, res) -> res.end()).connect()) {
			assertThat(client.send("NOOP\r\nHELP\r\n").codes()).containsExactly(220);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void anEndWithReplyClosesBehindIt() {
		try (VirtualConnection client = setup().inline("noop", (req, res) -> res.end(221, "Enough")).connect()) {
			assertThat(client.send("NOOP\r\nHELP\r\n").codes()).containsExactly(220, 221);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void anEndAtTheQueueLeavesNothingBehind() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().blocking("queue", (req, res) -> {
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).inline("queue", (req, res) -> res.end(421, "Later")).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").work().codes()).containsExactly(421);
			assertThat(order).containsExactly("rollback");
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void aRejectionWith421Closes() {
		try (VirtualConnection client = setup().inline("mail", (req, res) -> res.reject(421, "Go away")).connect()) {
			assertThat(client.send("EHLO c\r\nMAIL FROM:<>\r\nHELP\r\n").codes()).containsExactly(220, 250, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void readingStopsWhileALotWaitsAndGoesOnAfterwards() {
		try (VirtualConnection client = setup().blocking("noop", (req, res) -> res.accept()).connect()) {
			client.send("NOOP\r\n");
			assertThat(client.isReading()).isTrue();
			client.send("HELP\r\n".repeat(12_000));
			assertThat(client.isReading()).isFalse();
			client.said();
			assertThat(client.work().codes()).hasSize(12_001);
			assertThat(client.isReading()).isTrue();
		}
	}

	@Test
	void readingStopsWhileTheDiskIsSlowAndGoesOnAfterwards(@TempDir java.nio.file.Path directory) {
		try (VirtualConnection client = setup().content(new ContentBuffer.Options(1024, directory)).connect()) {
			client.data().said();
			client.send("\r\n" + ("a".repeat(998) + "\r\n").repeat(700));
			assertThat(client.isReading()).isFalse();
			client.work();
			assertThat(client.isReading()).isTrue();
			assertThat(client.send(".\r\n").work().codes()).containsExactly(250);
		}
	}

	@Test
	void aHandlerThatAnswersReleasesWhoeverStillWaitsForALine() {
		List<Throwable> released = new ArrayList<>();
		try (VirtualConnection client = setup().reactive("xask", (req, res) -> {
			res.receive().subscribe((line) -> {
			}, released::add);
			return Mono.just(res.accept());
		}).connect()) {
			assertThat(client.send("XASK\r\nNOOP\r\n").codes()).containsExactly(220, 250, 250);
			assertThat(released).singleElement().isInstanceOf(CancellationException.class);
		}
	}

	@Test
	void halfALineThatAHandlerOfDataHasGivenUpIsContent() {
		Sinks.One<String> other = Sinks.one();
		List<String> contents = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.reactive("data",
					(req, res) -> Mono.firstWithValue(res.receive(), other.asMono()).map((any) -> res.accept()))
			.inline("queue", (req, res) -> {
				contents.add(req.message().headers().first("Subject").orElse(""));
				return res.accept();
			})
			.connect()) {
			client.data().said();
			client.send("Subject: a line that is longer than the commands behind the message");
			other.tryEmitValue("enough");
			assertThat(client.codes()).containsExactly(354);
			client.send("\r\n.\r\nNOOP\r\nVRFY x\r\nRSET\r\nHELP\r\nNOOP\r\nNOOP\r\nNOOP\r\nQUIT\r\n");
			assertThat(client.codes()).containsExactly(250, 250, 252, 250, 214, 250, 250, 250, 221);
			assertThat(contents).containsExactly("a line that is longer than the commands behind the message");
		}
	}

	@Test
	void theLastRefusalIsSentAsItIsAndTheNextCommandIsOneTooMany() {
		Limits limits = Limits.builder().errors(3).build();
		VirtualConnection.Setup strict = setup().limits(limits)
			.inline("rcpt", (req, res) -> res.reject(550, "Not here"));
		String refused = "EHLO c\r\nMAIL FROM:<>\r\n" + "RCPT TO:<b@example.com>\r\n".repeat(3);
		try (VirtualConnection client = strict.connect()) {
			assertThat(client.send(refused).codes()).containsExactly(220, 250, 250, 550, 550, 550);
			assertThat(client.isOpen()).isTrue();
			assertThat(client.send("NOOP\r\n").said()).startsWith("421 4.7.0 Too many errors");
			assertThat(client.isOpen()).isFalse();
		}
		try (VirtualConnection client = strict.connect()) {
			assertThat(client.send(refused + "QUIT\r\n").codes()).endsWith(550, 550, 550, 221);
		}
	}

	@Test
	void theLastRefusalOfAMessageIsSentAsItIs() {
		Limits limits = Limits.builder().errors(1).build();
		try (VirtualConnection client = VirtualConnection.setup()
			.limits(limits)
			.inline("queue", (req, res) -> res.reject(550, "Spam"))
			.connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(550, 421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@Test
	void whatAHandlerOfUnrecognizedAcceptsIsNotHeldAgainstTheClient() {
		try (VirtualConnection client = setup()
			.inline("unrecognized",
					(req, res) -> req.command().data().startsWith("XPING") ? res.accept(250, "pong") : res.accept())
			.connect()) {
			client.said();
			assertThat(client.send("XPING\r\n".repeat(10)).codes()).hasSize(10).containsOnly(250);
			assertThat(client.send("XFOO\r\nXPING\r\n".repeat(4) + "XFOO\r\n").codes()).containsExactly(500, 250, 500,
					250, 500, 250, 500, 250, 500);
			assertThat(client.send("XFOO\r\nNOOP\r\n").codes()).containsExactly(421);
			assertThat(client.isOpen()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aListenerThatFailsWhenAskedChangesNothing(boolean error) {
		try (VirtualConnection client = setup().listener(new io.mailio.handler.SessionListener() {
			@Override
			public boolean listensTo(Kind kind) {
				if (error) {
					throw new NoClassDefFoundError("broken");
				}
				throw new IllegalStateException("broken");
			}
		}).connect()) {
			assertThat(client.data().send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(220, 250, 250, 250, 354, 250,
					250);
			assertLeavesNothing(client);
		}
	}

	@Test
	void anExecutorWithoutThreadsWhenContentIsThrownAwayLeavesNoConnectionCounted(
			@TempDir java.nio.file.Path directory) {
		AtomicBoolean exhausted = new AtomicBoolean();
		try (VirtualConnection client = setup().content(new ContentBuffer.Options(10, directory))
			.withoutThreadsWhen(exhausted::get)
			.connect()) {
			client.data().send("\r\n" + ("a".repeat(998) + "\r\n").repeat(400)).work();
			exhausted.set(true);
			assertLeavesNothing(client);
		}
	}

	@Test
	void anExecutorThatFailsWhenAListenerIsToldChangesNothing() {
		List<String> events = new ArrayList<>();
		AtomicBoolean broken = new AtomicBoolean();
		try (VirtualConnection client = setup().listener(new RecordingListener(events))
			.brokenWhen(broken::get)
			.connect()) {
			client.work();
			broken.set(true);
			assertThat(client.data().send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(220, 250, 250, 250, 354, 250,
					250);
			assertLeavesNothing(client);
			assertThat(events).containsExactly("started");
		}
	}

	private static void assertLeavesNothing(VirtualConnection client) {
		assertThat(client.sessions().limits().total()).isEqualTo(1);
		client.close();
		assertThat(client.sessions().limits().total()).isZero();
		assertThat(client.sessions().drain()).isCompleted();
	}

	@Test
	void eventsThatCouldNotBeToldDoNotCountAsWaiting() {
		List<String> events = new ArrayList<>();
		AtomicBoolean saturated = new AtomicBoolean();
		try (VirtualConnection client = setup().listener(new RecordingListener(events))
			.saturatedWhen(saturated::get)
			.connect()) {
			client.work();
			saturated.set(true);
			messages(client, 200);
			saturated.set(false);
			messages(client, 1);
			client.work();
			assertThat(events).containsExactly("started", "received");
		}
	}

	@Test
	void aFewEventsWaitForAListenerThatBlocksAndTheRestIsDroppedWithOneWarning() {
		List<String> events = new ArrayList<>();
		try (Heard heard = Heard.of("io.mailio.command.SessionEvents", Level.WARN);
				VirtualConnection client = setup().listener(new RecordingListener(events)).connect()) {
			client.work();
			for (int i = 0; i < 30; i++) {
				messages(client, 1000);
			}
			client.work();
			assertThat(events).hasSizeBetween(100, 102).startsWith("started", "received");
			assertThat(heard.lines()).singleElement().asString().startsWith("WARN Events of a session are dropped");
			events.clear();
			messages(client, 1);
			assertThat(client.work().isOpen()).isTrue();
			assertThat(events).containsExactly("received");
		}
	}

	private static void messages(VirtualConnection client, int count) {
		client.send("EHLO c\r\n" + "MAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n.\r\n".repeat(count));
		assertThat(client.codes()).hasSizeBetween(1 + 4 * count, 2 + 4 * count).endsWith(354, 250);
	}

	@Test
	void withTheLargestLimitAMessageOfMebibytesIsTaken(@TempDir java.nio.file.Path directory) {
		List<Long> sizes = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup()
			.limits(Limits.builder().messageSize(Long.MAX_VALUE).build())
			.content(new ContentBuffer.Options(1024, directory))
			.inline("queue", (req, res) -> {
				sizes.add(req.message().size());
				return res.accept();
			})
			.connect()) {
			client.data().send("\r\n").said();
			for (int i = 0; i < 2 * 1024; i++) {
				client.send("a".repeat(1022) + "\r\n").work();
			}
			assertThat(client.send(".\r\nNOOP\r\n").work().codes()).containsExactly(250, 250);
			assertThat(sizes).singleElement().satisfies((size) -> assertThat(size).isGreaterThan(2 * 1024 * 1024));
		}
	}

	@Test
	void aCommitThatDoesNotReturnIsATemporaryFailureAndUndoneWhenItDoes() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = staging(order, 1).connect()) {
			client.data().said();
			client.send("x\r\n.\r\nNOOP\r\n").pass(Limits.DEFAULTS.queueTimeout().minusSeconds(1));
			assertThat(client.codes()).isEmpty();
			client.pass(Duration.ofSeconds(2));
			assertThat(client.codes()).containsExactly(451, 250);
			assertThat(client.work().codes()).isEmpty();
			assertThat(order).containsExactly("commit", "rollback");
		}
	}

	@Test
	void aLateCommitIsUndoneThoughTheExecutorIsBroken() {
		List<String> order = new ArrayList<>();
		AtomicBoolean broken = new AtomicBoolean();
		try (VirtualConnection client = staging(order, 1).brokenWhen(broken::get).connect()) {
			client.data().said();
			client.send("x\r\n.\r\n").pass(Limits.DEFAULTS.queueTimeout().plusSeconds(1));
			broken.set(true);
			assertThat(client.work().codes()).containsExactly(451);
			assertThat(client.send("NOOP\r\n").codes()).containsExactly(250);
			assertThat(order).containsExactly("commit", "rollback");
		}
	}

	@Test
	void aMessageIsUndoneWhenTheExecutorFailsAtItsCommit() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = staging(order, 2).brokenWhen(() -> true).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(451, 250);
			assertThat(order).containsExactly("rollback", "rollback");
		}
	}

	@Test
	void aMessageThatIsRefusedIsUndoneThoughTheExecutorIsBroken() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = staging(order, 1).brokenWhen(() -> true)
			.inline("queue", "then", (req, res) -> res.reject(550, "Spam"))
			.connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").codes()).containsExactly(550, 250);
			assertThat(order).containsExactly("rollback");
		}
	}

	@Test
	void aMessageStaysAcknowledgedThoughItsFileCannotBeRemovedElsewhere(@TempDir java.nio.file.Path directory) {
		AtomicBoolean broken = new AtomicBoolean();
		try (VirtualConnection client = VirtualConnection.setup()
			.content(new ContentBuffer.Options(10, directory))
			.brokenWhen(broken::get)
			.inline("queue", (req, res) -> {
				broken.set(true);
				return res.accept();
			})
			.connect()) {
			client.data().said();
			assertThat(client.send("0123456789abcdef\r\n.\r\nNOOP\r\n").work().codes()).containsExactly(250, 250);
		}
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void contentThatABrokenExecutorDoesNotWriteIsATemporaryFailure(@TempDir java.nio.file.Path directory) {
		try (VirtualConnection client = setup().brokenWhen(() -> true)
			.content(new ContentBuffer.Options(10, directory))
			.connect()) {
			client.data().said();
			assertThat(client.send("0123456789abcdef\r\n.\r\nNOOP\r\n").codes()).containsExactly(452, 250);
		}
	}

	@Test
	void aDeliveryThatDoesNotKnowItsRecipientsIsATemporaryFailureAndTheOthersAreUndone() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = VirtualConnection.setup().builtIn("queue", "maildir", (req, res) -> {
			res.stage(delivery(order, req.session()));
			res.stage(new ForgetfulDelivery(order));
			res.stage(delivery(order, req.session()));
			return res.accept();
		}).connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").work().codes()).containsExactly(451, 250);
			assertThat(order).containsExactly("rollback", "rollback", "rollback");
		}
	}

	@Test
	void anEndAtTheQueueCannotAcknowledgeTheMessage() {
		List<String> order = new ArrayList<>();
		try (VirtualConnection client = staging(order, 1)
			.inline("queue", "then", (req, res) -> res.end(250, "Thank you"))
			.connect()) {
			client.data().said();
			assertThat(client.send("x\r\n.\r\nNOOP\r\n").work().codes()).containsExactly(451);
			assertThat(client.isOpen()).isFalse();
			assertThat(order).containsExactly("rollback");
		}
	}

	@Test
	void aMessageThatIsThrownAwayByDesignIsWorthALineAtDebugOnly() {
		try (Heard heard = Heard.of("io.mailio.message", Level.DEBUG);
				VirtualConnection client = VirtualConnection.setup()
					.builtIn("queue", "discard", new Discard())
					.connect()) {
			assertThat(client.data().send("x\r\n.\r\n").codes()).endsWith(354, 250);
			assertThat(heard.lines()).singleElement().asString().startsWith("DEBUG Message ").contains("250 2.0.0");
		}
		try (Heard heard = Heard.of("io.mailio.message", Level.DEBUG); VirtualConnection client = setup().connect()) {
			assertThat(client.data().send("x\r\n.\r\n").codes()).endsWith(354, 250);
			assertThat(heard.lines()).singleElement().asString().startsWith("INFO Message ").contains("250 2.0.0");
		}
	}

	/** Handlers of the queue that accept and stage some deliveries. */
	private static VirtualConnection.Setup staging(List<String> order, int deliveries) {
		return VirtualConnection.setup().inline("queue", (req, res) -> {
			for (int i = 0; i < deliveries; i++) {
				res.stage(delivery(order, req.session()));
			}
			return res.accept();
		});
	}

	/** What a logger says meanwhile. */
	private record Heard(Logger logger, @Nullable Level before,
			ListAppender<ILoggingEvent> log) implements AutoCloseable {

		static Heard of(String name, Level level) {
			Logger logger = (Logger) LoggerFactory.getLogger(name);
			Heard heard = new Heard(logger, logger.getLevel(), new ListAppender<>());
			heard.log.start();
			logger.setLevel(level);
			logger.addAppender(heard.log);
			return heard;
		}

		List<String> lines() {
			return this.log.list.stream().map((event) -> event.getLevel() + " " + event.getFormattedMessage()).toList();
		}

		@Override
		public void close() {
			this.logger.detachAppender(this.log);
			this.logger.setLevel(this.before);
		}

	}

	private static Delivery delivery(List<String> order, SmtpSession session) {
		return new TestDelivery(order, session.envelope().to(), "");
	}

	private static Delivery failing(List<String> order, SmtpSession session) {
		return new TestDelivery(order, session.envelope().to(), "broken ");
	}

	private record TestDelivery(List<String> order, Collection<Mailbox> recipients, String how) implements Delivery {

		@Override
		public void commit() throws IOException {
			this.order.add(this.how + "commit");
			if (!this.how.isEmpty()) {
				throw new IOException("disk full");
			}
		}

		@Override
		public void rollback() {
			this.order.add(this.how + "rollback");
			if (!this.how.isEmpty()) {
				throw new IllegalStateException("cannot undo");
			}
		}

	}

	private record ForgetfulDelivery(List<String> order) implements Delivery {

		@Override
		public Collection<Mailbox> recipients() {
			throw new IllegalStateException("broken");
		}

		@Override
		public void commit() {
			this.order.add("commit");
		}

		@Override
		public void rollback() {
			this.order.add("rollback");
		}

	}

	private record RecordingListener(List<String> events) implements io.mailio.handler.SessionListener {

		@Override
		public void started(SmtpSession session) {
			this.events.add("started");
		}

		@Override
		public void messageReceived(SmtpSession session, io.mailio.smtp.Envelope envelope, long size) {
			this.events.add("received");
		}

		@Override
		public void messageRejected(SmtpSession session, io.mailio.smtp.Envelope envelope, Reply reply) {
			this.events.add("rejected " + reply.code());
		}

		@Override
		public void ended(SmtpSession session, Duration duration) {
			this.events.add("ended");
		}

	}

}
