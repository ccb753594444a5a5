/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.util.List;
import java.util.Optional;

/**
 * The header fields of a message in the order they stand there (RFC 5322 section 2.2).
 * Names are compared without case; values are unfolded and trimmed, not decoded.
 */
public interface Headers {

	/** The value of the first field with a name. */
	Optional<String> first(String name);

	/** The values of all fields with a name. */
	List<String> all(String name);

	/** How many fields have a name. */
	default int count(String name) {
		return all(name).size();
	}

	/** The names of all fields, as written, in order, with repetitions. */
	List<String> names();

}
