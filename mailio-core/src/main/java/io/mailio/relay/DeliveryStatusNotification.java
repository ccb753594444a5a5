/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import io.mailio.message.Content;
import io.mailio.smtp.Envelope;

/**
 * A message to the sender of a message.
 *
 * @param envelope from the null path to that sender, who is not told about this one in
 * turn
 * @param content its octets. They may hold those of the original: they can be read as
 * long as the original's can, and releasing them does not release it
 */
public record DeliveryStatusNotification(Envelope envelope, Content content) {
}
