/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.handler.HandlerConfigurationException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells what is wrong with a handler: a name that does not exist or exists twice, a
 * circle of {@code before} and {@code after}, a method that cannot be called.
 */
final class HandlerConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<HandlerConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, HandlerConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.advice(), cause);
	}

}
