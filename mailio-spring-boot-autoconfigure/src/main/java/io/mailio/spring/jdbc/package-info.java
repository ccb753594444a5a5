/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The queue in a database, which several nodes share. A message is a few rows; whoever
 * delivers holds a lease of the rows of one destination, which others may claim when he
 * does not renew it. The database keeps the time. {@link io.mailio.spring.jdbc.JdbcQueue}
 * is the queue, the statements stand in one place; the tables are described in
 * {@code docs/queue.md}.
 */
@NullMarked
package io.mailio.spring.jdbc;

import org.jspecify.annotations.NullMarked;
