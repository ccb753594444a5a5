/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.mailio.message.Content;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Recipient;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import io.mailio.smtp.Xtext;
import org.apache.james.mime4j.stream.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DeliveryStatusNotificationsTests {

	private static final Instant ARRIVAL = Instant.parse("2008-06-03T11:05:30Z");

	private static final Instant NOW = ARRIVAL.plus(Duration.ofHours(5));

	private static final String MESSAGE = "Received: from a\r\n\tby b\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n"
			+ "\r\nFirst line\r\n--not a boundary\r\n";

	private static final Reply NO_SUCH_USER = new Reply(550, new EnhancedStatusCode(1, 1), "No such user here",
			"Ask postmaster@example.com");

	private static final Reply EXPIRED = new Reply(451, new EnhancedStatusCode(4, 7), "Not delivered for 48 hours");

	private static final Reply BUSY = new Reply(421, "Too busy");

	private static final Reply TAKEN = new Reply(250, new EnhancedStatusCode(0, 0), "OK: queued as 1");

	private static final NextHop REMOTE = hop("mx.example.com", "192.0.2.1");

	private Supplier<String> ids = new Supplier<>() {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public String get() {
			return "id" + this.count.incrementAndGet();
		}

	};

	private long maxReturned = DeliveryStatusNotifications.DEFAULT_MAX_RETURNED;

	private static NextHop hop(String host, String address) {
		try {
			return new NextHop(host, new InetSocketAddress(InetAddress.getByName(address), 25));
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(ex);
		}
	}

	private Optional<DeliveryStatusNotification> notify(String sender, String parameters, Content content,
			RecipientReport... reports) throws IOException {
		ReversePath from = sender.isEmpty() ? ReversePath.NULL : ReversePath.of(Mailbox.of(sender));
		Envelope envelope = new Envelope(from, Parameters.of(parameters),
				Arrays.stream(reports).map(RecipientReport::recipient).toList());
		return new DeliveryStatusNotifications("mx.example.org", this.maxReturned, () -> NOW, this.ids)
			.of(new OriginalMessage(envelope, content, ARRIVAL), List.of(reports));
	}

	private Optional<DeliveryStatusNotification> notify(String sender, String parameters, String message,
			RecipientReport... reports) throws IOException {
		return notify(sender, parameters, octets(message), reports);
	}

	private Notified notified(String parameters, String message, RecipientReport... reports) throws IOException {
		return Notified.parse(notify("sender@example.org", parameters, message, reports).orElseThrow());
	}

	private static Octets octets(String message) {
		return new Octets(message.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static Recipient recipient(String mailbox, String parameters) {
		return new Recipient(Mailbox.of(mailbox), Parameters.of(parameters));
	}

	private static RecipientReport failed(String mailbox, String parameters) {
		return RecipientReport.of(recipient(mailbox, parameters), DeliveryAction.FAILED, NO_SUCH_USER)
			.by(REMOTE, NO_SUCH_USER)
			.attempted(NOW);
	}

	private static RecipientReport delayed(String mailbox, String parameters) {
		return RecipientReport.of(recipient(mailbox, parameters), DeliveryAction.DELAYED, BUSY)
			.by(REMOTE, BUSY)
			.attempted(NOW)
			.retriedUntil(ARRIVAL.plus(Duration.ofHours(48)));
	}

	private static RecipientReport report(DeliveryAction action, String parameters) {
		Recipient recipient = recipient("user@example.com", parameters);
		return switch (action) {
			case FAILED -> RecipientReport.of(recipient, action, NO_SUCH_USER);
			case DELAYED -> RecipientReport.of(recipient, action, BUSY);
			case DELIVERED, RELAYED, EXPANDED -> RecipientReport.of(recipient, action, TAKEN);
		};
	}

	/** What was written is kept in target, to be looked at and taken over. */
	private static void assertIsGolden(DeliveryStatusNotification notification, String name) throws IOException {
		byte[] octets;
		try (InputStream in = notification.content().openStream()) {
			octets = in.readAllBytes();
		}
		String written = new String(octets, StandardCharsets.UTF_8);
		Path directory = Files.createDirectories(Path.of("target", "notifications"));
		Files.writeString(directory.resolve(name), written.replace("\r\n", "\n"));
		try (InputStream in = DeliveryStatusNotificationsTests.class.getResourceAsStream("/notifications/" + name)) {
			assertThat(in).as(name).isNotNull();
			String golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
			assertThat(written).isEqualTo(golden.replace("\n", "\r\n"));
		}
	}

	@Test
	void aFailureTellsWhoWhyAndWithWhichWords() throws Exception {
		RecipientReport expired = RecipientReport
			.of(recipient("late@example.net", "NOTIFY=FAILURE,DELAY ORCPT=rfc822;old+2Bname@example.net"),
					DeliveryAction.FAILED, EXPIRED)
			.by(hop("[IPv6:2001:db8::1]", "2001:db8::1"), BUSY)
			.attempted(NOW);
		RecipientReport unreachable = RecipientReport.of(recipient("user@gone.example", ""), DeliveryAction.FAILED,
				new Reply(550, new EnhancedStatusCode(1, 2), "The domain gone.example does not exist"));
		DeliveryStatusNotification notification = notify("sender@example.org", "ENVID=QQ+2B314 BODY=8BITMIME", MESSAGE,
				failed("user@example.com", ""), expired, unreachable)
			.orElseThrow();
		assertIsGolden(notification, "failed.eml");
		assertThat(notification.envelope().from().isNull()).isTrue();
		assertThat(notification.envelope().parameters().isEmpty()).isTrue();
		assertThat(notification.envelope().recipients())
			.containsExactly(recipient("sender@example.org", "NOTIFY=NEVER"));
		Notified.parse(notification).check(false);
	}

	@Test
	void aDelayTellsUntilWhen() throws Exception {
		RecipientReport refused = RecipientReport
			.of(recipient("b@example.com", ""), DeliveryAction.DELAYED,
					new Reply(451, new EnhancedStatusCode(4, 1), "Connection refused"))
			.by(REMOTE, null);
		DeliveryStatusNotification notification = notify("sender@example.org", "RET=FULL", MESSAGE,
				delayed("user@example.com", ""), refused)
			.orElseThrow();
		assertIsGolden(notification, "delayed.eml");
	}

	@Test
	void aSuccessIsToldToWhoAsksForIt() throws Exception {
		DeliveryStatusNotification notification = notify("sender@example.org", "", MESSAGE,
				report(DeliveryAction.DELIVERED, "NOTIFY=SUCCESS"),
				report(DeliveryAction.RELAYED, "NOTIFY=SUCCESS,FAILURE").by(REMOTE, TAKEN),
				report(DeliveryAction.EXPANDED, "NOTIFY=SUCCESS"), report(DeliveryAction.DELIVERED, ""))
			.orElseThrow();
		assertIsGolden(notification, "delivered.eml");
	}

	@Test
	void theWholeMessageGoesBackIfThatWasAskedFor() throws Exception {
		DeliveryStatusNotification notification = notify("sender@example.org", "RET=FULL",
				octets("Subject: x\r\n\r\ncaf\u00c3\u00a9\r\n"), failed("user@example.com", ""))
			.orElseThrow();
		assertIsGolden(notification, "full.eml");
		assertThat(notification.envelope().parameters()).isEqualTo(Parameters.of("BODY=8BITMIME"));
	}

	@Test
	void internationalAddressesAreToldInTheirOwnForm() throws Exception {
		DeliveryStatusNotification notification = notify("s\u00e9nder@b\u00fccher.example", "SMTPUTF8",
				new Octets("Subject: caf\u00e9\r\n\r\nBody\r\n".getBytes(StandardCharsets.UTF_8)),
				failed("us\u00e9r+tag@example.com", "ORCPT=utf-8;us\\x{E9}r\\x{2028}@example.com"))
			.orElseThrow();
		assertIsGolden(notification, "international.eml");
		assertThat(notification.envelope().parameters()).isEqualTo(Parameters.of("SMTPUTF8"));
		Notified parsed = Notified.parse(notification);
		assertThat(parsed.type(1)).isEqualTo("message/global-delivery-status");
		assertThat(parsed.raw(1)).asString(StandardCharsets.US_ASCII).doesNotContain("Final");
		String report = new String(Base64.getMimeDecoder().decode(parsed.raw(1)), StandardCharsets.UTF_8);
		assertThat(report).contains("\r\nFinal-Recipient: utf-8; us\u00e9r\\x{2B}tag@example.com\r\n",
				"\r\nOriginal-Recipient: utf-8; us\u00e9r\\x{2028}@example.com\r\n");
		assertThat(parsed.type(2)).isEqualTo("message/global-headers");
		assertThat(Base64.getMimeDecoder().decode(parsed.raw(2))).asString(StandardCharsets.UTF_8)
			.isEqualTo("Subject: caf\u00e9\r\n");
	}

	@Test
	void whatTellsOfAProtectedMessageIsProtectedToo() throws Exception {
		DeliveryStatusNotification notification = notify("sender@example.org", "REQUIRETLS", MESSAGE,
				failed("user@example.com", ""))
			.orElseThrow();
		assertThat(notification.envelope().parameters()).isEqualTo(Parameters.of("REQUIRETLS"));
	}

	@Test
	void anInternationalOriginalRecipientOfAnOrdinaryMessageStaysInAscii() throws Exception {
		Notified parsed = notified("", MESSAGE, failed("user@example.com", "ORCPT=utf-8;us\\x{E9}r@example.com"));
		assertThat(parsed.check(false).type(1)).isEqualTo("message/delivery-status");
		assertThat(parsed.raw(1)).asString(StandardCharsets.US_ASCII)
			.contains("\r\nOriginal-Recipient: utf-8; us\\x{E9}r@example.com\r\n")
			.contains("\r\nFinal-Recipient: rfc822; user@example.com\r\n");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "FAILED||true", "FAILED|NOTIFY=NEVER|false", "FAILED|NOTIFY=FAILURE|true",
					"FAILED|NOTIFY=DELAY|false", "FAILED|NOTIFY=SUCCESS|false",
					"FAILED|NOTIFY=SUCCESS,FAILURE,DELAY|true", "DELAYED||true", "DELAYED|NOTIFY=NEVER|false",
					"DELAYED|NOTIFY=FAILURE|false", "DELAYED|NOTIFY=DELAY|true", "DELAYED|NOTIFY=SUCCESS|false",
					"DELIVERED||false", "DELIVERED|NOTIFY=NEVER|false", "DELIVERED|NOTIFY=SUCCESS|true",
					"DELIVERED|NOTIFY=FAILURE,DELAY|false", "RELAYED||false", "RELAYED|NOTIFY=SUCCESS|true",
					"RELAYED|NOTIFY=FAILURE|false", "EXPANDED||false", "EXPANDED|NOTIFY=SUCCESS|true" })
	void theSenderHearsWhatItWantsToHear(DeliveryAction action, String notify, boolean told) throws Exception {
		assertThat(
				notify("sender@example.org", "", MESSAGE, report(action, (notify != null) ? notify : "")).isPresent())
			.isEqualTo(told);
		assertThat(notify("", "", MESSAGE, report(action, (notify != null) ? notify : ""))).isEmpty();
	}

	@Test
	void recipientsThatTheSenderDoesNotWantToHearOfAreLeftOut() throws Exception {
		Notified parsed = notified("", MESSAGE, failed("a@example.com", "NOTIFY=NEVER"),
				failed("b@example.com", "NOTIFY=FAILURE"));
		assertThat(new String(parsed.octets(), StandardCharsets.US_ASCII)).contains("b@example.com")
			.doesNotContain("a@example.com");
	}

	@Test
	void withoutReportsThereIsNothingToTell() throws Exception {
		assertThat(notify("sender@example.org", "", MESSAGE)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "auto-generated|false", "auto-replied; owner-email=a@b|false",
			"AUTO-NOTIFIED|false", "no|true", "No|true", "no (really)|true", "no; x=y|true", "nope|false", "''|true" })
	void programsAreNotAnswered(String value, boolean told) throws Exception {
		assertThat(notify("sender@example.org", "", "Subject: x\r\nauto-submitted: " + value + "\r\n\r\nbody\r\n",
				failed("user@example.com", ""))
			.isPresent()).isEqualTo(told);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "''|text/rfc822-headers", "RET=HDRS|text/rfc822-headers", "RET=FULL|message/rfc822" })
	void retSaysHowMuchComesBack(String parameters, String type) throws Exception {
		Notified parsed = notified(parameters, MESSAGE, failed("user@example.com", ""));
		assertThat(parsed.check(false).type(2)).isEqualTo(type);
		assertThat(parsed.encoding(2)).isEqualTo("7bit");
		assertThat(parsed.raw(2)).asString(StandardCharsets.US_ASCII)
			.isEqualTo(type.startsWith("message") ? MESSAGE : MESSAGE.substring(0, MESSAGE.indexOf("\r\n\r\n") + 2));
	}

	@Test
	void onlyFailuresBringTheWholeMessageBack() throws Exception {
		assertThat(notified("RET=FULL", MESSAGE, delayed("user@example.com", "")).type(2))
			.isEqualTo("text/rfc822-headers");
		assertThat(notified("RET=FULL", MESSAGE, report(DeliveryAction.DELIVERED, "NOTIFY=SUCCESS")).type(2))
			.isEqualTo("text/rfc822-headers");
		assertThat(notified("RET=FULL", MESSAGE, delayed("a@example.com", ""), failed("user@example.com", "")).type(2))
			.isEqualTo("message/rfc822");
	}

	@Test
	void aMessageOverTheBoundComesBackAsItsHeader() throws Exception {
		this.maxReturned = MESSAGE.length();
		assertThat(notified("RET=FULL", MESSAGE, failed("user@example.com", "")).type(2)).isEqualTo("message/rfc822");
		this.maxReturned--;
		assertThat(notified("RET=FULL", MESSAGE, failed("user@example.com", "")).type(2))
			.isEqualTo("text/rfc822-headers");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bare\nLF\r\n", "bare\rCR\r\n", "nul\0\r\n", "ends with CR\r", "\r\r\n" })
	void whatCannotTravelAsItIsComesBackAsItsHeader(String body) throws Exception {
		Notified parsed = notified("RET=FULL", "Subject: x\r\n\r\n" + body, failed("user@example.com", ""));
		assertThat(parsed.check(false).type(2)).isEqualTo("text/rfc822-headers");
		Notified tooLong = notified("RET=FULL", "Subject: x\r\n\r\n" + "x".repeat(999) + "\r\n",
				failed("user@example.com", ""));
		assertThat(tooLong.check(false).type(2)).isEqualTo("text/rfc822-headers");
		Notified longest = notified("RET=FULL", "Subject: x\r\n\r\n" + "x".repeat(998) + "\r\n",
				failed("user@example.com", ""));
		assertThat(longest.check(false).type(2)).isEqualTo("message/rfc822");
	}

	@Test
	void aMessageWithInternationalHeaderFieldsComesBackInBase64() throws Exception {
		String message = "Subject: caf\u00c3\u00a9\r\n\r\nbody without end";
		Notified parsed = notified("RET=FULL SMTPUTF8", message, failed("user@example.com", ""));
		assertThat(parsed.check(false).type(2)).isEqualTo("message/global");
		assertThat(Base64.getMimeDecoder().decode(parsed.raw(2))).asString(StandardCharsets.ISO_8859_1)
			.isEqualTo(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "X: \u00ff\r\n", "X: bare\nX: lf\r\n", "X: bare\rcr\r\n", "X: nul\0\r\n" })
	void aBrokenHeaderComesBackInBase64AsItIs(String header) throws Exception {
		for (String parameters : new String[] { "RET=FULL", "" }) {
			Notified parsed = notified(parameters, header + "\r\nbody\r\n", failed("user@example.com", ""));
			assertThat(parsed.check(false).type(2)).isEqualTo("text/rfc822-headers");
			assertThat(parsed.encoding(2)).isEqualTo("base64");
			assertThat(parsed.body(2)).isEqualTo(header.getBytes(StandardCharsets.ISO_8859_1));
		}
	}

	@Test
	void aHeaderLineThatIsTooLongIsEncoded() throws Exception {
		String header = "X: " + "x".repeat(5000) + "\r\n";
		Notified parsed = notified("", header + "\r\nbody\r\n", failed("user@example.com", ""));
		assertThat(parsed.check(false).body(2)).asString(StandardCharsets.US_ASCII).isEqualTo(header);
	}

	@Test
	void aHeaderOverTheBoundIsCutBehindALine() throws Exception {
		String line = "X-Long: " + "x".repeat(90) + "\r\n";
		String message = line.repeat(2000) + "\r\nbody\r\n";
		Notified parsed = notified("RET=FULL", message, failed("user@example.com", ""));
		assertThat(parsed.check(false).type(2)).isEqualTo("text/rfc822-headers");
		String header = new String(parsed.raw(2), StandardCharsets.US_ASCII);
		assertThat(header.length()).isLessThanOrEqualTo(OriginalHeader.MAX_OCTETS).isGreaterThan(65_000);
		assertThat(header).endsWith("\r\n").matches("(X-Long: x{90}\r\n)+");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\r\n", "\r\nbody", "\nbody", "Subject: x", "Subject: x\r\n", "no header at all" })
	void aMessageMayLackAnything(String message) throws Exception {
		assertThat(notified("", message, failed("user@example.com", "")).check(false).type(2))
			.isEqualTo("text/rfc822-headers");
		notified("RET=FULL", message, failed("user@example.com", "")).check(false);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "<1@example.org>|true", "<a b@example.org>|false", "1@example.org|false",
			"<>|false", "<a><b>|false", "<a@b> x|false", "<caf\u00e9@example.org>|false" })
	void theNotificationIsAnAnswerToTheMessage(String id, boolean named) throws Exception {
		Notified parsed = notified("", "Message-ID: " + id + "\r\n\r\nx\r\n", failed("user@example.com", ""));
		Field answer = parsed.message().getHeader().getField("In-Reply-To");
		Field references = parsed.message().getHeader().getField("References");
		assertThat(answer != null && answer.getBody().trim().equals(id)).isEqualTo(named);
		assertThat(references != null && references.getBody().trim().equals(id)).isEqualTo(named);
	}

	@Test
	void aMessageIdThatIsTooLongIsNotRepeated() throws Exception {
		Notified parsed = notified("", "Message-ID: <" + "x".repeat(990) + ">\r\n\r\nx\r\n",
				failed("user@example.com", ""));
		assertThat(parsed.message().getHeader().getField("In-Reply-To")).isNull();
	}

	@Test
	void theBoundaryStandsNowhereElse() throws Exception {
		List<String> answers = new ArrayList<>(List.of("clash", "m1", "other", "m2", "words", "m3", "free", "m4"));
		this.ids = () -> answers.remove(0);
		DeliveryStatusNotification notification = notify("sender@example.org", "RET=FULL",
				"Subject: x\r\n\r\n--=_clash\r\n--=_other--\r\n", RecipientReport.of(recipient("user@example.com", ""),
						DeliveryAction.FAILED, new Reply(550, "--=_words or --=_words--")))
			.orElseThrow();
		Notified parsed = Notified.parse(notification).check(false);
		assertThat(new String(parsed.octets(), StandardCharsets.US_ASCII)).contains("boundary=\"=_free\"");
		assertThat(new String(parsed.raw(2), StandardCharsets.US_ASCII)).contains("--=_clash\r\n");
	}

	@Test
	void aBoundaryThatCannotBeFoundIsAFailureAndNoLoop() {
		this.ids = () -> "same";
		assertThatThrownBy(() -> notify("sender@example.org", "RET=FULL", "Subject: x\r\n\r\n--=_same\r\n",
				failed("user@example.com", "")))
			.isInstanceOf(IOException.class);
	}

	@Test
	void aBigMessageIsReadWhenTheNotificationIs() throws Exception {
		this.maxReturned = Long.MAX_VALUE;
		Big big = new Big(20L * 1024 * 1024, "Subject: x\r\n\r\n");
		DeliveryStatusNotification notification = notify("sender@example.org", "RET=FULL", big,
				failed("user@example.com", ""))
			.orElseThrow();
		assertThat(((ReportContent) notification.content()).beginning().length).isLessThan(4096);
		assertThat(notification.content().size()).isEqualTo(count(notification)).isGreaterThan(big.size());
		Big global = new Big(5L * 1024 * 1024, "Subject: caf\u00c3\u00a9\r\n\r\n");
		DeliveryStatusNotification encoded = notify("sender@example.org", "RET=FULL", global,
				failed("user@example.com", ""))
			.orElseThrow();
		assertThat(encoded.content().size()).isEqualTo(count(encoded)).isGreaterThan(global.size() / 3 * 4);
		notification.content().release();
	}

	private static long count(DeliveryStatusNotification notification) throws IOException {
		long count = 0;
		byte[] block = new byte[8192];
		try (InputStream in = notification.content().openStream()) {
			for (int length = in.read(block); length >= 0; length = in.read(block)) {
				count += length;
			}
		}
		return count;
	}

	/** Many lines that nobody holds. */
	private record Big(long size, String header) implements Content {

		@Override
		public InputStream openStream() {
			return new InputStream() {

				private long at;

				@Override
				public int read() {
					if (this.at == Big.this.size) {
						return -1;
					}
					long here = this.at++;
					if (here < Big.this.header.length()) {
						return Big.this.header.charAt((int) here);
					}
					long left = Big.this.size - here;
					int column = (int) (left % 80);
					return (column == 2) ? '\r' : (column == 1) ? '\n' : 'x';
				}

				@Override
				public int read(byte[] octets, int offset, int length) {
					int count = 0;
					for (int octet = 0; count < length; count++) {
						octet = read();
						if (octet < 0) {
							return (count == 0) ? -1 : count;
						}
						octets[offset + count] = (byte) octet;
					}
					return count;
				}

			};
		}

		@Override
		public void release() {
			throw new AssertionError("The original belongs to somebody else");
		}

	}

	@Test
	void manyRecipientsAreAllInTheReportThoughNotAllInTheText() throws Exception {
		RecipientReport[] reports = new RecipientReport[250];
		for (int i = 0; i < reports.length; i++) {
			reports[i] = failed("user" + i + "@example.com", "");
		}
		Notified parsed = notified("", MESSAGE, reports).check(false);
		assertThat(new String(parsed.raw(1), StandardCharsets.US_ASCII)).contains("rfc822; user0@", "rfc822; user249@");
		assertThat(parsed.text(0)).contains("<user99@example.com>", "and 150 more")
			.doesNotContain("<user100@example.com>");
	}

	@Test
	void anOriginalThatCannotBeReadIsAFailure() {
		Content gone = new Content() {

			@Override
			public long size() {
				return 10;
			}

			@Override
			public InputStream openStream() throws IOException {
				throw new IOException("gone");
			}

			@Override
			public void release() {
			}

		};
		assertThatThrownBy(() -> notify("sender@example.org", "", gone, failed("user@example.com", "")))
			.isInstanceOf(IOException.class);
	}

	@Test
	void aHostWithoutANameSendsNothing() {
		assertThatIllegalArgumentException().isThrownBy(() -> new DeliveryStatusNotifications("my host", 1))
			.withMessageContaining("'my host'");
		assertThatIllegalArgumentException().isThrownBy(() -> new DeliveryStatusNotifications("a\r\nBcc: b", 1));
	}

	@Test
	void reasonsFitTheirActions() {
		Recipient recipient = recipient("user@example.com", "");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RecipientReport.of(recipient, DeliveryAction.FAILED, TAKEN));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RecipientReport.of(recipient, DeliveryAction.DELIVERED, BUSY));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RecipientReport.of(recipient, DeliveryAction.FAILED, new Reply(354, "Go on")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\r\nBcc: victim@example.com\r\n", "--=_id1", "\t\ttabs\t", "caf\u00e9 \u202egnp.exe",
			"\u2028Action: delivered", "<script>", "=?utf-8?B?AAAA?=" })
	void whatOthersSayStaysWhereItIsPut(String hostile) throws Exception {
		String visible = hostile.replaceAll("[\r\n]", "");
		Reply reply = new Reply(550, "x " + visible, visible + " y");
		RecipientReport report = RecipientReport.of(recipient("user@example.com", ""), DeliveryAction.FAILED, reply)
			.by(hop("mx.example.com " + hostile, "192.0.2.1"), reply);
		Notified parsed = notified("", "Subject: " + visible + "\r\n\r\n", report).check(false);
		assertThat(names(parsed)).containsExactly("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
				"MIME-Version", "Content-Type");
		assertThat(reportFields(parsed)).containsExactly("Reporting-MTA", "Arrival-Date", "Final-Recipient", "Action",
				"Status", "Remote-MTA", "Diagnostic-Code");
	}

	private static List<String> names(Notified parsed) {
		return parsed.message().getHeader().getFields().stream().map(Field::getName).toList();
	}

	/** Names of fields in the report, which is not encoded here. */
	private static List<String> reportFields(Notified parsed) {
		return new String(parsed.raw(1), StandardCharsets.UTF_8).lines()
			.filter((line) -> !line.isEmpty() && !line.startsWith(" "))
			.map((line) -> line.substring(0, line.indexOf(':')))
			.toList();
	}

	/** Anything from anybody: the form of the notification stays what it is. */
	@Test
	void nothingForeignBreaksOut() throws Exception {
		long seed = System.nanoTime();
		System.out.println("nothingForeignBreaksOut: seed " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < 200; round++) {
			String envelopeId = Xtext.encode("e" + ascii(random, random.nextInt(60)));
			String ret = random.nextBoolean() ? " RET=FULL" : "";
			byte[] message = octets(random);
			RecipientReport[] reports = new RecipientReport[1 + random.nextInt(4)];
			for (int i = 0; i < reports.length; i++) {
				String original = "ORCPT=rfc822;" + Xtext.encode("o" + ascii(random, random.nextInt(200)));
				Reply reply = new Reply(550, "x" + text(random, 700), text(random, 40), text(random, 3000));
				reports[i] = RecipientReport
					.of(recipient("u" + i + "@example.com", original), DeliveryAction.FAILED, reply)
					.by(hop("m" + text(random, 500), "192.0.2.1"), random.nextBoolean() ? reply : null)
					.attempted(NOW);
			}
			DeliveryStatusNotification notification = notify("sender@example.org", "ENVID=" + envelopeId + ret,
					new Octets(message), reports)
				.orElseThrow();
			boolean eightBit = notification.envelope().parameters().has("BODY");
			Notified parsed = Notified.parse(notification);
			assertThat(parsed).as("seed %d round %d", seed, round).satisfies((one) -> one.check(eightBit));
			assertThat(names(parsed)).as("seed %d round %d", seed, round)
				.filteredOn((name) -> !name.equals("Content-Transfer-Encoding"))
				.containsExactly("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
						"Content-Type");
			List<String> expected = new ArrayList<>(List.of("Reporting-MTA", "Original-Envelope-Id", "Arrival-Date"));
			for (int i = 0; i < reports.length; i++) {
				expected.addAll(List.of("Original-Recipient", "Final-Recipient", "Action", "Status", "Remote-MTA",
						"Diagnostic-Code", "Last-Attempt-Date"));
			}
			assertThat(reportFields(parsed)).as("seed %d round %d", seed, round).isEqualTo(expected);
			byte[] returned = parsed.encoding(2).equals("base64") ? Base64.getMimeDecoder().decode(parsed.raw(2))
					: parsed.raw(2);
			assertThat(message).as("seed %d round %d", seed, round).startsWith(returned);
			if (parsed.type(2).equals("message/rfc822") || parsed.type(2).equals("message/global")) {
				assertThat(returned).isEqualTo(message);
			}
		}
	}

	private static String ascii(Random random, int length) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < length; i++) {
			text.append((char) (' ' + random.nextInt(0x5f)));
		}
		return text.toString();
	}

	private static String text(Random random, int most) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(most); i > 0; i--) {
			int kind = random.nextInt(12);
			text.append(kind == 0 ? '\t' : kind == 1 ? ' ' : kind == 2 ? (char) (0xa0 + random.nextInt(0x5000))
					: kind == 3 ? '-' : (char) (' ' + random.nextInt(0x5f)));
		}
		return text.toString();
	}

	private static byte[] octets(Random random) {
		String[] pieces = { "Subject: x\r\n", "\r\n", "text\r\n", "--=_id1\r\n", "\n", "\r", "\0", "caf\u00c3\u00a9",
				"\u00ff", "x".repeat(990), ".", " folded\r\n", "X: y\r\n" };
		StringBuilder message = new StringBuilder("X: 1\r\n");
		int kinds = 1 + random.nextInt(pieces.length);
		for (int i = random.nextInt(30); i > 0; i--) {
			message.append(pieces[random.nextInt(kinds)]);
		}
		return message.toString().getBytes(StandardCharsets.ISO_8859_1);
	}

	@Test
	void base64IsTheSameHoweverItIsRead() throws Exception {
		long seed = System.nanoTime();
		System.out.println("base64IsTheSameHoweverItIsRead: seed " + seed);
		Random random = new Random(seed);
		List<Integer> sizes = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			sizes.add(i);
		}
		sizes.addAll(List.of(57 * 400 - 1, 57 * 400, 57 * 400 + 1, 57 * 800 + 56, 100_000));
		for (int size : sizes) {
			byte[] octets = new byte[size];
			random.nextBytes(octets);
			Content encoded = new Base64Content(new Octets(octets));
			byte[] all = encoded.openStream().readAllBytes();
			assertThat(all).hasSize((int) encoded.size());
			String expected = Base64.getMimeEncoder().encodeToString(octets) + ((size > 0) ? "\r\n" : "");
			assertThat(new String(all, StandardCharsets.US_ASCII)).as("seed %d size %d", seed, size)
				.isEqualTo(expected);
			InputStream in = encoded.openStream();
			byte[] singly = new byte[all.length];
			for (int i = 0; i < singly.length; i++) {
				singly[i] = (byte) in.read();
			}
			assertThat(in.read()).isEqualTo(-1);
			assertThat(in.read(new byte[0])).isZero();
			assertThat(singly).isEqualTo(all);
		}
	}

	@Test
	void longWordsAreDividedBetweenCharacters() {
		StringBuilder out = new StringBuilder();
		FoldedText.append(out, "X: ", " ", "a".repeat(199) + "\ud83d\ude00".repeat(300) + "  b   c");
		assertThat(out.toString().lines()).allMatch((line) -> line.getBytes(StandardCharsets.UTF_8).length <= 998)
			.allMatch((line) -> new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(line));
		assertThat(out.toString()).endsWith(" b c\r\n");
	}

}
