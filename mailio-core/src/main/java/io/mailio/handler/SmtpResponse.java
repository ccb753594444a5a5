/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Reply;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;

/**
 * Answers a command. Each handler gets a response of its own and answers it exactly once:
 * {@code accept}, {@code reject} and {@code end} record the decision and return it. A
 * second answer, and an answer after the deadline, throws {@link IllegalStateException}
 * naming the handler.
 */
public interface SmtpResponse {

	/**
	 * Accepts; the reply is the one given by an earlier handler, or the command's own.
	 */
	Decision accept();

	/**
	 * Accepts with a 2xx reply (at {@code data}: 354, at verbs of your own also 3xx),
	 * unless a later handler gives another.
	 */
	Decision accept(int code, String text);

	/** Accepts with a reply, unless a later handler gives another. */
	Decision accept(Reply reply);

	/** Rejects with a 4xx or 5xx reply; no further handler is asked. */
	Decision reject(int code, String text);

	/** Rejects with a 4xx or 5xx reply; no further handler is asked. */
	Decision reject(Reply reply);

	/** Closes the connection without a reply. */
	Decision end();

	/** Closes the connection after a reply. */
	Decision end(int code, String text);

	/** Closes the connection after a reply. */
	Decision end(Reply reply);

	/**
	 * Refuses one recipient of the message, at {@code queue} only; the handler still
	 * answers for the others. Later handlers do not see the recipient any more; when none
	 * is left, the message is rejected. An LMTP client learns of it in the recipient's
	 * own reply (RFC 2033 section 4.2), other senders by a notification; on a server
	 * without a relay, which cannot send one, the message is rejected for all with the
	 * first of these replies. From any thread.
	 * @param recipient a recipient of {@code session().envelope()}
	 * @param reply a 4xx or 5xx reply
	 * @throws IllegalArgumentException if it is not a recipient, or the reply is positive
	 * @throws IllegalStateException at another event, or when the handler has ended
	 */
	void rejectRecipient(Mailbox recipient, Reply reply);

	/**
	 * Refuses one recipient of the message, see {@link #rejectRecipient(Mailbox, Reply)}.
	 */
	default void rejectRecipient(Mailbox recipient, int code, String text) {
		rejectRecipient(recipient, new Reply(code, text));
	}

	/** The answer recorded so far. */
	Optional<Decision> answer();

	/**
	 * Sends one line to the client at once, as it is; what is not US-ASCII is sent as
	 * {@code ?}. The command still has to be answered. From any thread.
	 * @param line a line without its end, for example {@code 250-XFOO}
	 * @throws IllegalArgumentException if it holds a control character other than TAB
	 * @throws IllegalStateException if the handler has ended
	 */
	void write(String line);

	/**
	 * Waits for the next line from the client.
	 * @return the line without its end
	 * @throws IllegalStateException if called on an event loop; use {@link #receive()}
	 * there
	 * @throws SmtpReplyException if the line is too long or does not end with CRLF
	 * @throws java.util.concurrent.CancellationException if the client is gone or the
	 * deadline has passed; the thread is then often interrupted, too
	 */
	String read();

	/**
	 * The next line from the client, without its end. Asks for it when subscribed to;
	 * cancelling gives the line up. Fails with {@link SmtpReplyException} where
	 * {@link #read()} does, and with {@link java.util.concurrent.CancellationException}
	 * if the client is gone.
	 */
	Mono<String> receive();

	/**
	 * Whether the client sends something within a time although it is its turn to wait;
	 * nothing is read. Asks when subscribed to; cancelling gives the question up. Fails
	 * with {@link java.util.concurrent.CancellationException} if the client is gone.
	 * @param time how long to listen
	 * @return {@code true} as soon as there is something that nobody has read, at once if
	 * there is already; {@code false} when the time has passed
	 */
	Mono<Boolean> inputWithin(Duration time);

	/**
	 * Keeps a value under this handler's name for later handlers. Values of {@code mail},
	 * {@code rcpt}, {@code data} and {@code queue} end with the transaction, those of
	 * {@code connect} and {@code starttls} with the connection, others with the
	 * connection or when STARTTLS encrypts it (RFC 3207 section 4.2).
	 * @param value any value
	 */
	void set(Object value);

	/**
	 * A value that another handler has set.
	 * @param handler {@code command/name}, for example {@code queue/spamd}
	 * @param type the type of the value
	 * @param <T> the type of the value
	 * @return the value, empty if none was set
	 * @throws ClassCastException if the value has another type
	 */
	<T> Optional<T> get(String handler, Class<T> type);

	/**
	 * All values set by the handlers of one command.
	 * @param command the command, for example {@code queue}
	 * @return handler name to value, unmodifiable
	 */
	Map<String, Object> get(String command);

	/**
	 * Takes part in keeping the message; at {@code queue} only. The delivery is committed
	 * when every handler has accepted, and rolled back if one has not or another delivery
	 * fails: a message is kept everywhere or nowhere.
	 * @param delivery what is prepared
	 * @throws IllegalStateException at another event, or when the handler has ended; the
	 * delivery has then been rolled back
	 */
	void stage(Delivery delivery);

	/** A logger that carries the handler's name. */
	Logger log();

}
