/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds the name of a client. Never blocks, never fails, and takes a short time only. */
@FunctionalInterface
public interface ReverseLookup {

	/** The name, empty if there is none; may be complete already. */
	CompletionStage<Optional<String>> hostname(InetAddress address);

}
