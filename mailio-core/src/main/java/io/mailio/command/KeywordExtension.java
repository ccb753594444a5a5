/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

/**
 * An extension that is nothing but its keyword, because the whole engine obeys it:
 * PIPELINING (RFC 2920), ENHANCEDSTATUSCODES (RFC 2034), CHUNKING and BINARYMIME (RFC
 * 3030).
 *
 * @param keyword the EHLO keyword
 */
record KeywordExtension(String keyword) implements Extension {
}
