/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.mailio.LogWatch;
import io.mailio.handler.Decision;
import io.mailio.handler.LoggedValue;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.User;
import io.mailio.plugin.queue.Discard;
import io.mailio.session.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is logged of sessions and messages, and what is not. */
class LogTests {

	private static final String SECRET = "S3cr3tS3cr3tS3cr3t";

	private static VirtualConnection.Setup setup() {
		return VirtualConnection.setup()
			.limits(Limits.builder().authFailureDelay(Duration.ZERO).errors(3).build())
			.reverseLookup((address) -> CompletableFuture.completedFuture(Optional.of("host.client.example")))
			.inline("queue", (req, res) -> res.accept());
	}

	/** The line without what is different each time. */
	private static String line(ILoggingEvent event) {
		return event.getLevel() + " "
				+ event.getFormattedMessage()
					.replaceAll("(session=)\\w+", "$1S")
					.replaceAll("(transaction=)\\w+", "$1S")
					.replaceAll("(Queued as )\\w+", "$1S")
					.replaceAll("( ms=)\\d+", "$1N");
	}

	private static List<String> lines(LogWatch log) {
		return log.events().stream().map(LogTests::line).toList();
	}

	@Test
	void aMessageIsOneLine() {
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.DEBUG);
				VirtualConnection client = setup().connect()) {
			client.data().send("Subject: x\r\n\r\nHello\r\n.\r\n");
			assertThat(client.said()).contains("250 2.0.0");
			assertThat(lines(log)).singleElement()
				.asString()
				.matches("INFO Message accepted: session=S transaction=S\\.0 listener=default client=127\\.0\\.0\\.1 "
						+ "name=host\\.client\\.example helo=c from=<a@client\\.example> to=<b@example\\.com> "
						+ "recipients=1 size=\\d+ result=\"250 2\\.0\\.0 [^\"]+\" ms=N");
		}
	}

	@Test
	void theFactsOfALineAreAttachedForMachinesToo() {
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.DEBUG);
				VirtualConnection client = setup().connect()) {
			client.data().send("Subject: x\r\n\r\nHello\r\n.\r\n");
			ILoggingEvent event = log.events().get(0);
			assertThat(LogWatch.pairs(event)).containsEntry("mailio.client", "127.0.0.1")
				.containsEntry("mailio.from", "<a@client.example>")
				.containsEntry("mailio.recipients", 1)
				.containsKeys("mailio.size", "mailio.result", "mailio.ms")
				.doesNotContainKeys("mailio.session", "mailio.transaction");
			Map<String, String> ids = event.getMDCPropertyMap();
			assertThat(ids).containsOnlyKeys("mailio.session", "mailio.transaction");
			assertThat(ids.get("mailio.transaction")).isEqualTo(ids.get("mailio.session") + ".0");
		}
	}

	@Test
	void aRefusedMessageNamesWhoHasRefused() {
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.DEBUG);
				VirtualConnection client = VirtualConnection.setup()
					.inline("queue", "spam", (req, res) -> res.reject(550, "Say \"please\""))
					.connect()) {
			client
				.send("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<\"b c\"@example.com>\r\nRCPT TO:<d@example.com>\r\nDATA\r\n")
				.send("x\r\n.\r\n");
			assertThat(lines(log)).singleElement()
				.asString()
				.matches("INFO Message refused: .* from=<> to=\"<\\\\\"b c\\\\\"@example\\.com>\" recipients=2 "
						+ "size=\\d+ by=queue/spam result=\"550 5\\.7\\.1 Say \\\\\"please\\\\\"\" ms=N");
		}
	}

	private static Decision find(SmtpResponse res, LoggedValue value) {
		res.set(value);
		return res.accept();
	}

	@Test
	void whatHandlersHaveFoundOutStandsInTheLineOfTheMessage() {
		try (LogWatch log = LogWatch.of("io.mailio.message", Level.DEBUG);
				VirtualConnection client = VirtualConnection.setup()
					.inline("rcpt", "list", (req, res) -> find(res, () -> "clean"))
					.inline("queue", "score", (req, res) -> find(res, () -> "7.1\r\n/5"))
					.inline("queue", "broken", (req, res) -> find(res, () -> {
						throw new IllegalStateException("No text");
					}))
					.inline("queue", "silent", (req, res) -> {
						res.set("not for the log");
						return res.accept();
					})
					.connect()) {
			client.data().send("x\r\n.\r\n").work();
			assertThat(lines(log)).singleElement()
				.asString()
				.contains(" handlers=\"rcpt/list:clean queue/", "queue/score:7.1\\u{d}\\u{a}/5", "queue/broken:?")
				.doesNotContain("silent");
		}
	}

	@Test
	void theEndOfASessionNamesTheHandlerThatHasRefusedLast() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG);
				VirtualConnection client = VirtualConnection.setup().inline("rcpt", "list", (req, res) -> {
					res.set((LoggedValue) () -> "listed");
					return res.reject(550, "No");
				}).connect()) {
			client.send("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nQUIT\r\n");
			assertThat(client.isOpen()).isFalse();
			assertThat(lines(log)).singleElement()
				.asString()
				.contains(" handlers=rcpt/list:listed ", " last-refusal=\"rcpt/list 550 No\"");
		}
	}

	@Test
	void theEndOfASessionIsOneLine() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG);
				VirtualConnection client = setup()
					.authenticator((credentials, session) -> Optional.of(User.named("john")))
					.connect()) {
			client.send("EHLO c\r\nAUTH PLAIN " + base64("\0john\0" + SECRET) + "\r\n").work();
			client.send("NONSENSE\r\n").data().send("x\r\n.\r\nQUIT\r\n");
			assertThat(client.isOpen()).isFalse();
			assertThat(lines(log)).containsExactly("INFO Session ended: session=S listener=default client=127.0.0.1 "
					+ "name=host.client.example helo=c user=john commands=8 accepted=1 refused=0 errors=1 "
					+ "unrecognized=1 last-refusal=\"unrecognized 500 5.5.1 Command not recognized\" end=quit ms=N");
		}
	}

	@Test
	void aClientThatLeavesIsLoggedWithHowFarItHadCome() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG)) {
			VirtualConnection client = setup().connect().data();
			client.send("half a mess").close();
			assertThat(lines(log)).singleElement().asString().endsWith("stage=recipients end=lost ms=N");
		}
	}

	@ParameterizedTest
	@CsvSource({ "EHLO c|QUIT, quit", "NOPE|NOPE|NOPE|NOPE, too-many-errors", "GET / HTTP/1.1, foreign-protocol",
			"BDAT x, refused" })
	void theLineSaysHowASessionHasEnded(String said, String end) {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.INFO)) {
			VirtualConnection client = setup().connect();
			client.send(said.replace("|", "\r\n") + "\r\n").pass(Duration.ofSeconds(6)).close();
			assertThat(lines(log)).singleElement().asString().contains(" end=" + end + " ms=");
		}
	}

	@Test
	void silenceAndAHandlersEndAreEndsToo() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.INFO)) {
			try (VirtualConnection idle = setup().connect()) {
				idle.pass(Duration.ofMinutes(6));
			}
			try (VirtualConnection ended = setup().inline("connect", (req, res) -> res.end()).connect()) {
				assertThat(ended.isOpen()).isFalse();
			}
			try (VirtualConnection refused = setup().inline("connect", (req, res) -> res.reject(554, "No")).connect()) {
				assertThat(refused.codes()).containsExactly(554);
			}
			assertThat(lines(log)).satisfiesExactly((line) -> assertThat(line).contains(" end=timeout "),
					(line) -> assertThat(line).contains(" end=handler "),
					(line) -> assertThat(line).contains(" end=refused "));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "QUIT\r\n" })
	void probesAreLoggedAtDebug(String said) {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.DEBUG)) {
			setup().connect().send(said).close();
			assertThat(lines(log)).singleElement().asString().startsWith("DEBUG Session ended: ");
		}
	}

	@Test
	void whatNobodyKeepsIsLoggedAtDebug() {
		try (LogWatch log = LogWatch.of("io.mailio", Level.DEBUG)) {
			VirtualConnection client = VirtualConnection.setup().builtIn("queue", "discard", new Discard()).connect();
			client.data().send("x\r\n.\r\nQUIT\r\n").close();
			assertThat(lines(log).stream().filter((line) -> line.contains(": session="))).satisfiesExactly(
					(line) -> assertThat(line).startsWith("DEBUG Message accepted"),
					(line) -> assertThat(line).startsWith("DEBUG Session ended"));
			assertThat(log.events()).allMatch((event) -> event.getLevel() == Level.DEBUG);
		}
	}

	@Test
	void aFailedLoginIsOneLineWithoutTheSecret() {
		try (LogWatch log = LogWatch.of("io.mailio.session", Level.INFO);
				VirtualConnection client = setup().authenticator((credentials, session) -> Optional.empty())
					.connect()) {
			client.send("EHLO c\r\nauth plain " + base64("\0jo hn\0" + SECRET) + "\r\n").work();
			assertThat(client.said()).contains("535 5.7.8");
			assertThat(lines(log))
				.containsExactly("INFO Authentication failed: session=S listener=default client=127.0.0.1 "
						+ "name=host.client.example helo=c mechanism=PLAIN user=\"jo hn\"");
		}
	}

	@Test
	void theTraceShowsWhatWasSaid() {
		try (LogWatch log = LogWatch.of("io.mailio.trace", Level.DEBUG); VirtualConnection client = setup().connect()) {
			client.send("ehlo c\r\nMAIL FROM:<a@b.example> BODY=7BIT\r\nRCPT TO:<c@example.com>\r\nDATA\r\n")
				.send("Hello\r\n.\r\nX\r\nX\u0007\r\nQUIT\r\n");
			String id = log.lines().get(0).split(" ")[0];
			assertThat(log.lines()).allMatch((line) -> line.startsWith(id + " "));
			assertThat(log.lines().stream().map((line) -> line.substring(id.length() + 1)).toList()).satisfiesExactly(
					(line) -> assertThat(line)
						.isEqualTo("-- connection from 127.0.0.1 (host.client.example) to listener default"),
					(line) -> assertThat(line).isEqualTo("S: 220 mx.example.com ESMTP"),
					(line) -> assertThat(line).isEqualTo("C: ehlo c"),
					(line) -> assertThat(line).startsWith("S: 250 mx.example.com / PIPELINING / "),
					(line) -> assertThat(line).isEqualTo("C: MAIL FROM:<a@b.example> BODY=7BIT"),
					(line) -> assertThat(line).startsWith("S: 250 2.1.0 "),
					(line) -> assertThat(line).isEqualTo("C: RCPT TO:<c@example.com>"),
					(line) -> assertThat(line).startsWith("S: 250 2.1.5 "),
					(line) -> assertThat(line).isEqualTo("C: DATA"), (line) -> assertThat(line).startsWith("S: 354 "),
					(line) -> assertThat(line).isEqualTo("C: **** (7 octets of content)"),
					(line) -> assertThat(line).startsWith("S: 250 2.0.0 "),
					(line) -> assertThat(line).isEqualTo("C: X"),
					(line) -> assertThat(line).startsWith("S: 500 5.5.1 "),
					(line) -> assertThat(line).isEqualTo("C: X\\u{7}"),
					(line) -> assertThat(line).startsWith("S: 501 5.5.2 "),
					(line) -> assertThat(line).isEqualTo("C: QUIT"),
					(line) -> assertThat(line).startsWith("S: 221 2.0.0 "),
					(line) -> assertThat(line).isEqualTo("-- closed: quit"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "AUTH PLAIN $", "auth  plain  $", "AUTH\tPLAIN\t$", " AUTH PLAIN $", "AUTH $",
			"AUTH PLAIN $ $", "AUTHPLAIN $", "XAUTH $", "AUTH LOGIN|$", "AUTH LOGIN|$|$", "AUTH CRAM-MD5|$",
			"AUTH LOGIN =|$|AUTH|$", "AUTH PLAIN *|$", "LOGIN|$", "DATA|$", "NOOP|DATA|NOOP|$" })
	void theTraceHidesSecretsAndContent(String said) {
		for (boolean offered : new boolean[] { true, false }) {
			try (LogWatch log = LogWatch.of("io.mailio", Level.TRACE)) {
				VirtualConnection.Setup setup = VirtualConnection.setup()
					.limits(Limits.builder().authFailureDelay(Duration.ZERO).build())
					.inline("queue", (req, res) -> res.accept())
					.reactive("login", (req, res) -> {
						res.write("334 " + SECRET);
						return res.receive().map((line) -> res.reject(535, "No"));
					});
				if (offered) {
					setup.authenticator((credentials, session) -> Optional.empty());
				}
				try (VirtualConnection client = setup.connect()) {
					client.send("EHLO c\r\n");
					for (String line : said.split("\\|")) {
						client.send(line.replace("$", SECRET) + "\r\n").work();
					}
				}
				assertThat(log.lines().stream().filter((line) -> line.contains(" C: ")).collect(Collectors.toList()))
					.hasSize(said.split("\\|").length + 1);
				assertThat(log.lines()).noneMatch((line) -> line.contains(SECRET));
			}
		}
	}

	@Test
	void theTraceNamesTheHandlersThatHaveDecided() {
		try (LogWatch log = LogWatch.of("io.mailio.trace", Level.TRACE);
				VirtualConnection client = setup().inline("mail", "first", (req, res) -> res.accept())
					.inline("mail", "second", (req, res) -> res.accept())
					.inline("rcpt", "third", (req, res) -> res.reject(550, "No"))
					.inline("rcpt", "unasked", (req, res) -> res.accept())
					.connect()) {
			client.send("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\n");
			assertThat(
					log.lines().stream().filter((line) -> line.contains(" by ")).map((line) -> line.split(" ", 2)[1]))
				.containsExactly("-- mail: ACCEPT by mail/first, mail/second", "-- rcpt: REJECT by rcpt/third");
		}
	}

	@Test
	void namesOfTheDnsAreEscaped() {
		try (LogWatch log = LogWatch.of("io.mailio", Level.TRACE)) {
			VirtualConnection client = VirtualConnection.setup()
				.reverseLookup(
						(address) -> CompletableFuture.completedFuture(Optional.of("evil\r\nINFO \u202e forged")))
				.inline("queue", (req, res) -> res.accept())
				.connect();
			client.data().send("x\r\n.\r\nQUIT\r\n").close();
			assertThat(log.lines()).anyMatch((line) -> line.contains("name=\"evil\\u{d}\\u{a}INFO \\u{202e} forged\""));
			assertThat(log.events().stream().flatMap(LogWatch::texts)).allMatch(LogWatch::isPrintable);
		}
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
	}

}
