/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;

import io.mailio.SmtpServer;
import io.mailio.SmtpServerStartException;
import io.mailio.SmtpServerStartException.Reason;
import io.mailio.dns.DnsOptions;
import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.DuplicateHandlerException;
import io.mailio.handler.HandlerChains;
import io.mailio.handler.HandlerConfigurationException;
import io.mailio.handler.HandlerCycleException;
import io.mailio.handler.HandlerRegistration;
import io.mailio.handler.UnknownHandlerException;
import io.mailio.spring.HandlerSignatureException;
import io.mailio.spring.SmtpHandler;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzerTests {

	private static final CommandHandler HANDLER = (req, res) -> res.accept();

	@Test
	void unknownNameComesWithTheNearest() {
		FailureAnalysis analysis = analyze(UnknownHandlerException.class,
				() -> chains(HandlerRegistration.of("rcpt", "mine", (spec) -> spec.before("dnsbll"), HANDLER)));
		assertThat(analysis.getDescription()).contains("rcpt").contains("dnsbll").contains("mine");
		assertThat(analysis.getAction()).contains("dnsbl");
	}

	@Test
	void unknownNameOfAnAnnotatedHandlerIsReported(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class, Misspelt.class);
		assertThatExceptionOfType(ApplicationContextException.class)
			.isThrownBy(() -> application.run("--mailio.port=0", "--mailio.handlers.queue.maildir.enabled=false"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Misspelt.decide()")
			.contains("Did you mean 'dnsbl'?");
	}

	@Test
	void unknownListenerOfAnAnnotatedHandlerIsReported(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class, Unheard.class);
		assertThatExceptionOfType(ApplicationContextException.class)
			.isThrownBy(() -> application.run("--mailio.port=0", "--mailio.handlers.queue.maildir.enabled=false"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Unheard.decide()")
			.contains("'nope'")
			.contains("The listeners are: default");
	}

	@ParameterizedTest
	@ValueSource(strings = { "john@example.com", "j.doe" })
	void aUserWhoseNameNeedsBracketsIsReported(String name, CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application.run("--mailio.port=0", "--mailio.handlers.queue.maildir.enabled=false",
					"--mailio.auth.users.jane.password=roe", "--mailio.auth.users.jane.senders[0]=@example.com",
					"--mailio.auth.users.[jack@example.com].password=roe",
					"--mailio.auth.users." + name + ".password=doe-secret"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'mailio.auth.users." + name + ".password'")
			.contains("'mailio.auth.users[jane@foo.com].password'")
			.doesNotContain("doe-secret");
	}

	@Test
	void cycleIsDrawn() {
		FailureAnalysis analysis = analyze(HandlerCycleException.class,
				() -> chains(HandlerRegistration.of("rcpt", "a", (spec) -> spec.before("b"), HANDLER),
						HandlerRegistration.of("rcpt", "b", (spec) -> spec.before("a"), HANDLER)));
		assertThat(analysis.getDescription()).containsPattern("a\\W+b\\W+a|b\\W+a\\W+b");
		assertThat(analysis.getAction()).isNotBlank();
	}

	@Test
	void duplicateNamesBothHandlers() {
		FailureAnalysis analysis = analyze(DuplicateHandlerException.class,
				() -> chains(
						HandlerRegistration.of("rcpt", "a", (spec) -> spec.description("com.example.One"), HANDLER),
						HandlerRegistration.of("rcpt", "a", (spec) -> spec.description("com.example.Two"), HANDLER)));
		assertThat(analysis.getDescription()).contains("com.example.One").contains("com.example.Two");
		assertThat(analysis.getAction()).isNotBlank();
	}

	@Test
	void badSignatureComesWithAdvice() {
		FailureAnalysis analysis = analyze(HandlerSignatureException.class, () -> {
			throw new HandlerSignatureException("It returns nothing", "Return something");
		});
		assertThat(analysis.getDescription()).isEqualTo("It returns nothing");
		assertThat(analysis.getAction()).isEqualTo("Return something");
	}

	@Test
	void portInUseComesWithTheProperty(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SpringApplication application = new SpringApplication(Application.class);
			assertThatExceptionOfType(ApplicationContextException.class)
				.isThrownBy(() -> application.run("--mailio.address=127.0.0.1", "--mailio.port=" + taken.getLocalPort(),
						"--mailio.handlers.queue.maildir.enabled=false"));
			assertThat(output).contains("APPLICATION FAILED TO START")
				.contains("Cannot listen on 127.0.0.1 port " + taken.getLocalPort() + ": the port is already in use.")
				.contains("'mailio.port'");
		}
	}

	@Test
	void missingKeyFileComesWithTheProperties(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		assertThatException().isThrownBy(() -> application.run("--mailio.port=0", "--mailio.listeners.mx.bundle=gone",
				"--mailio.listeners.mx.port=0", "--spring.ssl.bundle.pem.gone.reload-on-update=true",
				"--spring.ssl.bundle.pem.gone.keystore.certificate=file:/nowhere/c.pem",
				"--spring.ssl.bundle.pem.gone.keystore.private-key=file:/nowhere/k.pem"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The SSL bundle 'gone', which 'mailio.listeners.mx.bundle' names, cannot be made:")
			.contains("/nowhere");
	}

	@Test
	void forbiddenPortComesWithWaysOut() {
		assertThat(analyze(Reason.NOT_PERMITTED).getAction()).contains("1024").contains("CAP_NET_BIND_SERVICE");
	}

	@Test
	void foreignAddressComesWithTheProperty() {
		assertThat(analyze(Reason.ADDRESS_NOT_AVAILABLE).getAction()).contains("mailio.address");
	}

	@Test
	void unusableMaildirComesWithTheProperty() {
		assertThat(analyze(Reason.STORAGE).getAction()).contains("mailio.handlers.queue.maildir.mail-dir");
	}

	@Test
	void unusableDirectoryForContentComesWithTheProperty() {
		assertThat(analyze(Reason.TEMPORARY_FILES).getAction()).contains("mailio.content.directory");
	}

	@Test
	void portOfTwoListenersComesWithTheProperty() {
		assertThat(analyze(Reason.PORT_SHARED).getAction()).contains("mailio.listeners.<name>.port");
	}

	@Test
	void unknownReasonIsLeftToTheStackTrace() {
		assertThat(analyze(Reason.OTHER)).isNull();
	}

	private static FailureAnalysis analyze(Reason reason) {
		SmtpServerStartException failure = mock(SmtpServerStartException.class);
		given(failure.reason()).willReturn(reason);
		return new SmtpServerStartFailureAnalyzer()
			.analyze(new ApplicationContextException("Failed to start bean", failure));
	}

	private static void chains(HandlerRegistration... registrations) {
		HandlerChains.of(List.of(registrations), "default", Set.of());
	}

	@Test
	void aDnsServerThatNobodyKnowsComesWithItsProperty() {
		SmtpServer server = SmtpServer.builder()
			.port(0)
			.discard()
			.dns(new DnsOptions(List.of("no such host:53"), DnsOptions.DEFAULT_TIMEOUT))
			.build();
		SmtpServerStartException failure = catchThrowableOfType(SmtpServerStartException.class, server::start);
		FailureAnalysis analysis = new SmtpServerStartFailureAnalyzer()
			.analyze(new ApplicationContextException("Failed to start bean", failure));
		assertThat(analysis.getDescription()).isEqualTo(
				"The system knows no host 'no such host', which is to be asked as the DNS server 'no such host:53'.");
		assertThat(analysis.getAction()).contains("mailio.dns.servers");
	}

	private static FailureAnalysis analyze(Class<? extends HandlerConfigurationException> type,
			ThrowingCallable failing) {
		HandlerConfigurationException failure = catchThrowableOfType(type, failing);
		return new HandlerConfigurationFailureAnalyzer()
			.analyze(new ApplicationContextException("Failed to start bean", failure));
	}

	static class Misspelt {

		@SmtpHandler(command = "rcpt", before = "dnsbll")
		Decision decide() {
			return Decision.accept();
		}

	}

	static class Unheard {

		@SmtpHandler(command = "rcpt", listeners = "nope")
		Decision decide() {
			return Decision.accept();
		}

	}

	@EnableAutoConfiguration
	static class Application {

	}

}
