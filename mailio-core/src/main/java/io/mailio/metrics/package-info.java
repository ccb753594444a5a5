/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What is counted and timed. {@link io.mailio.metrics.MeterName} is the one list of it,
 * {@link io.mailio.metrics.Meters} the port that every room may report to, and
 * {@link io.mailio.metrics.MicrometerMeters} hands the figures to Micrometer where the
 * application has it.
 */
@NullMarked
package io.mailio.metrics;

import org.jspecify.annotations.NullMarked;
