/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The two servers that are measured against each other. One is as little as SMTP can be,
 * to learn what network, event loop and JVM cost by themselves; the other is the complete
 * engine with a sink that forgets. {@code run.sh} starts both and puts the same load on
 * them in turn.
 */
@NullMarked
package io.mailio.benchmarks;

import org.jspecify.annotations.NullMarked;
