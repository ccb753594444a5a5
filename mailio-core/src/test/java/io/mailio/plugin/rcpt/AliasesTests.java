/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailio.handler.HandlerConfigurationException;
import io.mailio.plugin.rcpt.MailboxOptions.Alias;
import io.mailio.smtp.Mailbox;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AliasesTests {

	private static final Set<String> SERVED = Set.of("example.com", "example.net", "xn--bcher-kva.example");

	private static Alias alias(String address, String... to) {
		return new Alias(address, List.of(to));
	}

	private static Aliases aliases(Alias... aliases) {
		return new Aliases(new MailboxOptions(List.of(aliases), Set.of()), SERVED);
	}

	private static Aliases listed(String mailbox, Alias... aliases) {
		Set<Mailbox> mailboxes = Stream.of(mailbox.split(" ")).map(Mailbox::of).collect(Collectors.toSet());
		return new Aliases(new MailboxOptions(List.of(aliases), mailboxes), SERVED);
	}

	private static List<String> of(Aliases aliases, String address) {
		return aliases.of(Mailbox.of(address)).stream().map(Mailbox::toString).toList();
	}

	@Test
	void anAddressThatIsNoAliasIsItsOwnMailbox() {
		Aliases aliases = aliases(alias("sales@example.com", "john@example.com"));
		assertThat(of(aliases, "jane@example.com")).containsExactly("jane@example.com");
		assertThat(of(aliases, "john@example.com")).containsExactly("john@example.com");
		assertThat(of(aliases, "sales@example.net")).containsExactly("sales@example.net");
	}

	@Test
	void aliasesOfAliasesAreFollowedToEachMailboxOnce() {
		Aliases aliases = aliases(alias("all@example.com", "sales@example.com", "team@example.com", "jane@example.com"),
				alias("sales@example.com", "john@example.com"),
				alias("team@example.com", "john@example.com", "ann@example.net"));
		assertThat(of(aliases, "all@example.com")).containsExactly("john@example.com", "ann@example.net",
				"jane@example.com");
	}

	@Test
	void caseQuotesAndTheFormOfADomainDoNotMatter() {
		Aliases aliases = aliases(alias("Sales@bücher.example", "John@example.com"));
		assertThat(of(aliases, "\"sALES\"@xn--bcher-KVA.example")).containsExactly("John@example.com");
		assertThat(of(aliases, "JOHN@EXAMPLE.COM")).containsExactly("John@example.com");
	}

	@Test
	void anAliasThatNamesItselfKeepsTheMessageToo() {
		Aliases aliases = aliases(alias("john@example.com", "john@example.com", "archive@example.com"));
		assertThat(of(aliases, "john@example.com")).containsExactly("john@example.com", "archive@example.com");
	}

	@Test
	void aDomainTakesWhatIsNeitherAnAliasNorANamedMailbox() {
		Aliases aliases = aliases(alias("@example.com", "other@example.com"),
				alias("sales@example.com", "john@example.com"));
		assertThat(of(aliases, "whoever@example.com")).containsExactly("other@example.com");
		assertThat(of(aliases, "other@example.com")).containsExactly("other@example.com");
		assertThat(of(aliases, "john@example.com")).containsExactly("john@example.com");
		assertThat(of(aliases, "sales@example.com")).containsExactly("john@example.com");
		assertThat(of(aliases, "whoever@example.net")).containsExactly("whoever@example.net");
	}

	@Test
	void aDomainHasTheSameNamesAsAnother() {
		Aliases aliases = aliases(alias("@example.net", "@example.com"), alias("sales@example.com", "john@example.com"),
				alias("info@example.net", "ann@example.net"));
		assertThat(of(aliases, "sales@example.net")).containsExactly("john@example.com");
		assertThat(of(aliases, "\"j k\"@example.net")).containsExactly("\"j k\"@example.com");
		assertThat(of(aliases, "info@example.net")).containsExactly("ann@example.net");
	}

	@Test
	void withAListNothingElseIsAMailbox() {
		Aliases aliases = listed("John@example.com jane@example.com", alias("sales@example.com", "john@example.com"),
				alias("@example.net", "@example.com"));
		assertThat(of(aliases, "john@example.com")).containsExactly("John@example.com");
		assertThat(of(aliases, "sales@example.com")).containsExactly("John@example.com");
		assertThat(of(aliases, "JANE@example.net")).containsExactly("jane@example.com");
		assertThat(of(aliases, "ann@example.com")).isEmpty();
		assertThat(of(aliases, "ann@example.net")).isEmpty();
	}

	@Test
	void aCircleIsShownAtStart() {
		assertWrong(
				() -> aliases(alias("a@example.com", "b@example.com"), alias("b@example.com", "c@example.com"),
						alias("c@example.com", "x@example.com", "A@example.com")),
				"a@example.com → b@example.com → c@example.com → a@example.com");
		assertWrong(() -> aliases(alias("@example.com", "@example.net"), alias("@example.net", "@example.com")),
				"leads to itself: @example.");
		assertWrong(() -> aliases(alias("@example.com", "@example.com")), "@example.com → @example.com");
	}

	@Test
	void whatIsUnknownOrNotServedIsRefusedAtStart() {
		assertWrong(() -> aliases(alias("sales@example.com", "john@elsewhere.test")),
				"The alias sales@example.com leads to john@elsewhere.test, but the domain elsewhere.test is not "
						+ "served here");
		assertWrong(() -> aliases(alias("sales@elsewhere.test", "john@example.com")),
				"The alias sales@elsewhere.test, but the domain elsewhere.test is not served here");
		assertWrong(() -> aliases(alias("@example.com", "@elsewhere.test")), "elsewhere.test is not served here");
		assertWrong(() -> listed("john@example.com", alias("sales@example.com", "jon@example.com")),
				"The alias sales@example.com leads to jon@example.com, which is neither a mailbox nor an alias");
		assertWrong(() -> listed("john@elsewhere.test"), "The mailbox john@elsewhere.test, but");
		assertWrong(() -> aliases(alias("a@example.com", "b@example.com"), alias("A@example.com", "c@example.com")),
				"There are two aliases A@example.com");
	}

	private static void assertWrong(Runnable aliases, String message) {
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(aliases::run)
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.advice()).contains("mailio.handlers.rcpt.mailbox.aliases"));
	}

	@Test
	void anAliasIsMadeOfAddresses() {
		assertThatIllegalArgumentException().isThrownBy(() -> alias("sales", "john@example.com"))
			.withMessage("'sales' is neither an address such as you@example.com nor a domain such as @example.com");
		assertThatIllegalArgumentException().isThrownBy(() -> alias("sales@example.com", "@"));
		assertThatIllegalArgumentException().isThrownBy(() -> alias("sales@example.com"))
			.withMessageContaining("leads nowhere");
		assertThatIllegalArgumentException().isThrownBy(() -> alias("sales@example.com", "@example.net"))
			.withMessageContaining("another domain only");
		assertThatIllegalArgumentException().isThrownBy(() -> alias("@example.com", "@example.net", "john@example.com"))
			.withMessageContaining("stands alone");
	}

}
