/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Outward: where a message goes next, how it is handed over there, and what its sender is
 * told. {@link io.mailio.relay.Router} turns a recipient's domain into a list of
 * addresses, checked and in the order they are tried; {@link io.mailio.relay.SmtpClient}
 * hands a message to the server at one of them and tells what has become of it for each
 * recipient; {@link io.mailio.relay.DeliveryStatusNotifications} writes to senders what
 * has become of their mail.
 */
@NullMarked
package io.mailio.relay;

import org.jspecify.annotations.NullMarked;
