/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.auth;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

import io.mailio.handler.User;
import org.jspecify.annotations.Nullable;

/**
 * The dialogue of one authentication, from the server's side. Used by one thread at a
 * time.
 */
public interface SaslExchange {

	/**
	 * Takes the client's next response, decoded. Does not block.
	 * @param response the octets; {@code null} at the beginning, if the client sent no
	 * initial response
	 * @return what to do next
	 */
	Step respond(byte @Nullable [] response);

	/** Whom the client says it is, empty as long as it has not said. */
	String username();

	/** What follows a response. */
	sealed interface Step {

		/** The client is not who it says, or speaks nonsense. */
		Step FAILED = new Failure();

		static Step challenge(String text) {
			return new Challenge(text.getBytes(StandardCharsets.UTF_8), false);
		}

		/** The client has failed already and is told details before the reply. */
		static Step lastWords(String text) {
			return new Challenge(text.getBytes(StandardCharsets.UTF_8), true);
		}

	}

	/**
	 * Octets for the client to respond to.
	 *
	 * @param octets the octets
	 * @param failed whether it is settled already that the client has failed
	 */
	record Challenge(byte[] octets, boolean failed) implements Step {
	}

	/**
	 * Somebody has to be asked for the next step.
	 *
	 * @param who for the log
	 * @param blocking whether that may block
	 * @param task gives the next step
	 */
	record Question(String who, boolean blocking, Callable<Step> task) implements Step {
	}

	/**
	 * The client is who it says; or, if only handlers can tell, says who it is.
	 *
	 * @param user the user
	 */
	record Success(User user) implements Step {
	}

	/** See {@link Step#FAILED}. */
	record Failure() implements Step {
	}

}
