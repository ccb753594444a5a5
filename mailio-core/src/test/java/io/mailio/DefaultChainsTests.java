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
import java.util.Map;
import java.util.stream.Collectors;

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

}
