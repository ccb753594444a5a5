/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;

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

	/**
	 * How a method gives an answer.
	 * @param answer the type of the answer
	 * @return {@code null} if it gives none
	 */
	static @Nullable ReturnKind of(Method method, Class<?> targetClass, Class<?> answer) {
		ResolvableType type = ResolvableType.forMethodReturnType(method, targetClass);
		Class<?> raw = type.toClass();
		if (raw == void.class) {
			return ANSWERED;
		}
		if (raw == answer) {
			return DECISION;
		}
		if (raw == Mono.class) {
			Class<?> value = type.getGeneric().toClass();
			return (value == answer) ? MONO : (value == Void.class) ? MONO_ANSWERED : null;
		}
		if (CompletionStage.class.isAssignableFrom(raw)) {
			return (type.as(CompletionStage.class).getGeneric().toClass() == answer) ? STAGE : null;
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
