/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

import io.mailio.SmtpServer;
import io.mailio.codec.BareNewline;
import io.mailio.plugin.OnError;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.rcpt.CodeFilter;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.DnsblZone;
import io.mailio.session.AuthMode;
import io.mailio.session.RawHeaders;
import io.mailio.session.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class MailioPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Configuration.class);

	@Test
	void defaultsOfTheLimitsAreThoseOfTheServer() {
		bound((properties) -> assertThat(ServerFactory.limits(properties.getLimits())).isEqualTo(Limits.DEFAULTS));
	}

	@Test
	void bindsEveryLimit() {
		String[] values = { "idle-timeout=1s", "message-timeout=2s", "min-data-rate=3B", "message-size=4KB",
				"header-size=5KB", "text-line=6KB", "command-line=7KB", "max-recipients=8", "max-connections=9",
				"max-connections-per-address=10", "errors=11", "unrecognized-commands=12", "auth-failures=13",
				"auth-failure-delay=14s", "auth-failures-per-address=15", "auth-failure-window=16m",
				"handler-timeout=17s", "queue-timeout=18s" };
		String[] pairs = Arrays.stream(values).map("mailio.limits."::concat).toArray(String[]::new);
		bound((properties) -> assertThat(ServerFactory.limits(properties.getLimits()))
			.isEqualTo(new Limits(seconds(1), seconds(2), 3, 4096, 5120, 6144, 7168, 8, 9, 10, 11, 12, 13, seconds(14),
					15, Duration.ofMinutes(16), seconds(17), seconds(18))),
				pairs);
	}

	@Test
	void bindsTheServersOwnProperties() {
		bound((properties) -> {
			assertThat(properties.getHostname()).isEqualTo("mail.example.com");
			assertThat(properties.getDomains()).containsExactly("example.com", "localhost");
			assertThat(properties.getPort()).isEqualTo(25);
			assertThat(properties.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
			assertThat(properties.getSmtp().getBareNewline()).isEqualTo(BareNewline.FIX);
			assertThat(properties.getSmtp().getRawHeaders()).isEqualTo(RawHeaders.ALLOW);
			assertThat(properties.getContent().getMemoryThreshold()).isEqualTo(DataSize.ofKilobytes(1));
			assertThat(properties.getContent().getDirectory()).hasToString("/var/tmp");
			assertThat(properties.getAuth().isRequireTls()).isFalse();
			assertThat(properties.getAuth().getUsers().get("john").getPassword()).isEqualTo("doe");
			assertThat(properties.getDns().getServers()).containsExactly("127.0.0.1:53", "dns.example", "::1",
					"[2001:db8::1]:53");
			assertThat(properties.getDns().getTimeout()).isEqualTo(seconds(1));
			assertThat(properties.getHandlers().getQueue().getMaildir().getMailDir()).isEqualTo("/srv/%d/%n");
		}, "mailio.hostname=mail.example.com", "mailio.domains=example.com,localhost", "mailio.port=25",
				"mailio.address=127.0.0.1", "mailio.smtp.bare-newline=fix", "mailio.smtp.raw-headers=allow",
				"mailio.content.memory-threshold=1KB", "mailio.content.directory=/var/tmp",
				"mailio.auth.require-tls=false", "mailio.auth.users.john.password=doe",
				"mailio.dns.servers=127.0.0.1:53,dns.example,::1,[2001:db8::1]:53", "mailio.dns.timeout=1s",
				"mailio.handlers.queue.maildir.mail-dir=/srv/%d/%n");
	}

	@Test
	void listsAreDomainsWithCommasBetween() {
		bound((properties) -> assertThat(properties.getHandlers().getRcpt().getDnsbl().options())
			.isEqualTo(new DnsblOptions(List.of(DnsblZone.of("zen.spamhaus.org"), DnsblZone.of("bl.example.com")), 2,
					OnError.TEMPFAIL, false)),
				"mailio.handlers.rcpt.dnsbl.exempt-postmaster=false",
				"mailio.handlers.rcpt.dnsbl.zones=zen.spamhaus.org, BL.example.com",
				"mailio.handlers.rcpt.dnsbl.threshold=2", "mailio.handlers.rcpt.dnsbl.on-error=tempfail");
	}

	@Test
	void listsMayHaveWeightsAndCodesAndStandBesideThoseThatHaveNone() {
		bound((properties) -> assertThat(properties.getHandlers().getRcpt().getDnsbl().options().zones())
			.containsExactly(DnsblZone.of("zen.spamhaus.org"),
					new DnsblZone("list.example.org", -5, List.of(CodeFilter.parse("127.0.*.1-3"))),
					new DnsblZone("bl.example.com", 2,
							List.of(CodeFilter.parse("127.0.0.2"), CodeFilter.parse("127.0.0.4-7")))),
				"mailio.handlers.rcpt.dnsbl.zones[0]=zen.spamhaus.org",
				"mailio.handlers.rcpt.dnsbl.zones[1].name=list.example.org",
				"mailio.handlers.rcpt.dnsbl.zones[1].weight=-5",
				"mailio.handlers.rcpt.dnsbl.zones[1].codes=127.0.*.1-3",
				"mailio.handlers.rcpt.dnsbl.zones[2].name=bl.example.com",
				"mailio.handlers.rcpt.dnsbl.zones[2].weight=2",
				"mailio.handlers.rcpt.dnsbl.zones[2].codes=127.0.0.2,127.0.0.4-7");
	}

	@ParameterizedTest
	@CsvSource({ "codes,127.0.0.[2..11],must be four numbers", "codes,127.0.0,must be four numbers",
			"codes,127.0.0.11-2,must be four numbers", "codes,10.0.0.1,codes begin with 127",
			"weight,0,must be between -1000 and 1000 and not 0", "name,'',must be the domain of a list",
			"name,[192.0.2.1],must be the domain of a list", "name,localhost,must be the domain of a list" })
	void aListThatCannotBeAskedIsToldWithHowToWriteIt(String key, String value, String reason) {
		this.runner
			.withPropertyValues("mailio.handlers.rcpt.dnsbl.zones[0].name=bl.example.com",
					"mailio.handlers.rcpt.dnsbl.zones[0]." + key + "=" + value)
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("mailio.handlers.rcpt.dnsbl.zones", reason));
	}

	@Test
	void handlersOfConnectAreBound() {
		bound((properties) -> {
			ConnectProperties connect = properties.getHandlers().getConnect();
			assertThat(connect.getEarlyTalker().isEnabled()).isTrue();
			assertThat(connect.getEarlyTalker().getDelay()).isEqualTo(seconds(3));
			assertThat(connect.getRdns().options())
				.isEqualTo(new RdnsOptions(RdnsOptions.Requirement.CONFIRMED, OnError.ACCEPT));
		}, "mailio.handlers.connect.early-talker.enabled=true", "mailio.handlers.connect.early-talker.delay=3s",
				"mailio.handlers.connect.rdns.require=confirmed", "mailio.handlers.connect.rdns.on-error=accept");
	}

	@Test
	void defaultsOfTheHandlersAreThoseOfTheServer() {
		bound((properties) -> {
			MailioProperties.Handlers handlers = properties.getHandlers();
			assertThat(handlers.getRcpt().getDnsbl().options()).isEqualTo(DnsblOptions.defaults());
			assertThat(handlers.getConnect().getRdns().options()).isEqualTo(RdnsOptions.defaults());
			SmtpServer server = new ServerFactory(properties).builder(seconds(1)).build();
			assertThat(server.handlers().get("connect")).containsExactly("core", "rdns");
			assertThat(server.handlers().get("rcpt")).startsWith("core", "dnsbl");
		});
	}

	@Test
	void handlersThatAreSwitchedOffAreNotThere() {
		bound((properties) -> {
			SmtpServer server = new ServerFactory(properties).builder(seconds(1)).build();
			assertThat(server.handlers()).doesNotContainKey("connect");
			assertThat(server.handlers().get("rcpt")).doesNotContain("dnsbl");
		}, "mailio.handlers.connect.rdns.enabled=false", "mailio.handlers.rcpt.dnsbl.enabled=false");
	}

	@Test
	void propertiesOfThingsToComeAndOfHandlersDoNotDisturb() {
		bound((properties) -> assertThat(properties.getPort()).isEqualTo(2525), "mailio.listeners.submission.port=587",
				"mailio.ssl.bundle=mail", "mailio.handlers.rcpt.my-handler.colour=blue",
				"mailio.handlers.xfoo.bar.zones[0]=a");
	}

	@ParameterizedTest
	@CsvSource({ "mailio.port,65536,must be between 0 and 65535", "mailio.port,-1,must be between 0 and 65535",
			"mailio.hostname,not a name,must be a host name", "mailio.domains,-wrong-,must be a domain",
			"mailio.limits.idle-timeout,0s,must be longer than zero",
			"mailio.limits.message-size,-1B,must be at least 1B",
			"mailio.limits.header-size,10B,must be at least 1024B",
			"mailio.limits.text-line,3GB,must be at most 2147483647B",
			"mailio.limits.max-recipients,0,must be at least 1",
			"mailio.content.memory-threshold,-1B,must be at least 0B",
			"mailio.handlers.connect.early-talker.delay,5m,must be longer than zero and shorter than the 5 minutes",
			"mailio.handlers.connect.early-talker.delay,0s,must be longer than zero",
			"mailio.handlers.rcpt.dnsbl.zones,'',must name a list to ask",
			"mailio.handlers.rcpt.dnsbl.zones,no list,must be the domain of a list",
			"mailio.handlers.rcpt.dnsbl.threshold,2,must be between 1 and 1",
			"mailio.handlers.rcpt.dnsbl.threshold,0,must be between 1 and 1",
			"mailio.dns.timeout,-1s,must be longer than zero", "mailio.dns.servers,a b,must be host or host:port",
			"mailio.relay.port,0,must be between 1 and 65535", "mailio.relay.hostname,not a name,must be a host name",
			"mailio.relay.concurrency,0,must be at least 1",
			"mailio.handlers.queue.headers.max-hops,0,must be at least 1",
			"mailio.handlers.queue.headers.max-fields,5001,must be between 1 and 5000",
			"mailio.handlers.queue.headers.max-field-size,997B,must be at least 998B",
			"mailio.handlers.queue.spamd.host,no host,must be a host name or an address",
			"mailio.handlers.queue.spamd.port,0,must be between 1 and 65535",
			"mailio.handlers.queue.spamd.base-score,NaN,must be a number",
			"mailio.handlers.queue.spamd.max-size,0B,must be at least 1B",
			"mailio.handlers.queue.spamd.timeout,0s,must be longer than zero",
			"mailio.handlers.queue.spamd.max-connections,0,must be at least 1",
			"mailio.handlers.queue.spamd.user,two words,must be a word of US-ASCII",
			"mailio.relay.delay-notice,-1s,must not be negative; 0 is for never",
			"mailio.relay.max-returned-size,-1B,must be at least 0B",
			"mailio.relay.per-destination.concurrency,0,must be at least 1",
			"mailio.relay.per-destination.messages-per-minute,-1,must be at least 0",
			"mailio.relay.retry.base-interval,0s,must be longer than zero",
			"mailio.relay.retry.max-interval,1s,must not be shorter than base-interval",
			"mailio.relay.retry.max-age,-1s,must not be negative",
			"mailio.relay.smart-host.host,no host,neither a host name nor an address",
			"mailio.relay.smart-host.port,0,must be between 1 and 65535",
			"mailio.queue.segment-size,1KB,must be at least 1048576B",
			"mailio.queue.content-threshold,17MB,must be at most 16777216B",
			"mailio.queue.min-free-space,-1B,must be at least 0B",
			"mailio.queue.jdbc.table-prefix,a-b,must be at most 30 letters",
			"mailio.queue.jdbc.table-prefix,'mailio; DROP TABLE x',must be at most 30 letters",
			"mailio.queue.jdbc.lease,2s,must be at least 3s",
			"mailio.queue.jdbc.poll-interval,0s,must be longer than zero",
			"mailio.handlers.queue.maildir.mail-dir,./%x,%x",
			"mailio.handlers.queue.maildir.mail-dir,'',must not be empty",
			"mailio.handlers.rcpt.mailbox.mailboxes,@example.com,must be an address such as you@example.com" })
	void wrongValueFailsWithItsNameAndReason(String property, String value, String reason) {
		this.runner.withPropertyValues(property + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context).getFailure().hasRootCauseInstanceOf(BindValidationException.class);
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			assertThat(uniform(analysis.getDescription())).contains("property: " + uniform(property));
			assertThat(analysis.getDescription()).contains(reason);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mailio.handlers.connect.early-talker.delay", "mailio.handlers.connect.rdns.require",
			"mailio.handlers.rcpt.dnsbl.on-error", "mailio.handlers.queue.headers.max-field-size",
			"mailio.handlers.queue.spamd.timeout", "mailio.handlers.queue.spamd.max-size",
			"mailio.handlers.queue.spamd.on-error", "mailio.limits.idle-timeout", "mailio.limits.message-timeout",
			"mailio.limits.auth-failure-delay", "mailio.limits.auth-failure-window", "mailio.limits.handler-timeout",
			"mailio.limits.queue-timeout", "mailio.limits.min-data-rate", "mailio.limits.message-size",
			"mailio.limits.header-size", "mailio.limits.text-line", "mailio.limits.command-line",
			"mailio.content.memory-threshold", "mailio.dns.timeout", "mailio.smtp.bare-newline",
			"mailio.smtp.raw-headers", "mailio.ssl.client-auth", "mailio.relay.delay-notice",
			"mailio.relay.max-returned-size", "mailio.relay.retry.base-interval", "mailio.relay.retry.max-interval",
			"mailio.relay.retry.max-age", "mailio.relay.tls.policy", "mailio.queue.type", "mailio.queue.segment-size",
			"mailio.queue.content-threshold", "mailio.queue.min-free-space" })
	void anEmptyTimeSizeOrChoiceIsTheDefault(String property) {
		bound((properties) -> assertThat(properties).usingRecursiveComparison()
			.ignoringFields("relay.enabled")
			.isEqualTo(new MailioProperties()), property + "=");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":::", "[::1", "[:::]:53", "1.2.3", "1.2.3.256", "dns.example:0", "dns.example:65536",
			"-dns.example", "a b", "dns.example:", "[1.2.3.4]:53" })
	void wrongNameServerIsToldLikeAnyWrongValue(String server) {
		this.runner.withPropertyValues("mailio.dns.servers=127.0.0.1," + server)
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription()).contains(
					"Property: mailio.dns.servers\n", "Value: \"[127.0.0.1, " + server + "]\"",
					"Origin: \"mailio.dns.servers\" from property source \"test\"",
					"Reason: '" + server + "' must be host or host:port"));
	}

	@ParameterizedTest
	@CsvSource({ "'',must not be empty", "{noop},must not be empty", "{bcrypt}secret,begins with {bcrypt}",
			"{secret}secret,'Write {noop} before a plain password'", "{argon3}secret,begins with {argon3}" })
	void wrongPasswordFailsWithItsNameAndWithoutBeingTold(String password, String reason) {
		this.runner.withPropertyValues("mailio.auth.users.john.password=" + password).run((context) -> {
			String told = analyze(context.getStartupFailure()).getDescription();
			assertThat(told).contains("mailio.auth.users.john.password ").contains(reason).doesNotContain("}secret");
			assertThat(stackTrace(context.getStartupFailure())).doesNotContain("}secret");
		});
	}

	@Test
	void aUserWhoseNameIsAnAddressStandsInBrackets() {
		bound((properties) -> assertThat(properties.getAuth().getUsers()).containsOnlyKeys("john@example.com"),
				"mailio.auth.users.[john@example.com].password=doe",
				"mailio.auth.users.[john@example.com].senders[0]=@example.com");
	}

	@Test
	void encodedPasswordNeedsSpringSecurity() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues("mailio.auth.users.john.password={bcrypt}secret")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("mailio.auth.users.john.password ")
				.contains("spring-security-crypto"));
	}

	@Test
	void passwordsMayBePlainOrEncoded() {
		bound((properties) -> assertThat(properties.getAuth().getUsers()).hasSize(3),
				"mailio.auth.users.a.password={noop}{secret}", "mailio.auth.users.b.password={not closed",
				"mailio.auth.users.c.password="
						+ new BCryptPasswordEncoder(4).encode("secret").replace("$2a", "{bcrypt}$2a"));
	}

	@Test
	void originOfAWrongValueIsNamed() {
		this.runner.withPropertyValues("mailio.limits.errors=0")
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("Origin: \"mailio.limits.errors\" from property source"));
	}

	@Test
	void everyBuiltInHandlerCanBeSwitchedInTheMetadata() throws IOException {
		String metadata;
		try (InputStream in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			metadata = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
		}
		SmtpServer server = SmtpServer.builder().maildir("./%d/%n").discard().relay((relay) -> {
		})
			.earlyTalker(EarlyTalkerOptions.defaults())
			.rdns(RdnsOptions.defaults())
			.dnsbl(DnsblOptions.defaults())
			.listener("mx", (spec) -> spec.port(0))
			.listener("submission", (spec) -> spec.port(0).auth(AuthMode.REQUIRED))
			.build();
		server.handlers()
			.forEach((command, names) -> names.stream()
				.filter((name) -> !name.equals("core"))
				.forEach((name) -> assertThat(metadata)
					.contains("\"mailio.handlers." + command + "." + name + ".enabled\"")));
		assertThat(server.handlers()).containsKeys("connect", "mail", "rcpt", "queue");
	}

	private static String stackTrace(Throwable failure) {
		StringWriter text = new StringWriter();
		failure.printStackTrace(new PrintWriter(text));
		return text.toString();
	}

	private static String uniform(String text) {
		return text.replace("-", "").toLowerCase(Locale.ROOT);
	}

	static FailureAnalysis analyze(Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, error) -> {
			}))
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private void bound(Consumer<MailioProperties> check, String... pairs) {
		this.runner.withPropertyValues(pairs).run((context) -> {
			assertThat(context).hasNotFailed();
			check.accept(context.getBean(MailioProperties.class));
		});
	}

	private static Duration seconds(int seconds) {
		return Duration.ofSeconds(seconds);
	}

	@EnableConfigurationProperties(MailioProperties.class)
	static class Configuration {

	}

}
