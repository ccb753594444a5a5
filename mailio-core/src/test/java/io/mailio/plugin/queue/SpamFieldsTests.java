/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.util.List;
import java.util.stream.IntStream;

import io.mailio.plugin.queue.SpamReport.Rule;
import io.mailio.plugin.queue.SpamReport.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpamFieldsTests {

	private static SpamReport report(double score, List<Rule> rules) {
		return new SpamReport(Status.SCANNED, score, 7, 5, rules);
	}

	@Test
	void spamIsMarkedByOurScoreAndNotByThatOfSpamd() {
		assertThat(SpamFields.of(report(5.04, List.of(new Rule("A_B", 5), new Rule("C", 0.04)))))
			.isEqualTo("X-Spam-Flag: YES\r\nX-Spam-Score: 5\r\nX-Spam-Level: *****\r\n"
					+ "X-Spam-Status: Yes, score=5 required=5\r\n\ttests=A_B,C\r\n");
	}

	@Test
	void otherMailIsMarkedToo() {
		assertThat(SpamFields.of(report(-2.35, List.of())))
			.isEqualTo("X-Spam-Flag: NO\r\nX-Spam-Score: -2.4\r\nX-Spam-Status: No, score=-2.4 required=5\r\n"
					+ "\ttests=none\r\n");
	}

	@Test
	void linesAreFolded() {
		List<Rule> rules = IntStream.range(0, SpamReport.MAX_RULES)
			.mapToObj((i) -> new Rule("RULE_" + "X".repeat(i % 59), 1))
			.toList();
		String fields = SpamFields.of(report(1e9, rules));
		assertThat(fields.split("\r\n")).allSatisfy((line) -> assertThat(line).hasSizeLessThanOrEqualTo(78));
		assertThat(fields).contains("X-Spam-Level: " + "*".repeat(50) + "\r\n");
		assertThat(fields.replace("\r\n\t", ""))
			.contains("tests=" + String.join(",", rules.stream().map(Rule::name).toList()) + "\r\n");
	}

}
