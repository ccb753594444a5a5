/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;

import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class LocalPortTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	private final SmtpServer server = mock(SmtpServer.class);

	@Test
	void publishesThePortOfTheLastStart() {
		LocalPort localPort = new LocalPort(this.environment);
		given(this.server.port()).willReturn(40001, 40002);
		localPort.started(this.server);
		assertThat(this.environment.getProperty("local.mailio.port", Integer.class)).isEqualTo(40001);
		int sources = this.environment.getPropertySources().size();
		localPort.started(this.server);
		assertThat(this.environment.getProperty("local.mailio.port", Integer.class)).isEqualTo(40002);
		assertThat(this.environment.getPropertySources()).hasSize(sources);
	}

}
