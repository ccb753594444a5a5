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
import java.util.concurrent.atomic.AtomicBoolean;

import io.mailio.handler.Decision;
import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ContentBuffer;
import io.mailio.session.Limits;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
