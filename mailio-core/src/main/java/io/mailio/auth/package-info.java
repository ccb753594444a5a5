/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How a client proves who it is (RFC 4954): SASL mechanisms as small state machines from
 * responses to a user with a password. Whether the password is right is decided by the
 * handlers of {@code auth}.
 */
@NullMarked
package io.mailio.auth;

import org.jspecify.annotations.NullMarked;
