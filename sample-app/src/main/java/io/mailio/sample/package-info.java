/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A small application that receives mail: the server comes with the starter, one handler
 * decides about recipients, the maildir keeps the rest.
 */
@NullMarked
package io.mailio.sample;

import org.jspecify.annotations.NullMarked;
