/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import io.mailio.dns.DnsOptions;
import io.mailio.relay.LocalDelivery;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has from its server.
 *
 * @param hostname the name of the server
 * @param dns how names are resolved
 * @param maildirs the mailboxes of the server, {@code null} if it has none
 */
record RelayEnvironment(String hostname, DnsOptions dns, @Nullable LocalDelivery maildirs) {
}
