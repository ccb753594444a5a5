/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The handlers of {@code docs/handlers/write-your-own.md} are compiled, and pass the test
 * that stands beside them.
 */
class WriteYourOwnPageTests {

	private static final String[] IMPORTS = { "java.io.*", "java.net.InetAddress", "java.net.InetSocketAddress",
			"java.net.URI", "java.net.URLEncoder", "java.net.http.*", "java.net.http.HttpResponse.BodyHandlers",
			"java.nio.charset.StandardCharsets", "java.nio.file.*", "java.security.*", "java.time.Duration",
			"java.util.stream.Stream", "com.sun.net.httpserver.HttpServer", "org.junit.jupiter.api.*",
			"org.junit.jupiter.api.io.TempDir", "org.springframework.boot.test.context.SpringBootTest",
			"org.springframework.mail.javamail.JavaMailSenderImpl",
			"org.springframework.test.context.DynamicPropertyRegistry",
			"org.springframework.test.context.DynamicPropertySource", "reactor.core.scheduler.Schedulers",
			"static org.assertj.core.api.Assertions.assertThat" };

	@TempDir
	private Path directory;

	private final Path path = Path.of("../docs/handlers/write-your-own.md");

	@Test
	void shouldPassItsTestWithTheHandlerThatBlocks() throws Exception {
		DocumentedCode page = new DocumentedCode(this.path, this.directory);
		shouldPassItsTest(page, page.block("blocking"));
	}

	@Test
	void shouldPassItsTestWithTheReactiveHandler() throws Exception {
		DocumentedCode page = new DocumentedCode(this.path, this.directory);
		String blocking = page.block("blocking");
		int handler = blocking.indexOf("    @SmtpHandler(");
		int rest = blocking.indexOf("    static HttpRequest question(");
		assertThat(handler).isPositive().isLessThan(rest);
		shouldPassItsTest(page,
				blocking.substring(0, handler) + page.block("reactive") + "\n\n" + blocking.substring(rest));
	}

	@Test
	void shouldConfigureTheHandlerByItsYaml() throws Exception {
		String yaml = new DocumentedCode(this.path, this.directory).block("check.yml");
		Object properties = new YamlPropertySourceLoader().load("page", new ByteArrayResource(yaml.getBytes()))
			.get(0)
			.getSource();
		assertThat(((Map<?, ?>) properties).keySet()).extracting(Object::toString)
			.containsExactlyInAnyOrder("mailio.domains", "mailio.handlers.queue.check.url");
	}

	private void shouldPassItsTest(DocumentedCode page, String application) throws Exception {
		page.compile("blocking", "CheckApplication", application, IMPORTS);
		page.compile("test", "CheckTests", page.block("test"), IMPORTS);
		TestExecutionSummary summary;
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader classes = page.classes()) {
			Thread.currentThread().setContextClassLoader(classes);
			summary = run(classes.loadClass("readme.CheckTests"));
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
		assertThat(summary.getFailures()).extracting(TestExecutionSummary.Failure::getException).isEmpty();
		assertThat(summary.getTestsSucceededCount()).isEqualTo(3);
	}

	private static TestExecutionSummary run(Class<?> tests) {
		SummaryGeneratingListener listener = new SummaryGeneratingListener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(tests)).build(),
					listener);
		return listener.getSummary();
	}

}
