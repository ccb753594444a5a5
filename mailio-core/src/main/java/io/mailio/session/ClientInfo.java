/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.InetAddress;

/**
 * The client of a session.
 *
 * @param address where it connects from
 * @param hostname its name by reverse lookup, {@code [address]} if there is none
 * @param helo how it introduced itself, empty before EHLO or HELO
 */
public record ClientInfo(InetAddress address, String hostname, String helo) {
}
