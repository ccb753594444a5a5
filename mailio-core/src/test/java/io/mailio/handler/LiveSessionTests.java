/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.mailio.session.Transaction;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LiveSessionTests {

	private final ManualHost host = new ManualHost();

	private final HandlerChains shared = HandlerChains.of(List.of(HandlerRegistration.of("mail", "mine", (spec) -> {
	}, (CommandHandler) (req, res) -> res.accept())), "default", Set.of());

	private final LiveSession session = new LiveSession(this.host.state, this.shared);

	@Test
	void handlersOfASessionRunLast() {
		this.session.on("mail", (req, res) -> res.accept());
		this.session.onReactive("mail", (req, res) -> Mono.just(res.accept()));
		this.session.on("rcpt", (req, res) -> res.accept());
		assertThat(this.session.chain("mail").names("mail")).containsExactly("core", "mine", "session-2", "session-3");
		assertThat(this.session.handlers()).containsOnly(
				Map.entry("mail", List.of("core", "mine", "session-2", "session-3")),
				Map.entry("rcpt", List.of("core", "session-1")));
		assertThat(this.session.chain("mail").handlers()).extracting(HandlerRegistration::execution)
			.containsExactly(HandlerRegistration.Execution.BLOCKING, HandlerRegistration.Execution.BLOCKING,
					HandlerRegistration.Execution.REACTIVE);
	}

	@Test
	void handlersOfASessionAreNobodyElses() {
		this.session.on("mail", (req, res) -> res.accept());
		LiveSession other = new LiveSession(new ManualHost().state, this.shared);
		assertThat(other.chain("mail").handlers()).hasSize(1);
		assertThat(other.chain("data").isEmpty()).isTrue();
	}

	@Test
	void aHandlerForWhatIsNoCommandIsRefused() {
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> this.session.on("MAIL", (req, res) -> res.accept()));
	}

	@Test
	void whatASessionShowsCannotBeChanged() {
		this.session.on("rcpt", (req, res) -> res.accept());
		this.host.state.accepted("helo", 250);
		this.host.state.set("mail", "mine", "value");
		for (SmtpSession view : List.of(this.session, this.session.snapshot())) {
			List<Map<String, ?>> maps = List.of(view.handlers(), view.accepted(), view.counters(), view.data(),
					view.data().get("mail"));
			assertThat(maps).allSatisfy(
					(map) -> assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(map::clear));
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> view.handlers().get("rcpt").clear());
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> view.handlers().get("mail").clear());
		}
	}

	@Test
	void aSnapshotStaysAsItWas() {
		Envelope envelope = Envelope.of(ReversePath.NULL, Mailbox.of("a@b"));
		this.host.state.identified("client", true);
		this.host.state.authenticated("john", null);
		this.host.state.accepted("mail", 250);
		this.host.state.rejected("rcpt", 550);
		this.host.state.countError();
		this.host.state.set("mail", "mine", "value");
		this.host.state.recipients(new Transaction(envelope));
		SmtpSession snapshot = this.session.snapshot();
		this.host.state.completed(true);
		this.host.state.identified("other", false);
		this.host.state.countError();
		this.session.on("rcpt", (req, res) -> res.accept());
		assertThat(snapshot.id()).isEqualTo("s1");
		assertThat(snapshot.transaction()).isZero();
		assertThat(snapshot.envelope()).isEqualTo(envelope);
		assertThat(snapshot.client().helo()).isEqualTo("client");
		assertThat(snapshot.user()).hasToString("john");
		assertThatIllegalStateException().isThrownBy(() -> snapshot.user().password());
		assertThat(snapshot.accepted()).containsOnly(Map.entry("mail", 250));
		assertThat(snapshot.rejected()).containsOnly(Map.entry("rcpt", 550));
		assertThat(snapshot.counters()).containsEntry("errors", 1);
		assertThat(snapshot.data()).containsOnly(Map.entry("mail", Map.of("mine", "value")));
		assertThat(snapshot.handlers()).containsOnlyKeys("mail");
		assertThat(this.session.transaction()).isEqualTo(1);
		assertThat(this.session.data()).isEmpty();
	}

	@Test
	void aSnapshotTakesNoHandlers() {
		SmtpSession snapshot = this.session.snapshot();
		assertThatIllegalStateException().isThrownBy(() -> snapshot.on("mail", (req, res) -> res.accept()));
		assertThatIllegalStateException()
			.isThrownBy(() -> snapshot.onReactive("mail", (req, res) -> Mono.just(res.accept())));
	}

	@Test
	void whatIsNotKnownYetCannotBeAsked() {
		for (SmtpSession view : List.of(this.session, this.session.snapshot())) {
			assertThat(view.authenticated()).isFalse();
			assertThat(view.secure()).isFalse();
			assertThatIllegalStateException().isThrownBy(view::envelope).withMessageContaining("MAIL");
			assertThatIllegalStateException().isThrownBy(view::user).withMessageContaining("authenticated()");
		}
	}

}
