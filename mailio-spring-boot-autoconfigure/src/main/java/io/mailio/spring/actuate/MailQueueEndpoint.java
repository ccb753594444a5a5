/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.actuate;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailio.SmtpRelay;
import io.mailio.queue.Attempt;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageState;
import io.mailio.queue.QueueCounts;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.queue.QueuedMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The queue of mail that is to be sent: how much waits, which messages, and for what; to
 * have one tried again, held, released or deleted, and a destination suspended or
 * resumed. Blocks for as long as a disk takes.
 *
 * <pre>
 * GET    /actuator/mailqueue                          how much waits
 * GET    /actuator/mailqueue/messages                 ?destination= &amp;state= &amp;after= &amp;limit=
 * GET    /actuator/mailqueue/messages/{id}
 * POST   /actuator/mailqueue/messages/{id}            {"action": "retry"}, hold, release
 * DELETE /actuator/mailqueue/messages/{id}
 * POST   /actuator/mailqueue/destinations/{name}      {"action": "suspend"}, resume
 * </pre>
 */
@Endpoint(id = "mailqueue")
public final class MailQueueEndpoint {

	/** How many messages are listed, unless it is said. */
	public static final int DEFAULT_LIMIT = 50;

	/** How many messages are listed at most. */
	public static final int MAX_LIMIT = 500;

	/** Of how many destinations the counts are told at most. */
	public static final int MAX_DESTINATIONS = 500;

	private static final int LONGEST_DESTINATION = 255;

	/** Names have no colons; an IPv6 address would have more than one. */
	private static final Pattern SERVER = Pattern.compile("([^\\[\\]:]+):(\\d{1,5})");

	private static final String MESSAGES = "messages";

	private static final String DESTINATIONS = "destinations";

	private final Supplier<SmtpRelay> relay;

	/**
	 * Shows the queue of a relay.
	 * @param relay the relay, asked for each time
	 */
	public MailQueueEndpoint(Supplier<SmtpRelay> relay) {
		this.relay = relay;
	}

	/** Whether there is a queue at present: it is open while the server runs. */
	boolean isOpen() {
		return this.relay.get().isRunning();
	}

	/** How much waits. */
	@ReadOperation
	public Summary summary() {
		MessageQueue queue = queue();
		QueueCounts counts = queue.counts();
		Map<MessageState, Long> states = new TreeMap<>();
		counts.destinations()
			.values()
			.forEach((one) -> one.forEach((state, count) -> states.merge(state, (long) count, Long::sum)));
		return new Summary(counts.messages(), counts.octets(), states, counts.destinations().size(),
				largest(counts.destinations()), new TreeSet<>(queue.suspended()), firstPauses());
	}

	private Map<String, Instant> firstPauses() {
		Map<String, Instant> first = new LinkedHashMap<>();
		this.relay.get()
			.paused()
			.entrySet()
			.stream()
			.limit(MAX_DESTINATIONS)
			.forEach((one) -> first.put(one.getKey(), one.getValue()));
		return first;
	}

	private static Map<String, Map<MessageState, Integer>> largest(Map<String, Map<MessageState, Integer>> all) {
		Map<String, Map<MessageState, Integer>> largest = new LinkedHashMap<>();
		Comparator<Map.Entry<String, Map<MessageState, Integer>>> bySize = Comparator
			.comparingLong((one) -> one.getValue().values().stream().mapToLong(Integer::longValue).sum());
		all.entrySet()
			.stream()
			.sorted(bySize.reversed().thenComparing(Map.Entry::getKey))
			.limit(MAX_DESTINATIONS)
			.forEach((one) -> largest.put(one.getKey(), new TreeMap<>(one.getValue())));
		return largest;
	}

	/**
	 * Lists messages, the oldest first.
	 * @param what {@code messages}
	 * @param destination those with recipients that wait for it
	 * @param state those with recipients in this state
	 * @param after those that came after the message of this name
	 * @param limit how many at most, 1 to {@value #MAX_LIMIT}
	 * @return the messages, {@code null} if something else is to be listed
	 */
	@ReadOperation
	public @Nullable Page list(@Selector String what, @Nullable String destination, @Nullable MessageState state,
			@Nullable String after, @Nullable Integer limit) throws IOException {
		if (!what.equals(MESSAGES)) {
			return null;
		}
		int most = (limit != null) ? limit : DEFAULT_LIMIT;
		if (most < 1 || most > MAX_LIMIT) {
			throw invalid("The limit is 1 to " + MAX_LIMIT + ", not " + most);
		}
		QueueFilter filter = new QueueFilter(destination, state, (after != null) ? id(after) : null, most);
		List<Message> messages = queue().list(filter).stream().map(Message::of).toList();
		return new Page(messages, (messages.size() == most) ? messages.get(most - 1).id() : null);
	}

	/**
	 * Finds a message.
	 * @param what {@code messages}
	 * @param name its name in the queue
	 * @return the message, {@code null} if it is not there
	 */
	@ReadOperation
	public @Nullable Message message(@Selector String what, @Selector String name) throws IOException {
		return what.equals(MESSAGES) ? queue().find(id(name)).map(Message::of).orElse(null) : null;
	}

