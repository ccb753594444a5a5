/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Questions to the DNS and their answers. Nothing here blocks the thread that asks; every
 * question has an end in time, and answers are kept for as long as they are valid, in a
 * cache of limited size. A server that does not answer is no failure of ours: a client
 * has no name then, and mail waits, since {@link io.mailio.dns.DnsAnswer} tells "there is
 * none" from "nobody could tell".
 */
@NullMarked
package io.mailio.dns;

import org.jspecify.annotations.NullMarked;
