/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.application;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.mailio.spring.event.SmtpAuthenticationEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Notes who has tried to authenticate. */
@Component
class SessionDiary {

	private final List<String> authentications = new CopyOnWriteArrayList<>();

	@EventListener
	void onAuthentication(SmtpAuthenticationEvent event) {
		this.authentications
			.add(event.session().id() + ": " + event.username() + (event.successful() ? " is in" : " is refused"));
	}

	List<String> authentications() {
		return List.copyOf(this.authentications);
	}

}
