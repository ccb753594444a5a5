/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler.scanned;

/** Names the package to scan. */
public interface ScanMarker {

}
