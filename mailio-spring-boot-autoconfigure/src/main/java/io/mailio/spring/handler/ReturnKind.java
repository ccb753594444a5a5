/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;

import io.mailio.handler.Decision;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;

/** What a handler method gives back, and so how it is called. */
enum ReturnKind {

	/** Returns the decision; may block. */
	DECISION,

	/** Has answered when it returns; may block. */
	ANSWERED,

	/** A decision to come. */
	MONO,

	/** Has answered when it completes. */
	MONO_ANSWERED,

	/** A decision to come. */
	STAGE;

	static @Nullable ReturnKind of(Method method, Class<?> targetClass) {
		ResolvableType type = ResolvableType.forMethodReturnType(method, targetClass);
		Class<?> raw = type.toClass();
		if (raw == void.class) {
			return ANSWERED;
		}
		if (raw == Decision.class) {
			return DECISION;
		}
		if (raw == Mono.class) {
			Class<?> value = type.getGeneric().toClass();
			return (value == Decision.class) ? MONO : (value == Void.class) ? MONO_ANSWERED : null;
		}
		if (CompletionStage.class.isAssignableFrom(raw)) {
			return (type.as(CompletionStage.class).getGeneric().toClass() == Decision.class) ? STAGE : null;
		}
		return null;
	}

	boolean isReactive() {
		return this == MONO || this == MONO_ANSWERED || this == STAGE;
	}

	boolean needsResponse() {
		return this == ANSWERED || this == MONO_ANSWERED;
	}

}
