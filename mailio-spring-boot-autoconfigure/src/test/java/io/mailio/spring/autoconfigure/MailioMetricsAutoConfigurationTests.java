/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mailio.SmtpServer;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class MailioMetricsAutoConfigurationTests {

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioMetricsAutoConfiguration.class, MailioAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.domains=foo.com",
				"mailio.relay.allow-unauthenticated=true", "mailio.handlers.queue.maildir.enabled=false",
				"mailio.handlers.queue.discard.enabled=true");

	@Test
	void theServerCountsInTheRegistryOfTheApplication() {
		this.runner
			.withPropertyValues("mailio.relay.enabled=true",
					"mailio.queue.directory=" + this.directory.resolve("queue"))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				try (SmtpTestClient client = new SmtpTestClient(context.getBean(SmtpServer.class).port())) {
					client.reply();
					client.send("EHLO c");
					client.send("MAIL FROM:<a@foo.com>");
					assertThat(client.send("RCPT TO:<b@example.invalid>")).startsWith("250");
					assertThat(client.send("DATA")).startsWith("354");
					assertThat(client.send("x\r\n.")).startsWith("250");
				}
				assertThat(context.getBean(MeterRegistry.class)
					.get(MeterName.QUEUE_ENQUEUE.id())
					.tag("outcome", "queued")
					.timer()
					.count()).isEqualTo(1);
			});
	}

	@Test
	void withoutARegistryNothingIsCounted() {
		this.runner.run((context) -> assertThat(context.getBean(Meters.class)).isSameAs(Meters.NONE));
	}

	@Test
	void micrometerNeedNotBeThere() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class).doesNotHaveBean(Meters.class));
	}

	@Test
	void theApplicationMayCountItself() {
		Meters own = new Meters() {

			@Override
			public void count(MeterName name, String... tagValues) {
			}

			@Override
			public void time(MeterName name, long nanos, String... tagValues) {
			}

		};
		this.runner.withBean(Meters.class, () -> own)
			.run((context) -> assertThat(context.getBean(Meters.class)).isSameAs(own));
	}

}
