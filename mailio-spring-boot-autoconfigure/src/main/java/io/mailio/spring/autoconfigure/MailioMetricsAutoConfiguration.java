/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.mailio.metrics.Meters;
import io.mailio.metrics.MicrometerMeters;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Counts and times with Micrometer, where the application has a registry. */
@AutoConfiguration(before = MailioAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
public final class MailioMetricsAutoConfiguration {

	/** Of several registries, the primary one; without that, none. */
	@Bean
	@ConditionalOnMissingBean
	Meters mailioMeters(ObjectProvider<MeterRegistry> registries) {
		MeterRegistry registry = registries.getIfUnique();
		return (registry != null) ? new MicrometerMeters(registry) : Meters.NONE;
	}

}
