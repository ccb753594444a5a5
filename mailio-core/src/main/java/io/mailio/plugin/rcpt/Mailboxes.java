/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.rcpt;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import io.mailio.handler.HandlerConfigurationException;
import io.mailio.smtp.Mailbox;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which mailboxes an address of a served domain leads to: first by the configured
 * aliases, then by the resolver of the application. Without both, each address is its own
 * mailbox. Safe for use by several threads.
 */
public final class Mailboxes {

	/** Of a thread that waits where no deadline of a handler ends it. */
	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final Set<String> served;

	private final @Nullable Aliases aliases;

	private final @Nullable MailboxResolver resolver;

	private final @Nullable ReactiveMailboxResolver reactiveResolver;

	/**
	 * Mailboxes of served domains.
	 * @param served the served domains, in lower case with A-labels
	 * @param options aliases, and mailboxes if there is no resolver
	 * @param resolver asked about what the aliases give, or {@code null}
	 * @param reactiveResolver the same without blocking, or {@code null}
	 * @throws HandlerConfigurationException if these do not go together
	 */
	public Mailboxes(Set<String> served, MailboxOptions options, @Nullable MailboxResolver resolver,
			@Nullable ReactiveMailboxResolver reactiveResolver) {
		if (resolver != null && reactiveResolver != null) {
			throw new HandlerConfigurationException("There is a MailboxResolver and a ReactiveMailboxResolver, too",
					"Keep one of them: which mailboxes there are is asked in one place.");
		}
		if ((resolver != null || reactiveResolver != null) && !options.mailboxes().isEmpty()) {
			throw new HandlerConfigurationException("There is a resolver of mailboxes and a list of them, too",
					"Remove the mailboxes of rcpt/mailbox (mailio.handlers.rcpt.mailbox.mailboxes): the resolver knows "
							+ "which there are.");
		}
		this.served = served;
		this.aliases = options.isEmpty() ? null : new Aliases(options, served);
		this.resolver = resolver;
		this.reactiveResolver = reactiveResolver;
	}

	/** Whether each address is its own mailbox. */
	public boolean isPlain() {
		return this.aliases == null && isImmediate();
	}

	/** Whether {@link #of} never blocks. */
	public boolean isImmediate() {
		return this.resolver == null && this.reactiveResolver == null;
	}

	/** Whether {@link #later} needs no thread. */
	public boolean isReactive() {
		return this.reactiveResolver != null;
	}

	/**
	 * Resolves an address. Blocks while a resolver is asked.
	 * @param address an address of a served domain
	 * @return its mailboxes, none if it is unknown
	 * @throws Exception what the resolver throws; {@link IllegalStateException} if it
	 * names what cannot be a mailbox here
	 */
	public Set<Mailbox> of(Mailbox address) throws Exception {
		Set<Mailbox> ends = ends(address);
		if (isImmediate()) {
			return ends;
		}
		Set<Mailbox> found = new LinkedHashSet<>();
		for (Mailbox end : ends) {
			found.addAll((this.resolver != null) ? checked(end, this.resolver.resolve(end)) : awaited(end));
		}
		return found;
	}

	private Collection<Mailbox> awaited(Mailbox address) {
		Collection<Mailbox> answer = asked(address).block(PATIENCE);
		return (answer != null) ? answer : Set.of();
	}

	/**
	 * Resolves an address by a resolver that does not block.
	 * @param address an address of a served domain
	 * @return its mailboxes to come, none if it is unknown; fails where {@link #of} does
	 */
	Mono<Set<Mailbox>> later(Mailbox address) {
		return Flux.fromIterable(ends(address))
			.concatMap(this::asked)
			.collect(LinkedHashSet<Mailbox>::new, Set::addAll)
			.map((found) -> found);
	}

	private Mono<Collection<Mailbox>> asked(Mailbox address) {
		ReactiveMailboxResolver asked = Objects.requireNonNull(this.reactiveResolver);
		return Mono.defer(() -> {
			Mono<? extends Collection<Mailbox>> answer = asked.resolve(address);
			if (answer == null) {
				throw new IllegalStateException(asked.getClass().getName() + " gave null instead of a Mono");
			}
			return answer.map((mailboxes) -> checked(address, mailboxes));
		});
	}

	private Set<Mailbox> ends(Mailbox address) {
		return (this.aliases != null) ? this.aliases.of(address) : Set.of(address);
	}

	private Collection<Mailbox> checked(Mailbox address, @Nullable Collection<Mailbox> mailboxes) {
		Object asked = (this.resolver != null) ? this.resolver : Objects.requireNonNull(this.reactiveResolver);
		String who = asked.getClass().getName() + ", asked about <" + address + ">, ";
		if (mailboxes == null) {
			throw new IllegalStateException(
					who + "gave null; an address that does not exist has no mailboxes: give an " + "empty collection");
		}
		for (Mailbox mailbox : mailboxes) {
			if (mailbox == null) {
				throw new IllegalStateException(who + "gave null among the mailboxes");
			}
			if (!this.served.contains(mailbox.asciiDomain())) {
				throw new IllegalStateException(who + "gave <" + mailbox
						+ ">, whose domain is not served here: nothing is sent to other servers this way");
			}
		}
		return mailboxes;
	}

}
