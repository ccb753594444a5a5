/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

	private final SmtpServer server = mock(SmtpServer.class);

	@Test
	void saysWhichMaildirsGetMailAsAbsolutePath(CapturedOutput output) {
		report("core", "maildir");
		assertThat(output).contains("Mail for example.com is kept in " + Path.of("mail/%d/%n").toAbsolutePath());
	}

	@Test
	void saysThatMessagesAreForgotten(CapturedOutput output) {
		report("core", "discard");
		assertThat(output).contains("WARN").contains("accepted and forgotten").doesNotContain("is kept in");
	}

	@Test
	void saysNothingOfHandlersOfTheApplication(CapturedOutput output) {
		report("core", "mailRoom.store");
		assertThat(output).doesNotContain("StartupReport");
	}

	@Test
	void saysWhereMailForOthersWaitsAndHowItGoesOut(CapturedOutput output) {
		report("core", "relay");
		assertThat(output).contains("Mail for others waits in /srv/queue and goes through relay.example port 25");
	}

	private void report(String... queue) {
		given(this.server.domains()).willReturn(Set.of("example.com"));
		given(this.server.handlers()).willReturn(Map.of("queue", List.of(queue)));
		new StartupReport("./mail/%d/%n", "/srv/queue", "through relay.example port 25").started(this.server);
	}

}
