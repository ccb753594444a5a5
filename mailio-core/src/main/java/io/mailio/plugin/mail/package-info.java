/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The built-in handlers of {@code mail}: who may send under which address.
 */
@NullMarked
package io.mailio.plugin.mail;

import org.jspecify.annotations.NullMarked;