	/**
	 * Changes what becomes of a message or a destination.
	 * @param what {@code messages} or {@code destinations}
	 * @param name the name of the message or destination; for {@code [host]:port} also
	 * {@code host:port}
	 * @param action what to do: {@code retry}, {@code hold} or {@code release} a message,
	 * {@code suspend} or {@code resume} a destination
	 * @return whether it was there
	 */
	@WriteOperation
	public boolean change(@Selector String what, @Selector String name, Action action) throws IOException {
		return switch (what) {
			case MESSAGES -> changeMessage(id(name), action);
			case DESTINATIONS -> changeDestination(destination(name), action);
			default -> false;
		};
	}

	private boolean changeMessage(QueueId id, Action action) throws IOException {
		return switch (action) {
			case RETRY -> retry(id);
			case HOLD -> queue().hold(id);
			case RELEASE -> queue().release(id);
			case SUSPEND, RESUME -> throw invalid("What can be done with a message is retry, hold and release");
		};
	}

	/** A message that is held stays held, and nothing would come of it. */
	private boolean retry(QueueId id) throws IOException {
		boolean held = queue().find(id)
			.filter((message) -> message.waiting().stream().allMatch((one) -> one.state() == MessageState.HELD))
			.isPresent();
		if (held) {
			throw invalid("The message is held: release it before it is tried again");
		}
		return this.relay.get().retryNow(id);
	}

	/**
	 * A server is known as {@code [host]:port}; brackets are a nuisance in an address.
	 */
	private static String destination(String name) {
		Matcher server = SERVER.matcher(name);
		return server.matches() ? "[" + server.group(1) + "]:" + server.group(2) : name;
	}

	/** Also one for which nothing waits yet. */
	private boolean changeDestination(String destination, Action action) {
		if (destination.isBlank() || destination.length() > LONGEST_DESTINATION) {
			throw invalid("The name of a destination has 1 to " + LONGEST_DESTINATION + " characters");
		}
		switch (action) {
			case SUSPEND -> queue().suspend(destination);
			case RESUME -> queue().resume(destination);
			case RETRY, HOLD, RELEASE -> throw invalid("What can be done with a destination is suspend and resume");
		}
		return true;
	}

	/**
	 * Removes a message; nobody is told.
	 * @param what {@code messages}
	 * @param name its name in the queue
	 * @return whether it was there
	 */
	@DeleteOperation
	public boolean delete(@Selector String what, @Selector String name) {
		return what.equals(MESSAGES) && queue().delete(id(name));
	}

	private MessageQueue queue() {
		return this.relay.get().queue();
	}

	private static QueueId id(String text) {
		try {
			return QueueId.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(String.valueOf(ex.getMessage()));
		}
	}

	static InvalidEndpointRequestException invalid(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	/** What can be done. */
	public enum Action {

		/** Try a message again now. */
		RETRY,

		/** Keep a message from being sent. */
		HOLD,

		/** Send it again. */
		RELEASE,

		/** Send nothing to a destination. */
		SUSPEND,

		/** Send to it again. */
		RESUME

	}

	/**
	 * How much waits.
	 *
	 * @param messages how many messages
	 * @param octets the octets of their contents
	 * @param states how many messages wait for destinations, by state
	 * @param destinationCount how many destinations something waits for
	 * @param destinations the same for those with most messages, at most
	 * {@value MailQueueEndpoint#MAX_DESTINATIONS}
	 * @param suspended the destinations that are suspended
	 * @param paused the destinations where nobody has taken anything lately, and when one
	 * message asks again, at most {@value MailQueueEndpoint#MAX_DESTINATIONS}
	 */
	public record Summary(long messages, long octets, Map<MessageState, Long> states, int destinationCount,
			Map<String, Map<MessageState, Integer>> destinations, Set<String> suspended, Map<String, Instant> paused) {
	}

	/**
	 * Some messages.
	 *
	 * @param messages the messages
	 * @param next what to ask for {@code after} to get more; {@code null} if there are no
	 * more
	 */
	public record Page(List<Message> messages, @Nullable String next) {
	}

	/**
	 * A message.
	 *
	 * @param id its name
	 * @param from the sender, empty for a notification
	 * @param size the octets of its content
	 * @param enqueued when it came
	 * @param waiting who waits for it still
	 */
	public record Message(String id, String from, long size, Instant enqueued, List<Waiting> waiting) {

		static Message of(QueuedMessage message) {
			return new Message(message.id().toString(), message.from().mailbox().map(Object::toString).orElse(""),
					message.size(), message.enqueued(), message.waiting().stream().map(Waiting::of).toList());
		}

	}

	/**
	 * Recipients that wait for one destination.
	 *
	 * @param destination the destination
	 * @param recipients the recipients
	 * @param state what they wait for
	 * @param attempts how often delivery has been tried
	 * @param nextAttempt when it is tried again at the earliest
	 * @param lastReply the reply to the last attempt, {@code null} before that
	 * @param history the last of these attempts, at most {@value Attempt#KEPT}, the
	 * oldest first
	 */
	public record Waiting(String destination, List<String> recipients, MessageState state, int attempts,
			Instant nextAttempt, @Nullable String lastReply, List<Attempt> history) {

		static Waiting of(QueuedMessage.Waiting waiting) {
			return new Waiting(waiting.destination(), waiting.recipients().stream().map(Object::toString).toList(),
					waiting.state(), waiting.attempts(), waiting.nextAttempt(), waiting.lastReply(), waiting.history());
		}

	}

}
