/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailio.handler.HandlerNames;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.session.AuthMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The chains with every built-in handler, as the documentation prints them. */
class DefaultChainsTests {

	private static final Path PAGE = Path.of("../docs/handlers/README.md");

	private static Map<String, List<String>> chains() {
		return SmtpServer.builder()
			.earlyTalker(EarlyTalkerOptions.defaults())
			.rdns(RdnsOptions.defaults())
			.dnsbl(DnsblOptions.defaults())
			.spamd(SpamdOptions.defaults())
			.maildir("./%d/%n")
			.relay((relay) -> {
			})
			.discard()
			.listener("mx", (mx) -> mx.port(0))
			.listener("submission", (submission) -> submission.port(0).auth(AuthMode.REQUIRED))
			.build()
			.handlers();
	}

	private static String row(String command, List<String> chain) {
		return "| `" + command + "` | " + String.join(", ", chain) + " |";
	}

	@Test
	void theDocumentationPrintsTheChains() throws IOException {
		Map<String, List<String>> chains = chains();
		String printed = List.of("connect", "mail", "rcpt", "queue")
			.stream()
			.map((command) -> row(command, chains.get(command)))
			.collect(Collectors.joining("\n"));
		assertThat(Files.readString(PAGE)).contains("\n| command | chain |\n|---|---|\n" + printed + "\n| [`route`]");
	}

	@Test
	void theChainsHaveTheOrderOfTheirNames() {
		chains().forEach((command, chain) -> {
			List<String> expected = new ArrayList<>(List.of(HandlerNames.CORE));
			expected.addAll(HandlerNames.builtIn(command));
			expected.retainAll(chain);
			assertThat(chain).as(command).isEqualTo(expected);
		});
	}

	@Test
	void everyNameIsAnAnchorThoughItsHandlerIsOff() {
		for (String command : List.of("connect", "mail", "rcpt", "queue")) {
			for (String name : HandlerNames.builtIn(command)) {
				List<String> chain = SmtpServer.builder()
					.disable(command, name)
					.handler(command, "last", (spec) -> spec.after(name), (req, res) -> res.accept())
					.handler(command, "first", (spec) -> spec.before(command + "/" + name), (req, res) -> res.accept())
					.build()
					.handlers()
					.get(command);
				assertThat(chain).as(name).doesNotContain(name).containsSubsequence("first", "last");
			}
		}
	}

	@Test
	void everyHandlerHasItsClassItsPageAndItsLineInTheIndex() throws Exception {
		String index = Files.readString(PAGE);
		for (String command : List.of("connect", "mail", "rcpt", "queue")) {
			for (String name : HandlerNames.builtIn(command)) {
				String page = command + "-" + name + ".md";
				assertThat(index).contains("| [`" + command + "/" + name + "`](" + page + ") |");
				assertThat(Files.readString(PAGE.resolveSibling(page))).startsWith("# " + command + "/" + name + "\n")
					.contains("| `mailio.handlers." + command + "." + name + ".enabled` |");
				assertThat(Class.forName("io.mailio.plugin." + command + "." + className(name))).isPublic();
			}
		}
	}

	private static String className(String name) {
		// The mailboxes are asked at RCPT, and by others.
		return name.equals("mailbox") ? "MailboxLookup"
				: Stream.of(name.split("-"))
					.map((word) -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
					.collect(Collectors.joining());
	}

}
