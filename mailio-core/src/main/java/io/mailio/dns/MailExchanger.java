/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.dns;

/**
 * A host that takes mail for a domain (RFC 1035 section 3.3.9).
 *
 * @param preference the lower, the sooner it is tried
 * @param host its name in lower case, without a dot at the end; empty for the root, which
 * says that the domain takes no mail (RFC 7505)
 */
public record MailExchanger(int preference, String host) {
}
