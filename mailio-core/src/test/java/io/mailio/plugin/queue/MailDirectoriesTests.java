/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

import io.mailio.smtp.Mailbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MailDirectoriesTests {

	private static final Path ROOT = Path.of("/srv/mail");

	private final MailDirectories directories = new MailDirectories("/srv/mail/%d/%n");

	@ParameterizedTest
	@CsvSource(delimiter = ' ', quoteCharacter = '|',
			value = { "joe@example.com example.com/joe", "Joe.Smith+tag@Example.COM example.com/joe.smith+tag",
					"\"joe\"@example.com example.com/joe", "a%b@example.com example.com/a%25b",
					"a!b@example.com example.com/a%21b", "\"a/b\"@example.com example.com/a%2fb",
					"\"..\"@example.com example.com/%2e.", "\".\"@example.com example.com/%2e",
					"\"../../etc/passwd\"@example.com example.com/%2e.%2f..%2fetc%2fpasswd",
					"\".Junk\"@example.com example.com/%2ejunk", "\"a@b\"@example.com example.com/a@b",
					"a*?b@example.com example.com/a%2a%3fb", "a=b_c-d@example.com example.com/a=b_c-d",
					"\"a\\\\b\"@example.com example.com/a%5cb", "~@example.com example.com/%7e",
					"joe@[192.0.2.1] %5b192.0.2.1%5d/joe", "joe@[IPv6:::1] %5bipv6%3a%3a%3a1%5d/joe" })
	void eachMailboxHasItsDirectoryBelowTheRoot(String mailbox, String directory) {
		assertThat(this.directories.of(Mailbox.of(mailbox))).hasValue(ROOT.resolve(directory));
	}

	@ParameterizedTest
	@CsvSource({ "j\u00f6rg@b.test, b.test/j%c3%b6rg", "jo\u0308rg@b.test, b.test/j%c3%b6rg",
			"joe@b\u00fccher.test, xn--bcher-kva.test/joe", "joe@XN--bcher-kva.test, xn--bcher-kva.test/joe",
			"\"\u2044..\u2044x\"@b.test, b.test/%e2%81%84..%e2%81%84x" })
	void anInternationalisedMailboxHasOneDirectoryHoweverItIsWritten(String mailbox, String directory) {
		assertThat(this.directories.of(Mailbox.of(mailbox))).hasValue(ROOT.resolve(directory));
	}

	@Test
	void aSpaceIsEncodedToo() {
		assertThat(this.directories.of(Mailbox.of("\"joe doe\"@b.test"))).hasValue(ROOT.resolve("b.test/joe%20doe"));
	}

	@Test
	void whatCannotBeANameHasNoDirectory() {
		assertThat(this.directories.of(Mailbox.of("\"\"@example.com"))).isEmpty();
		MailDirectories joined = new MailDirectories("/srv/mail/%n@%d");
		String longest = "?".repeat(64);
		assertThat(joined.of(Mailbox.of(longest + "@example.com"))).isPresent();
		String longDomain = ("a".repeat(60) + ".").repeat(3) + "test";
		assertThat(joined.of(Mailbox.of(longest + "@" + longDomain))).isEmpty();
		assertThat(this.directories.of(Mailbox.of(longest + "@" + longDomain))).isPresent();
	}

	@Test
	void controlAndForeignCharactersAreEncoded() {
		assertThat(MailDirectories.encode("a\u0000\r\n\u007fb")).isEqualTo("a%00%0d%0a%7fb");
		// Not folded: the Kelvin sign would become a k, someone else's name.
		assertThat(MailDirectories.encode("\u212a\u00c9")).isEqualTo("%e2%84%aa%c3%89");
	}

	@Test
	void twoNamesShareADirectoryOnlyIfTheyDifferInCase() {
		long seed = new Random().nextLong();
		System.out.println("MailDirectoriesTests seed: " + seed);
		Random random = new Random(seed);
		String alphabet = "aA%2eE./\\.b\u00e9~ ";
		Map<String, String> names = new HashMap<>();
		for (int i = 0; i < 20_000; i++) {
			StringBuilder name = new StringBuilder();
			for (int length = 1 + random.nextInt(5); length > 0; length--) {
				name.append(alphabet.charAt(random.nextInt(alphabet.length())));
			}
			String folded = name.toString().toLowerCase(Locale.ROOT);
			String encoded = MailDirectories.encode(name.toString());
			assertThat(names.computeIfAbsent(encoded, (key) -> folded)).as("seed %d", seed).isEqualTo(folded);
			assertThat(encoded).matches("[a-z0-9_+=@%-][a-z0-9._+=@%-]*");
		}
	}

	@Test
	void theRootIsThePartBeforeThePlaceholders() {
		assertThat(this.directories.root()).isEqualTo(ROOT);
		assertThat(new MailDirectories("./mailio/../mail/%d").root()).isEqualTo(Path.of("mail").toAbsolutePath());
		assertThat(new MailDirectories("%n").root()).isEqualTo(Path.of("").toAbsolutePath());
		MailDirectories single = new MailDirectories("/srv/mail");
		assertThat(single.of(Mailbox.of("a@b.test"))).hasValue(Path.of("/srv/mail"));
		MailDirectories mixed = new MailDirectories("/srv/100%%/./u-%n/Maildir");
		assertThat(mixed.of(Mailbox.of("a@b.test"))).hasValue(Path.of("/srv/100%/u-a/Maildir"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/srv/%x", "/srv/%", "/srv/%d/%%%", "/srv/%d/../x" })
	void wrongPatternsAreRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> new MailDirectories(pattern))
			.withMessageContaining(pattern);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/srv/%n.%d", "/srv/%d%n", "/srv/%d-%n", "/srv/%n_%d", "/srv/%n%%%d", "/srv/x%nX%d/y",
			"/srv/%n@%d.%n" })
	void aPatternInWhichTwoAddressesMeetIsRefused(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> new MailDirectories(pattern))
			.withMessageContaining(pattern)
			.withMessageContaining("a.b@example.com and a@b.example.com")
			.withMessageContaining("%d/%n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/srv/%d/%n", "/srv/%n/%d", "/srv/%n@%d", "/srv/%d@%n", "/srv/%d=%n", "/srv/%n, %d",
			"/srv/%d/%n.%d", "/srv/%n%d/%n" })
	void twoAddressesDoNotMeetInOthers(String pattern) {
		MailDirectories directories = new MailDirectories(pattern);
		long seed = new Random().nextLong();
		System.out.println("MailDirectoriesTests seed: " + seed);
		Random random = new Random(seed);
		Map<Path, Mailbox> mailboxes = new HashMap<>();
		for (int i = 0; i < 5_000; i++) {
			Mailbox mailbox = Mailbox.of("\"" + words(random, "@=, .") + "\"@" + words(random, ".-"));
			Mailbox other = mailboxes.putIfAbsent(directories.of(mailbox).orElseThrow(), mailbox);
			assertThat((other != null) ? other : mailbox).as("seed %d", seed).isEqualTo(mailbox);
		}
	}

	private static String words(Random random, String separators) {
		StringBuilder words = new StringBuilder("a");
		for (int more = random.nextInt(4); more > 0; more--) {
			words.append(separators.charAt(random.nextInt(separators.length())))
				.append(random.nextBoolean() ? 'a' : 'b');
		}
		return words.toString();
	}

}
