/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Fields of this room that several threads change without a lock. */
final class Fields {

	private Fields() {
	}

	/** A field of the class that looks it up. */
	static VarHandle of(MethodHandles.Lookup owner, String name, Class<?> type) {
		try {
			return owner.findVarHandle(owner.lookupClass(), name, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

}
