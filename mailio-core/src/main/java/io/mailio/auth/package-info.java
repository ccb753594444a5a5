/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How a client proves who it is (RFC 4954): SASL mechanisms as small state machines from
 * responses to credentials, over an {@link io.mailio.auth.Authenticator} that checks them
 * or a {@link io.mailio.auth.CredentialStore} that knows what is needed to check them.
 * Where there is neither, the handlers of {@code auth} decide about passwords.
 */
@NullMarked
package io.mailio.auth;

import org.jspecify.annotations.NullMarked;
