/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * Asks for records of a type and keeps the answers. Aliases are followed (RFC 1034
 * section 3.6.2), within the answer as far as it goes, then by asking for the rest.
 */
final class RecordLookup {

	/** A name and what is asked about it. */
	record Question(Name name, int type) {
	}

	private record Answer(DnsAnswer<Record> value, Duration validity) {
	}

	private static final int MAX_ALIASES = 8;

	/** Nobody needs more, and each of them takes memory for as long as it is valid. */
	private static final int MAX_RECORDS = 50;

	/** Some records say that they are valid for no time at all. */
	private static final Duration SHORTEST = Duration.ofSeconds(10);

	private static final Duration LONGEST = Duration.ofHours(1);

	/** What is refused for good because of it may be right a little later. */
	private static final Duration LONGEST_NEGATIVE = Duration.ofMinutes(15);

	/** Where no SOA record says it. */
	private static final Duration NEGATIVE = Duration.ofSeconds(60);

	/** Less than the five minutes of RFC 2308 section 7.1: mail waits for it. */
	private static final Duration FAILURE = Duration.ofSeconds(30);

	private final Queries queries;

	private final AnswerCache<Question, DnsAnswer<Record>> answers;

	/**
	 * A lookup.
	 * @param queries how it is asked
	 * @param capacity how many answers are kept
	 * @param nanoTime the clock
	 */
	RecordLookup(Queries queries, int capacity, LongSupplier nanoTime) {
		this.queries = queries;
		this.answers = new AnswerCache<>(capacity, nanoTime);
	}

	/**
	 * Asks, unless the answer is known.
	 * @param name the name
	 * @param type a type of {@link org.xbill.DNS.Type}
	 * @return the answer; never completes exceptionally
	 */
	CompletionStage<DnsAnswer<Record>> ask(Name name, int type) {
		return this.answers.get(new Question(name, type), this::askServers)
			.exceptionally((failure) -> new DnsAnswer.Failed<>("the DNS could not be asked"));
	}

	private CompletionStage<AnswerCache.Answer<DnsAnswer<Record>>> askServers(Question question) {
		return follow(question, 0, LONGEST).toCompletableFuture()
			// Each alias may be a question of its own; all of them have the time of one.
			.orTimeout(this.queries.timeout().toNanos(), TimeUnit.NANOSECONDS)
			.exceptionally((failure) -> new Answer(new DnsAnswer.Failed<>(reason(failure)), FAILURE))
			.thenApply((answer) -> new AnswerCache.Answer<>(answer.value(), answer.validity()));
	}

	/** Each further question stands behind an alias at least, so there is an end. */
	private CompletionStage<Answer> follow(Question question, int aliases, Duration validity) {
		return this.queries.ask(question.name(), question.type()).thenCompose((message) -> {
			Walk walk = new Walk(message, question, aliases, validity);
			Optional<Answer> answer = walk.answer();
			return answer.<CompletionStage<Answer>>map(CompletableFuture::completedFuture)
				.orElseGet(() -> follow(new Question(walk.at, question.type()), walk.aliases, walk.validity));
		});
	}

	/** Texts of failures may hold what a server has sent; they are not passed on. */
	private static String reason(Throwable failure) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof ServerFailure) {
			return String.valueOf(cause.getMessage());
		}
		return (cause instanceof TimeoutException || cause instanceof SocketTimeoutException)
				? "no DNS server answered in time" : "no DNS server gave a usable answer";
	}

	void clear() {
		this.answers.clear();
	}

	/** From the name in question along the aliases of one message. */
	private static final class Walk {

		private final Message message;

		private final int type;

		private final int aliasesBefore;

		private Name at;

		private int aliases;

		private Duration validity;

		Walk(Message message, Question question, int aliases, Duration validity) {
			this.message = message;
			this.type = question.type();
			this.at = question.name();
			this.aliasesBefore = aliases;
			this.aliases = aliases;
			this.validity = validity;
		}

		/** The answer, empty if the name behind the last alias must be asked for. */
		Optional<Answer> answer() {
			while (this.aliases <= MAX_ALIASES) {
				List<Record> found = ownedBy(this.at, this.type);
				if (!found.isEmpty()) {
					found.forEach(this::limit);
					return Optional.of(new Answer(new DnsAnswer.Found<>(found), max(this.validity, SHORTEST)));
				}
				List<Record> alias = ownedBy(this.at, org.xbill.DNS.Type.CNAME);
				if (alias.isEmpty()) {
					return nothing();
				}
				limit(alias.get(0));
				this.at = ((CNAMERecord) alias.get(0)).getTarget();
				this.aliases++;
			}
			return Optional.of(new Answer(new DnsAnswer.Failed<>("there are too many aliases in the DNS"), FAILURE));
		}

		private List<Record> ownedBy(Name owner, int type) {
			return this.message.getSection(Section.ANSWER)
				.stream()
				.filter((record) -> record.getType() == type && record.getDClass() == DClass.IN)
				.filter((record) -> record.getName().equals(owner))
				.limit(MAX_RECORDS)
				.toList();
		}

		private void limit(Record record) {
			Duration ttl = Duration.ofSeconds(record.getTTL());
			if (ttl.compareTo(this.validity) < 0) {
				this.validity = ttl;
			}
		}

		/** RFC 2308 section 2: the SOA record is what tells "none" from a referral. */
		private Optional<Answer> nothing() {
			Optional<Duration> negative = this.message.getSection(Section.AUTHORITY)
				.stream()
				.filter(SOARecord.class::isInstance)
				.map((record) -> Duration.ofSeconds(Math.min(record.getTTL(), ((SOARecord) record).getMinimum())))
				.findFirst();
			boolean nameExists = this.message.getRcode() != Rcode.NXDOMAIN;
			if (nameExists && negative.isEmpty() && this.aliases > this.aliasesBefore) {
				return Optional.empty();
			}
			Duration validity = min(min(negative.orElse(NEGATIVE), this.validity), LONGEST_NEGATIVE);
			return Optional.of(new Answer(new DnsAnswer.None<>(nameExists), max(validity, SHORTEST)));
		}

		private static Duration min(Duration one, Duration other) {
			return (one.compareTo(other) < 0) ? one : other;
		}

		private static Duration max(Duration one, Duration other) {
			return (one.compareTo(other) > 0) ? one : other;
		}

	}

}
