/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

import io.mailio.SmartHostAccess;
import io.mailio.relay.Login;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.SmartHost;
import io.mailio.relay.TlsPolicy;
import io.mailio.spring.autoconfigure.RelayProperties.SmartHostTls;
import io.mailio.spring.jdbc.JdbcQueueOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/** The properties of sending: their defaults, and what they come to. */
class RelayPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Configuration.class);

	@Test
	void theDefaultsAreThoseOfTheRelay() {
		RelayProperties properties = new RelayProperties();
		assertThat(properties.isEnabled()).isTrue();
		assertThat(RelayFactory.options(properties)).isEqualTo(RelayOptions.DEFAULTS);
		assertThat(properties.getTls().getPolicy()).isEqualTo(TlsPolicy.OPPORTUNISTIC);
		assertThat(new QueueProperties().getDirectory()).hasToString("./mailio/queue");
		QueueProperties.Jdbc jdbc = new QueueProperties.Jdbc();
		assertThat(new JdbcQueueOptions(jdbc.getTablePrefix(), "node", jdbc.getLease(), jdbc.getPollInterval()))
			.isEqualTo(JdbcQueueOptions.of("node"));
	}

	@Test
	void everyPropertyIsBound() {
		bound((relay) -> {
			assertThat(relay.isEnabled()).isFalse();
			assertThat(relay.isAllowUnauthenticated()).isTrue();
			assertThat(relay.isOpenRelay()).isTrue();
			assertThat(relay.getHostname()).isEqualTo("out.example");
			assertThat(relay.getPort()).isEqualTo(2526);
			assertThat(relay.isAllowPrivateTargets()).isTrue();
			assertThat(relay.getMaxReturnedSize()).isEqualTo(DataSize.ofKilobytes(8));
			assertThat(relay.getTls().getPolicy()).isEqualTo(TlsPolicy.REQUIRED);
			assertThat(relay.getTls().getBundle()).isEqualTo("mail");
			assertThat(RelayFactory.options(relay)).isEqualTo(new RelayOptions(1, 2, 3,
					new RetrySchedule(seconds(4), seconds(5), seconds(6)), Duration.ofHours(1)));
			assertThat(relay.getRoutes()).singleElement().satisfies((route) -> {
				assertThat(route.getRecipientDomain()).isEqualTo("*.example");
				assertThat(route.getSenderDomain()).isEqualTo("foo.com");
				assertThat(route.getHost()).isEqualTo("hub.example");
			});
			assertThat(relay.getSmartHosts()).containsOnlyKeys("partner");
			assertThat(relay.getSmartHosts().get("partner").getHost()).isEqualTo("p.example");
		}, "enabled=false", "allow-unauthenticated=true", "open-relay=true", "hostname=out.example", "port=2526",
				"allow-private-targets=true", "max-returned-size=8KB", "tls.policy=required", "tls.bundle=mail",
				"concurrency=1", "per-destination.concurrency=2", "per-destination.messages-per-minute=3",
				"retry.base-interval=4s", "retry.max-interval=5s", "retry.max-age=6s", "delay-notice=1h",
				"routes[0].recipient-domain=*.example", "routes[0].sender-domain=foo.com", "routes[0].host=hub.example",
				"smart-hosts.partner.host=p.example");
	}

	@ParameterizedTest
	@CsvSource(value = { "null,null,null,25,REQUIRED,false", "null,user,null,587,VERIFIED,false",
			"null,user,IMPLICIT,465,VERIFIED,true", "null,null,IMPLICIT,465,VERIFIED,true",
			"465,user,null,465,VERIFIED,true", "2525,user,OPPORTUNISTIC,2525,OPPORTUNISTIC,false",
			"null,null,NONE,25,NONE,false", "null,user,REQUIRED,587,REQUIRED,false",
			"465,null,VERIFIED,465,VERIFIED,false" }, nullValues = "null")
	void whatASmartHostLeavesOpenFollowsFromTheRest(Integer port, String username, SmartHostTls tls, int expectedPort,
			TlsPolicy policy, boolean implicit) {
		RelayProperties.SmartHost properties = new RelayProperties.SmartHost();
		properties.setHost("hub.example");
		properties.setPort(port);
		properties.setUsername(username);
		properties.setPassword((username != null) ? "secret" : null);
		properties.setTls(tls);
		assertThat(new SmartHostSettings(properties, TlsPolicy.REQUIRED).access())
			.isEqualTo(new SmartHostAccess(new SmartHost("hub.example", expectedPort), policy, implicit,
					(username != null) ? new Login(username, "secret") : null));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"smart-host.host=h.example smart-host.username=me | needs a password beside it",
			"smart-host.host=h.example smart-host.username=me smart-host.password=hush smart-host.tls=none | passwords are never sent without TLS",
			"smart-host.host=h.example smart-host.password=hush | username must be set beside the password",
			"smart-host.username=me smart-host.password=hush | must be set beside the other properties",
			"routes[0].port=25 | must be set beside the other properties",
			"smart-hosts.x.username=me smart-hosts.x.password=hush | must be set beside the other properties",
			"routes[0].recipient-domain=-a- | write a domain, *.domain for all below it, or * for all",
			"routes[0].sender-domain=* routes[1].sender-domain=a@b | write a domain" })
	void whatDoesNotFitTogetherFailsAndTellsNoPassword(String pairs, String reason) {
		this.runner.withPropertyValues(properties(pairs.split(" ")))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(reason)
				.satisfies((failure) -> assertThat(failure).rootCause().hasMessageNotContaining("hush")));
	}

	private void bound(Consumer<RelayProperties> check, String... pairs) {
		this.runner.withPropertyValues(properties(pairs)).run((context) -> {
			assertThat(context).hasNotFailed();
			check.accept(context.getBean(MailioProperties.class).getRelay());
		});
	}

	private static String[] properties(String... pairs) {
		return Arrays.stream(pairs).map("mailio.relay."::concat).toArray(String[]::new);
	}

	private static Duration seconds(int seconds) {
		return Duration.ofSeconds(seconds);
	}

	@EnableConfigurationProperties(MailioProperties.class)
	static class Configuration {

	}

}
