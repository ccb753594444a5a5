/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.mailio.handler.RouteRequest;
import io.mailio.message.Headers;
import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/** The arguments that a method for {@code route} can take. */
enum RouteArgument {

	REQUEST(RouteRequest.class, (req) -> req),

	SENDER(ReversePath.class, RouteRequest::from),

	RECIPIENT(Mailbox.class, RouteRequest::to),

	PARAMETERS(Parameters.class, RouteRequest::parameters),

	MESSAGE(ReceivedMessage.class, RouteRequest::message),

	HEADERS(Headers.class, (req) -> req.message().headers());

	private final Class<?> type;

	private final Function<RouteRequest, Object> source;

	RouteArgument(Class<?> type, Function<RouteRequest, Object> source) {
		this.type = type;
		this.source = source;
	}

	static @Nullable RouteArgument ofType(Class<?> type) {
		return Arrays.stream(values()).filter((argument) -> argument.type == type).findFirst().orElse(null);
	}

	/** The names of all types, for messages. */
	static String types() {
		return Arrays.stream(values())
			.map((argument) -> argument.type.getSimpleName())
			.collect(Collectors.joining(", "));
	}

	Object valueOf(RouteRequest req) {
		return this.source.apply(req);
	}

}
