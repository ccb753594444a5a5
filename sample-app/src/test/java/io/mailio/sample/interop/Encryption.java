/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

/** How a client protects its connection. */
enum Encryption {

	NONE, STARTTLS

}
