/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.actuate;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import io.mailio.queue.MessageState;
import io.mailio.spring.actuate.MailQueueEndpoint.Action;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Says over HTTP that what is asked for is not there: 404, after a change otherwise 204;
 * why something cannot be asked for: 400; and while the server is stopped, and the queue
 * with it, 503. Words and numbers are read here and not by Spring, whose answer to a
 * wrong one does not say what is wrong.
 */
@EndpointWebExtension(endpoint = MailQueueEndpoint.class)
public final class MailQueueWebExtension {

	private static final WebEndpointResponse<Object> STOPPED = new WebEndpointResponse<>(
			Map.of("error", "The mail queue is closed, because the SMTP server is stopped"),
			WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);

	private final MailQueueEndpoint endpoint;

	/**
	 * Shows and changes things by an endpoint.
	 * @param endpoint the endpoint
	 */
	public MailQueueWebExtension(MailQueueEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * How much waits.
	 * @see MailQueueEndpoint#summary
	 */
	@ReadOperation
	public WebEndpointResponse<Object> summary() throws IOException {
		return open(() -> shown(this.endpoint.summary()));
	}

	/**
	 * Lists messages.
	 * @see MailQueueEndpoint#list
	 */
	@ReadOperation
	public WebEndpointResponse<Object> list(@Selector String what, @Nullable String destination, @Nullable String state,
			@Nullable String after, @Nullable String limit) throws IOException {
		return open(() -> shown(this.endpoint.list(what, destination,
				(state != null) ? word("state", state, MessageState.values()) : null, after, number("limit", limit))));
	}

	/**
	 * Finds a message.
	 * @see MailQueueEndpoint#message
	 */
	@ReadOperation
	public WebEndpointResponse<Object> message(@Selector String what, @Selector String name) throws IOException {
		return open(() -> shown(this.endpoint.message(what, name)));
	}

	/**
	 * Changes what becomes of a message or a destination.
	 * @see MailQueueEndpoint#change
	 */
	@WriteOperation
	public WebEndpointResponse<Object> change(@Selector String what, @Selector String name, @Nullable String action)
			throws IOException {
		return open(() -> changed(
				this.endpoint.change(what, name, word("action", String.valueOf(action), Action.values()))));
	}

	/**
	 * Removes a message.
	 * @see MailQueueEndpoint#delete
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> delete(@Selector String what, @Selector String name) throws IOException {
		return open(() -> changed(this.endpoint.delete(what, name)));
	}

	private static WebEndpointResponse<Object> shown(@Nullable Object found) {
		return (found != null) ? new WebEndpointResponse<>(found)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static WebEndpointResponse<Object> changed(boolean found) {
		return new WebEndpointResponse<>(
				found ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static <E extends Enum<E>> E word(String parameter, String text, E[] words) {
		return Arrays.stream(words)
			.filter((word) -> word.name().equalsIgnoreCase(text.replace('-', '_')))
			.findFirst()
			.orElseThrow(() -> MailQueueEndpoint.invalid("What is given as " + parameter + " must be one of "
					+ Arrays.stream(words).map(Enum::name).collect(Collectors.joining(", "))));
	}

	private static @Nullable Integer number(String parameter, @Nullable String text) {
		try {
			return (text != null) ? Integer.valueOf(text) : null;
		}
		catch (NumberFormatException ex) {
			throw MailQueueEndpoint.invalid("What is given as " + parameter + " must be a number");
		}
	}

	/** The server may stop at any time, also in between. */
	private WebEndpointResponse<Object> open(Operation operation) throws IOException {
		if (!this.endpoint.isOpen()) {
			return STOPPED;
		}
		try {
			return operation.run();
		}
		catch (InvalidEndpointRequestException ex) {
			return new WebEndpointResponse<>(Map.of("error", ex.getReason()), WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		catch (IllegalStateException ex) {
			if (!this.endpoint.isOpen()) {
				return STOPPED;
			}
			throw ex;
		}
	}

	@FunctionalInterface
	private interface Operation {

		WebEndpointResponse<Object> run() throws IOException;

	}

}
