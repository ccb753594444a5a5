/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/**
 * How a connection is encrypted.
 *
 * @param protocol for example {@code TLSv1.3}
 * @param cipher the cipher suite by its standard name
 */
public record TlsInfo(String protocol, String cipher) {
}
