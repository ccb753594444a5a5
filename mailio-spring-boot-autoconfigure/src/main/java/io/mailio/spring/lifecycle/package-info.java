/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Starts and stops the server with the application: draining is one phase, the hard stop
 * a later one, as for Spring Boot's web servers. Says in the log where the server listens
 * and where mail goes, and publishes the port.
 */
@NullMarked
package io.mailio.spring.lifecycle;

import org.jspecify.annotations.NullMarked;
