/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import io.mailio.SmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class PropertyNamesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class))
		.withPropertyValues("mailio.handlers.queue.maildir.enabled=false",
				"mailio.handlers.queue.discard.enabled=true");

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "mailio.listeners.a.prot=lmtp | 'prot' is not known here | Did you mean 'port'?",
					"mailio.listeners.a.atuh=required | 'atuh' is not known here | Did you mean 'auth'?",
					"mailio.listeners.a.limits.mesage-size=1MB | 'mesage-size' | Did you mean 'message-size'?",
					"mailio.auth.require-tsl=false | 'require-tsl' | Did you mean 'require-tls'?",
					"mailio.auth.users.john.pasword=hush | 'pasword' | Did you mean 'password'?",
					"mailio.ssl.bundel=mail | 'bundel' | Did you mean 'bundle'?",
					"mailio.limits.errorrs=1 | 'errorrs' | Did you mean 'errors'?",
					"mailio.smtp.bare-newlines=fix | 'bare-newlines' | Did you mean 'bare-newline'?",
					"mailio.content.memory=1KB | 'memory' | only directory, memory-threshold",
					"mailio.relay.open-relais=true | 'open-relais' | Did you mean 'open-relay'?",
					"mailio.relay.smart-host.user=x | 'user' | only host, password, port, tls, username",
					"mailio.queue.dir=x | 'dir' | only content-threshold, directory",
					"mailio.dns.server=127.0.0.1 | 'server' | Did you mean 'servers'?",
					"mailio.domain=foo.com | 'domain' is not known here | Did you mean 'domains'?",
					"mailio.realy.enabled=false | 'realy' | Did you mean 'relay'?",
					"mailio.Queues[0].directory=x | 'queues' | Did you mean 'queue'?" })
	void unknownNameFailsWithTheNearest(String property, String what, String advice) {
		this.runner.withPropertyValues("mailio.listeners.a.port=0", property).run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription())
				.containsIgnoringCase("'" + property.substring(0, property.indexOf('=')) + "'")
				.contains("from property source \"test\"", what, advice)
				.doesNotContain("hush");
			assertThat(analysis.getAction()).contains("Correct or remove");
			assertThat(context.getStartupFailure()).hasStackTraceContaining(what);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "mailio.listeners.a.proxyProtocol[0]=10.0.0.0/8",
			"mailio.listeners.a.limits.maxRecipients=7", "mailio.auth.users.john.senders[0]=@example.com",
			"mailio.auth.users[jane@foo.com].password=doe", "mailio.auth.springSecurity.enabled=false",
			"mailio.handlers.xfoo.bar.baz=1", "mailio.relay.retry.base-interval=60s", "mailio.queue.type=file",
			"mailio.relay.perDestination.messagesPerMinute=5", "mailio.relay.routes[0].recipientDomain=a.example" })
	void knownAndFreeNamesAreTaken(String property) {
		this.runner.withPropertyValues("mailio.listeners.a.port=0", "mailio.auth.users.john.password=doe", property)
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
	}

	@Test
	void environmentVariablesAreLookedAtForUsersOnly() {
		withVariables(Map.of("MAILIO_LIMITS_MAX_RECIPIENTS", "7", "MAILIO_LIMITS_MAX_ERRORS", "7",
				"MAILIO_AUTH_USERS_JANE_PASSWORD", "hush"))
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
		withVariables(Map.of("MAILIO_AUTH_USERS_JANE_DOE_PASSWORD", "hush"))
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("'mailio.auth.users.jane.doe.password'")
				.doesNotContain("hush"));
	}

	@Test
	void anEnvironmentVariableWithAnUnknownFirstWordIsWarnedOf(CapturedOutput output) {
		withVariables(Map.of("MAILIO_DOMAIN", "foo.com", "MAILIO_SERVICE_HOST", "10.0.0.1"))
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
		assertThat(output).contains("'mailio.domain'", "Did you mean 'domains'?", "'mailio.service.host'")
			.doesNotContain("foo.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "${NO_SUCH_DIRECTORY:}" })
	void anEmptyDirectoryIsTheDefault(String value) {
		this.runner
			.withPropertyValues("mailio.port=0", "mailio.relay.enabled=false", "mailio.queue.directory=" + value,
					"mailio.content.directory=" + value)
			.run((context) -> {
				MailioProperties properties = context.getBean(MailioProperties.class);
				assertThat(properties.getQueue().getDirectory()).isEqualTo(Path.of("./mailio/queue"));
				assertThat(properties.getContent().getDirectory()).isNull();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "queue.spamd.port=784", "connect.early-talker.delay=3s" })
	void whatAHandlerThatIsOffIsToldIsWarnedOf(String property, CapturedOutput output) {
		String handler = property.substring(0, property.lastIndexOf('.'));
		String key = property.substring(property.lastIndexOf('.') + 1, property.indexOf('='));
		this.runner.withPropertyValues("mailio.port=0", "mailio.handlers." + property)
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
		String warning = "What is set below 'mailio.handlers." + handler + "' (" + key + ") counts for nothing";
		assertThat(output).contains(warning);
		this.runner
			.withPropertyValues("mailio.port=0", "mailio.handlers." + property,
					"mailio.handlers." + handler + ".enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
		assertThat(output.toString()).containsOnlyOnce(warning);
	}

	private ApplicationContextRunner withVariables(Map<String, Object> variables) {
		return this.runner.withPropertyValues("mailio.port=0")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jane@foo.com", "jane@foo", "jane.doe", "jane+x" })
	void userNameThatWouldLoseCharactersFails(String name) {
		this.runner.withPropertyValues("mailio.port=0")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(yaml("mailio.auth.users: {" + name + ": {password: hush}}")))
			.run((context) -> {
				FailureAnalysis analysis = analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("mailio.auth.users." + name).doesNotContain("hush");
				assertThat(analysis.getAction()).contains("\"[jane@foo.com]\"");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"[jane@foo.com]\"", "jane-doe", "jane_doe", "Jane7" })
	void userNameThatIsKeptIsTaken(String name) {
		this.runner.withPropertyValues("mailio.port=0")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(yaml("mailio.auth.users: {" + name + ": {password: hush}}")))
			.run((context) -> assertThat(context.getBean(MailioProperties.class).getAuth().getUsers())
				.containsOnlyKeys(name.replaceAll("[\"\\[\\]]", "")));
	}

	@Test
	void portBesideListenersIsWarnedOf(CapturedOutput output) {
		this.runner.withPropertyValues("mailio.listeners.a.port=0", "mailio.port=25")
			.run((context) -> assertThat(context).hasSingleBean(SmtpServer.class));
		assertThat(output).contains("'mailio.port' is set, but counts for nothing")
			.doesNotContain("'mailio.address' is set");
	}

	private static org.springframework.core.env.PropertySource<?> yaml(String text) {
		try {
			return new YamlPropertySourceLoader().load("yaml", new ByteArrayResource(text.getBytes())).get(0);
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static FailureAnalysis analyze(Throwable failure) {
		return new ServerConfigurationFailureAnalyzer().analyze(failure);
	}

}
