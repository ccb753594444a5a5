/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

import java.net.InetSocketAddress;

/**
 * The TCP connection below a session.
 *
 * @param local our end
 * @param remote the client's end
 */
public record ConnectionInfo(InetSocketAddress local, InetSocketAddress remote) {
}
