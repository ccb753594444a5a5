/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Servers that are measured against each other: one is as little as SMTP can be, to learn
 * what network, event loop, disk and JVM cost by themselves; the other is the complete
 * engine, with a sink that forgets or with its queue. {@code run.sh} starts both and puts
 * the same load on them in turn. Beside them, programs that fill, open and empty the
 * queue alone, for {@code queue.sh}.
 */
@NullMarked
package io.mailio.benchmarks;

import org.jspecify.annotations.NullMarked;
