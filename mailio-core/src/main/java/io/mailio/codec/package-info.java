/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Octets to words: command lines and message content, strictly by CRLF (RFC 5321 section
 * 2.3.8), whatever way the network cuts them. For the sending side replies to words and
 * content to octets.
 */
@NullMarked
package io.mailio.codec;

import org.jspecify.annotations.NullMarked;
