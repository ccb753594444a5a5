/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import io.mailio.handler.Decision;
import io.mailio.smtp.Mailbox;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DiscardTests {

	@Test
	void itTakesTheMessageForEveryone() throws Exception {
		QueueExchange exchange = new QueueExchange("", "body", "a@example.com", "b@elsewhere.test");
		assertThat(exchange.handledBy(new Discard())).isEqualTo(Decision.accept());
		assertThat(exchange.staged()).hasSize(1);
		assertThat(exchange.staged().get(0).recipients()).containsExactly(Mailbox.of("a@example.com"),
				Mailbox.of("b@elsewhere.test"));
		exchange.commit();
		exchange.staged().get(0).rollback();
	}

}
