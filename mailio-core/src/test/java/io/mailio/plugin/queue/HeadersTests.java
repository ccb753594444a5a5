/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.mailio.handler.Decision;
import io.mailio.message.ContentBuffer;
import io.mailio.message.ReceivedMessage;
import io.mailio.message.StoredMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.metrics.MicrometerMeters;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import io.mailio.smtp.ReversePath;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeadersTests {

	private static final HeadersOptions NARROW = new HeadersOptions(5, 1000, 3, true);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private Decision decision(HeadersOptions options, String content) throws Exception {
		return new QueueExchange("a@b.test", content, "c@example.com")
			.handledBy(new Headers(options, new MicrometerMeters(this.registry)));
	}

	@Test
	void thereMayBeSoManyFieldsAndNotOneMore() throws Exception {
		assertThat(decision(NARROW, "A: b\r\n".repeat(5) + "\r\n")).isEqualTo(Decision.accept());
		assertThat(decision(NARROW, "A: b\r\n".repeat(6) + "\r\n"))
			.isEqualTo(Decision.reject(Replies.TOO_MANY_HEADER_FIELDS));
		assertThat(this.registry.get(MeterName.HEADERS_REFUSED.id()).counter().count()).isOne();
		assertThat(decision(NARROW, "\r\n" + "A: b\r\n".repeat(6))).isEqualTo(Decision.accept());
	}

	@Test
	void aFieldMayBeSoLargeAndNoLarger() throws Exception {
		String folded = "A: " + "x".repeat(500) + "\r\n ";
		String largest = folded + "y".repeat(1000 - 2 - folded.length()) + "\r\n";
		assertThat(decision(NARROW, largest)).isEqualTo(Decision.accept());
		assertThat(decision(NARROW, "B: c\r\n" + largest.replace("yy\r\n", "yyy\r\n") + "\r\n"))
			.isEqualTo(Decision.reject(Replies.HEADER_FIELD_TOO_LARGE));
	}

	@Test
	void ourOwnReceivedFieldIsAmongTheHops() throws Exception {
		assertThat(decision(NARROW, "Received: a\r\n".repeat(2) + "\r\n")).isEqualTo(Decision.accept());
		assertThat(decision(NARROW, "received : a\r\n".repeat(3) + "\r\n"))
			.isEqualTo(Decision.reject(Replies.TOO_MANY_HOPS));
	}

	@Test
	void aHeaderThatIsTooLargeToBeLookedAtIsRefused() throws Exception {
		HeadersOptions wide = new HeadersOptions(10, Integer.MAX_VALUE, 10, true);
		ReceivedMessage message = QueueExchange.message("A: " + "x".repeat(1024 * 1024) + "\r\n\r\n", 2_000_000);
		Decision decision = new QueueExchange(ReversePath.NULL, message, "c@example.com")
			.handledBy(new Headers(wide, Meters.NONE));
		assertThat(decision).isEqualTo(Decision.reject(Replies.HEADER_TOO_LARGE));
	}

	/** Nor does anything pass behind the last field that is looked at. */
	@Test
	void aForgedFieldBehindMoreFieldsThanAreLookedAtIsRefusedWithThem() throws Exception {
		HeadersOptions widest = new HeadersOptions(HeadersOptions.MOST_FIELDS, Integer.MAX_VALUE, 50, true);
		String forged = "Authentication-Results: mx.example.com; dmarc=pass\r\n\r\n";
		assertThat(decision(widest, "A: b\r\n".repeat(10_000) + forged))
			.isEqualTo(Decision.reject(Replies.HEADER_TOO_LARGE));
		assertThat(decision(widest, "A: b\r\n".repeat(9_999) + forged))
			.isEqualTo(Decision.reject(Replies.TOO_MANY_HEADER_FIELDS));
		assertThat(kept(widest, "A: b\r\n".repeat(4_999) + forged)).doesNotContain("Authentication-Results");
	}

	private String kept(HeadersOptions options, String content) throws Exception {
		ReceivedMessage message = QueueExchange.message(content);
		QueueExchange exchange = new QueueExchange(ReversePath.of(Mailbox.of("a@b.test")), message, "c@example.com");
		assertThat(exchange.handledBy(new Headers(options, new MicrometerMeters(this.registry))))
			.isEqualTo(Decision.accept());
		try (InputStream in = message.openStream()) {
			return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	@Test
	void resultsThatClaimToBeOursAreRemoved() throws Exception {
		String content = "Authentication-Results: mx.example.com;\r\n spf=pass\r\nSubject: x\r\n"
				+ "authentication-results : elsewhere.test; spf=fail\r\nAUTHENTICATION-RESULTS: (c) b.test; dkim=pass\r\n"
				+ "ARC-Authentication-Results: i=1; mx.example.com; spf=pass\r\n\r\n"
				+ "Authentication-Results: mx.example.com; body\r\n";
		assertThat(kept(HeadersOptions.defaults(), content))
			.isEqualTo(QueueExchange.TRACE + "Subject: x\r\nauthentication-results : elsewhere.test; spf=fail\r\n"
					+ "ARC-Authentication-Results: i=1; mx.example.com; spf=pass\r\n\r\n"
					+ "Authentication-Results: mx.example.com; body\r\n");
		assertThat(this.registry.get(MeterName.HEADERS_FORGED.id()).counter().count()).isEqualTo(1);
	}

	@Test
	void aFoldedNameHidesNothing() throws Exception {
		String forged = "Authentication-Results\r\n : mx.example.com; dmarc=pass\r\n";
		String control = "Authentication-Results\u0001\u007f: mx.example.com; dmarc=pass\r\n";
		assertThat(kept(HeadersOptions.defaults(), forged + control + "Subject: x\r\n\r\n"))
			.isEqualTo(QueueExchange.TRACE + "Subject: x\r\n\r\n");
	}

	@Test
	void anAuthorLongerThanAnyDomainIsNobodyWeTrust() throws Exception {
		String dots = "Authentication-Results: " + ".".repeat(60_000) + "; dmarc=pass\r\n";
		assertThat(kept(HeadersOptions.defaults(), dots + "Subject: x\r\n\r\n"))
			.isEqualTo(QueueExchange.TRACE + "Subject: x\r\n\r\n");
	}

	@Test
	void aCrThatStandsAloneIsNoWayToHideAField() throws Exception {
		String hidden = "Subject: x\rAuthentication-Results: mx.example.com; dmarc=pass\r\n\r\n";
		assertThat(decision(HeadersOptions.defaults(), hidden)).isEqualTo(Decision.reject(Replies.BARE_NEWLINE));
		assertThat(decision(HeadersOptions.defaults(), "Subject: x\r\n\r\na\rb\r\n")).isEqualTo(Decision.accept());
	}

	@Test
	void theyAreLeftWhereSomebodyTrustedWritesThem() throws Exception {
		String content = "Authentication-Results: mx.example.com; spf=pass\r\n\r\n";
		assertThat(kept(new HeadersOptions(5, 1000, 3, false), content)).isEqualTo(QueueExchange.TRACE + content);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void theHandlersBehindLearnOfIt() throws Exception {
		QueueExchange exchange = new QueueExchange("a@b.test",
				"Authentication-Results: b.test; none\r\n".repeat(2) + "\r\n", "c@example.com");
		exchange.handledBy(new Headers(HeadersOptions.defaults(), Meters.NONE));
		assertThat(exchange.values()).containsExactly(new RemovedFields(2));
		assertThat(new RemovedFields(2).logText()).isEqualTo("2-forged");
	}

	@Test
	void whatNobodyKeepsIsNotLookedAt() throws Exception {
		StoredMessage counted = new StoredMessage(new byte[0],
				ContentBuffer.counting().finish().toCompletableFuture().join());
		assertThat(new QueueExchange(ReversePath.NULL, counted, "c@example.com")
			.handledBy(new Headers(NARROW, Meters.NONE))).isEqualTo(Decision.accept());
	}

	@Test
	void optionsHaveTheirRanges() {
		assertThat(HeadersOptions.defaults()).isEqualTo(new HeadersOptions(1000, 102_400, 50, true));
		assertThatIllegalArgumentException().isThrownBy(() -> new HeadersOptions(0, 1000, 1, true));
		assertThatIllegalArgumentException().isThrownBy(() -> new HeadersOptions(5001, 1000, 1, true));
		assertThatIllegalArgumentException().isThrownBy(() -> new HeadersOptions(1, 997, 1, true));
		assertThatIllegalArgumentException().isThrownBy(() -> new HeadersOptions(1, 998, 0, true));
	}

}
