/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;

/** Registers the meters with Micrometer, each when it first counts. */
public final class MicrometerMeters implements Meters {

	private final MeterRegistry registry;

	/**
	 * Meters of a registry.
	 * @param registry the registry
	 */
	public MicrometerMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void count(MeterName name, String... tagValues) {
		require(name, MeterName.Kind.COUNTER);
		Counter.builder(name.id())
			.description(name.description())
			.tags(tags(name, tagValues))
			.register(this.registry)
			.increment();
	}

	@Override
	public void time(MeterName name, long nanos, String... tagValues) {
		require(name, MeterName.Kind.TIMER);
		Timer.builder(name.id())
			.description(name.description())
			.tags(tags(name, tagValues))
			.register(this.registry)
			.record(nanos, TimeUnit.NANOSECONDS);
	}

	private static void require(MeterName name, MeterName.Kind kind) {
		if (name.kind() != kind) {
			throw new IllegalArgumentException(name + " is a " + name.kind());
		}
	}

	private static List<Tag> tags(MeterName name, String... values) {
		if (values.length != name.tags().size()) {
			throw new IllegalArgumentException(name + " has the tags " + name.tags());
		}
		List<Tag> tags = new ArrayList<>(values.length);
		for (int i = 0; i < values.length; i++) {
			tags.add(Tag.of(name.tags().get(i), values[i]));
		}
		return tags;
	}

}
