/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.application;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Envelope;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.event.SmtpSessionStartedEvent;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

@Component
class MailRoom {

	private final List<String> stored = new CopyOnWriteArrayList<>();

	private final List<String> sessions = new CopyOnWriteArrayList<>();

	private final List<String> senders = new CopyOnWriteArrayList<>();

	@SmtpHandler(command = "auth")
	Decision johnOnly(SmtpRequest req, SmtpResponse res) {
		return req.user().username().equals("john") && req.user().password().equals("doe") ? res.accept()
				: res.reject(535, "Authentication failed");
	}

	@SmtpHandler(command = "queue", after = "spamd")
	Mono<Decision> store(ReceivedMessage message, Envelope envelope) {
		return Mono.fromCallable(() -> {
			String subject = message.headers().first("Subject").orElse("");
			this.stored.add(envelope.from() + " -> " + envelope.to() + ": " + subject);
			return Decision.accept(250, "Stored");
		}).subscribeOn(Schedulers.boundedElastic());
	}

	/** Per-session handlers, before the greeting. */
	@EventListener
	void onSession(SmtpSessionStartedEvent event) {
		this.sessions.add(event.session().id());
		event.session().on("mail", (req, res) -> {
			this.senders.add(req.session().id() + ": " + req.from());
			return res.accept();
		});
	}

	List<String> stored() {
		return new ArrayList<>(this.stored);
	}

	List<String> sessions() {
		return new ArrayList<>(this.sessions);
	}

	/** The senders that the handlers of single sessions were asked about. */
	List<String> senders() {
		return new ArrayList<>(this.senders);
	}

}
