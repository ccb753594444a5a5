/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.session;

/** Whether clients of a listener log in (RFC 4954). */
public enum AuthMode {

	/** They cannot. */
	NONE,

	/** They may. */
	OPTIONAL,

	/**
	 * They must: before that, MAIL and all that follows is answered 530. The listener is
	 * one for submission (RFC 6409).
	 */
	REQUIRED

}
