/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

/** The contract in H2. */
class H2QueueTests extends JdbcQueueContract {

	H2QueueTests() {
		super(TestDatabase.h2());
	}

}
