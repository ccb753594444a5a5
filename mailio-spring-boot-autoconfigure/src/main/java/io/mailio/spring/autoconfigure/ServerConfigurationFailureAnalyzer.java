/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells which properties are wrong, and what to do about them. */
final class ServerConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ServerConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ServerConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.advice(), cause);
	}

}
