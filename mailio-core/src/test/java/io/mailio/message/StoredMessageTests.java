/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.james.mime4j.dom.BinaryBody;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.TextBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class StoredMessageTests {

	private static final byte[] TRACE = "Received: from here\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final String MULTIPART = "Subject: two\r\nMIME-Version: 1.0\r\n"
			+ "Content-Type: multipart/mixed; boundary=x\r\n\r\npreamble\r\n--x\r\n"
			+ "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
			+ "caf=C3=A9\r\n--x\r\nContent-Type: application/octet-stream\r\n"
			+ "Content-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--x--\r\n";

	@TempDir
	Path directory;

	private StoredMessage message(String content, int threshold) {
		ContentBuffer buffer = new ContentBuffer(new ContentBuffer.Options(threshold, this.directory), Runnable::run,
				0);
		buffer.append(ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1)));
		return new StoredMessage(TRACE, buffer.finish().toCompletableFuture().join());
	}

	private long openFiles() throws IOException {
		try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
			return links.filter((link) -> {
				try {
					return Files.readSymbolicLink(link).startsWith(this.directory);
				}
				catch (IOException ex) {
					return false;
				}
			}).count();
		}
	}

	@Test
	void theTraceHeaderComesFirst() throws Exception {
		for (int threshold : new int[] { 0, 1000 }) {
			StoredMessage message = message("Subject: x\r\n\r\nbody\r\n", threshold);
			String expected = "Received: from here\r\nSubject: x\r\n\r\nbody\r\n";
			assertThat(message.size()).isEqualTo(expected.length());
			try (InputStream in = message.openStream()) {
				assertThat(in.available()).isEqualTo(expected.length());
				assertThat(in.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo(expected);
				assertThat(in.read()).isEqualTo(-1);
			}
			message.release();
		}
	}

	@Test
	void itCanBeReadInAnyWayFromAnyPlace() throws Exception {
		StoredMessage message = message("0123456789", 5);
		String expected = "Received: from here\r\n0123456789";
		for (int at = 0; at <= expected.length(); at++) {
			try (InputStream in = message.openStream()) {
				ByteArrayOutputStream out = new ByteArrayOutputStream();
				for (int i = 0; i < at; i++) {
					out.write(in.read());
				}
				in.transferTo(out);
				assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(expected);
			}
			try (InputStream in = message.openStream()) {
				assertThat(new String(in.readNBytes(at), StandardCharsets.US_ASCII)
						+ new String(in.readAllBytes(), StandardCharsets.US_ASCII))
					.isEqualTo(expected);
			}
		}
		message.release();
	}

	@Test
	void headersAreReadOnceAndOursIsAmongThem() {
		StoredMessage message = message("Subject: x\r\n\r\nbody\r\n", 1000);
		Headers headers = message.headers();
		assertThat(headers.names()).containsExactly("Received", "Subject");
		assertThat(message.headers()).isSameAs(headers);
		message.release();
	}

	private static String text(StoredMessage message) throws IOException {
		try (InputStream in = message.openStream()) {
			String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
			assertThat(message.size()).isEqualTo(text.length());
			return text;
		}
	}

	@Test
	void fieldsOfTheClientAreRemovedAndOursPutFirstWhereverTheContentLies() throws Exception {
		for (int threshold : new int[] { 0, 10, 1000 }) {
			StoredMessage message = message("A: 1\r\nB: 2\r\n 3\r\nC: 4\r\n\r\nB: body\r\n", threshold);
			assertThat(message.headers().names()).containsExactly("Received", "A", "B", "C");
			HeaderSection fields = message.clientFields();
			message.removeClientFields((field) -> fields.isNamed(field, "B"));
			assertThat(text(message)).isEqualTo("Received: from here\r\nA: 1\r\nC: 4\r\n\r\nB: body\r\n");
			message.addFirst("X: y\r\n".getBytes(StandardCharsets.US_ASCII));
			HeaderSection left = message.clientFields();
			message.removeClientFields((field) -> left.isNamed(field, "A"));
			assertThat(text(message)).isEqualTo("X: y\r\nReceived: from here\r\nC: 4\r\n\r\nB: body\r\n");
			assertThat(message.headers().names()).containsExactly("X", "Received", "C");
			assertThat(message.headers().count("received")).isEqualTo(1);
			message.release();
		}
	}

	@Test
	void theHeaderOfContentInAFileIsFoundBeforeTheContentIsHandedOut() throws Exception {
		String wide = "Wide: " + "x".repeat(200_000) + "\r\n";
		String endless = "Endless: " + "x".repeat(HeaderSection.MAX_OCTETS) + "\r\n\r\nbody";
		for (int threshold : new int[] { 0, 100_000, 250_000 }) {
			for (String content : new String[] { wide + "B: 2\r\n\r\nC: body\r\n", wide + "B: 2\r\n", wide + "B: 2",
					"A: 1\r\nB: 2\r\n\r\n" + wide, "B: 2\r\n" + endless }) {
				StoredMessage message = message(content, threshold);
				HeaderSection read = HeaderSection.of(content.getBytes(StandardCharsets.ISO_8859_1), content.length());
				assertThat(Arrays.equals(message.clientFields().octets(), read.octets())).isTrue();
				assertThat(message.clientFields().isComplete()).isEqualTo(read.isComplete());
				message.release();
			}
		}
	}

	@Test
	void theMimeStructureFollowsTheHeader() throws Exception {
		StoredMessage message = message(MULTIPART, 0);
		Message before = message.mime();
		HeaderSection fields = message.clientFields();
		message.removeClientFields((field) -> fields.isNamed(field, "Subject"));
		Message after = message.mime();
		assertThat(before.getSubject()).isEqualTo("two");
		assertThat(after.getSubject()).isNull();
		assertThat(message.mime()).isSameAs(after);
		assertThat(((Multipart) after.getBody()).getBodyParts()).hasSize(2);
		message.release();
		assertThat(openFiles()).isZero();
	}

	@Test
	void contentThatIsAllBodyHasNoFieldsOfTheClient() throws Exception {
		StoredMessage message = message("B: body\r\n", 0).withFields(new byte[] { '\r', '\n' });
		assertThat(message.clientFields().count()).isZero();
		message.removeClientFields((field) -> true);
		message.addFirst("X: y\r\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(text(message)).isEqualTo("X: y\r\nReceived: from here\r\n\r\nB: body\r\n");
		message.release();
	}

	@Test
	void contentThatIsOnlyCountedIsNotKept() {
		ContentBuffer counting = ContentBuffer.counting();
		StoredMessage counted = new StoredMessage(TRACE, counting.finish().toCompletableFuture().join());
		assertThat(counted.isKept()).isFalse();
		assertThat(message("", 0).isKept()).isTrue();
	}

	@Test
	void nothingCanBeReadAfterRelease() {
		StoredMessage message = message(MULTIPART, 10);
		message.release();
		message.release();
		assertThatIOException().isThrownBy(message::openStream).withMessageContaining("released");
		assertThatIOException().isThrownBy(message::mime).withMessageContaining("released");
		assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(message::headers);
	}

	@Test
	void theMimeStructureIsParsedOnce() throws Exception {
		for (int threshold : new int[] { 0, 3, 6, 10_000 }) {
			StoredMessage message = message(MULTIPART, threshold);
			Message mime = message.mime();
			assertThat(message.mime()).isSameAs(mime);
			assertThat(mime.getSubject()).isEqualTo("two");
			Multipart parts = (Multipart) mime.getBody();
			TextBody text = (TextBody) parts.getBodyParts().get(0).getBody();
			assertThat(text.getMimeCharset()).isEqualToIgnoringCase("utf-8");
			assertThat(new String(text.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("caf\u00e9");
			char[] characters = new char[10];
			assertThat(text.getReader().read(characters)).isEqualTo(4);
			BinaryBody binary = (BinaryBody) parts.getBodyParts().get(1).getBody();
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			binary.writeTo(out);
			assertThat(out.toByteArray()).containsExactly(0, 1, 2, 3);
			message.release();
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void largeBodiesLieInOneFileThatGoesWithTheMessage() throws Exception {
		StoredMessage message = message(MULTIPART, 0);
		assertThat(openFiles()).isEqualTo(1);
		Multipart parts = (Multipart) message.mime().getBody();
		BinaryBody binary = (BinaryBody) parts.getBodyParts().get(1).getBody();
		assertThat(openFiles()).isEqualTo(2);
		message.release();
		assertThat(openFiles()).isZero();
		assertThat(this.directory).isEmptyDirectory();
		assertThatIOException().isThrownBy(() -> binary.getInputStream().readAllBytes());
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void noFileIsClosedOnTheThreadThatReleases() throws Exception {
		Queue<Runnable> later = new ArrayDeque<>();
		ContentBuffer buffer = new ContentBuffer(new ContentBuffer.Options(0, this.directory), later::add, 0);
		buffer.append(ByteBuffer.wrap(MULTIPART.getBytes(StandardCharsets.ISO_8859_1)));
		CompletableFuture<Content> content = buffer.finish().toCompletableFuture();
		later.remove().run();
		StoredMessage message = new StoredMessage(TRACE, content.join());
		message.mime();
		assertThat(openFiles()).isEqualTo(2);
		message.release();
		assertThat(openFiles()).isEqualTo(2);
		later.forEach(Runnable::run);
		assertThat(openFiles()).isZero();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void aMessageThatCannotBeParsedLeavesNoFile() throws Exception {
		StoredMessage message = message(MULTIPART.replace("--x--", "--x") + nested(MimeLimits.MAX_DEPTH + 1), 0);
		assertThat(openFiles()).isEqualTo(1);
		assertThatIOException().isThrownBy(message::mime).withMessageContaining("deep");
		assertThat(openFiles()).isEqualTo(1);
		message.release();
		assertThat(openFiles()).isZero();
	}

	@Test
	void nestingIsBounded() throws Exception {
		message(nested(MimeLimits.MAX_DEPTH), 1_000_000).mime();
		assertThatIOException().isThrownBy(() -> message(nested(MimeLimits.MAX_DEPTH + 1), 1_000_000).mime())
			.withMessageContaining("32 deep");
		assertThatIOException().isThrownBy(() -> message(nested(2_000), 1_000_000).mime());
	}

	private static String nested(int depth) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < depth; i++) {
			text.append("Content-Type: multipart/mixed; boundary=b").append(i).append("\r\n\r\n--b").append(i);
			text.append("\r\n");
		}
		return text.append("\r\ntext\r\n").toString();
	}

	@Test
	void nestedMessagesAreBoundedToo() {
		String text = "Content-Type: message/rfc822\r\n\r\n".repeat(MimeLimits.MAX_DEPTH + 2) + "\r\ntext\r\n";
		assertThatIOException().isThrownBy(() -> message(text, 1_000_000).mime()).withMessageContaining("deep");
	}

	@Test
	void theNumberOfPartsIsBounded() {
		String text = "Content-Type: multipart/mixed; boundary=x\r\n\r\n"
				+ "--x\r\n\r\n".repeat(MimeLimits.MAX_ENTITIES + 1);
		assertThatIOException().isThrownBy(() -> message(text, 1_000_000).mime())
			.withMessageContaining("MIME entities");
	}

	@Test
	void theNumberOfHeaderFieldsIsBounded() {
		assertThatIOException().isThrownBy(() -> message("a:\r\n".repeat(10_001), 1_000_000).mime());
		String part = "--x\r\n" + "a:\r\n".repeat(9_000) + "\r\n";
		String text = "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + part.repeat(12);
		assertThatIOException().isThrownBy(() -> message(text, 1_000_000).mime())
			.withMessageContaining("100000 header fields");
	}

	@Test
	void anUnknownCharsetDoesNotPreventReading() throws Exception {
		StoredMessage message = message("Content-Type: text/plain; charset=klingon\r\n\r\nbody", 1000);
		TextBody text = (TextBody) message.mime().getBody();
		assertThat(text.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("body");
		message.release();
	}

	@Test
	void aLongLineInABodyIsNoError() throws Exception {
		StoredMessage message = message("Content-Type: text/html\r\n\r\n" + "x".repeat(3_000_000), 1000);
		assertThat(((TextBody) message.mime().getBody()).size()).isEqualTo(3_000_000);
		message.release();
	}

}
