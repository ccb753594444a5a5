/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MeterNameTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Meters meters = new MicrometerMeters(this.registry);

	@Test
	void theDocumentationListsExactlyTheseMeters() throws IOException {
		List<String> documented = Files.readAllLines(Path.of("../docs/metrics.md"))
			.stream()
			.filter((line) -> line.startsWith("| `mailio."))
			.toList();
		assertThat(documented).containsExactlyElementsOf(Arrays.stream(MeterName.values()).map(this::row).toList());
	}

	private String row(MeterName name) {
		String tags = name.tags().stream().map((tag) -> "`" + tag + "`").collect(Collectors.joining(", "));
		return "| `" + name.id() + "` | " + name.kind().name().toLowerCase(Locale.ROOT) + " | " + tags + " | "
				+ name.description() + " |";
	}

	@Test
	void eachReachesTheRegistryUnderItsNameAndTags() {
		for (MeterName name : MeterName.values()) {
			String[] values = name.tags().toArray(String[]::new);
			switch (name.kind()) {
				case COUNTER -> {
					this.meters.count(name, values);
					this.meters.count(name, values);
					assertThat(this.registry.get(name.id()).tagKeys(values).counter().count()).isEqualTo(2);
				}
				case TIMER -> {
					this.meters.time(name, 5_000_000, values);
					assertThat(this.registry.get(name.id()).tagKeys(values).timer().count()).isEqualTo(1);
				}
			}
		}
	}

	@Test
	void aForgottenTagIsAMistakeOfTheProgram() {
		for (MeterName name : MeterName.values()) {
			String[] more = new String[name.tags().size() + 1];
			Arrays.fill(more, "x");
			assertThatIllegalArgumentException().isThrownBy(() -> {
				switch (name.kind()) {
					case COUNTER -> this.meters.count(name, more);
					case TIMER -> this.meters.time(name, 1, more);
				}
			}).withMessageContaining(name.tags().toString());
		}
	}

}
