/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.mailio.spring.LocalSmtpPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(args = "--mailio.port=0")
@ExtendWith(OutputCaptureExtension.class)
class SampleApplicationTests {

	@TempDir
	private static Path mail;

	@LocalSmtpPort
	private int port;

	@DynamicPropertySource
	static void directories(DynamicPropertyRegistry registry) {
		registry.add("mailio.queue.directory", () -> mail + "/queue");
		registry.add("mailio.handlers.queue.maildir.mail-dir", () -> mail + "/%d/%n");
	}

	@Test
	void keepsAMessageInTheMaildirOfItsRecipient() throws IOException {
		List<String> replies = dialogue("EHLO client.example", "MAIL FROM:<me@example.org>", "RCPT TO:<you@localhost>",
				"DATA", "Subject: Hello\r\n\r\nIt works.\r\n.", "QUIT");
		assertThat(replies).extracting((reply) -> reply.substring(0, 3))
			.containsExactly("220", "250", "250", "250", "354", "250", "221");
		try (Stream<Path> messages = Files.list(mail.resolve("localhost/you/new"))) {
			assertThat(messages).singleElement()
				.satisfies((message) -> assertThat(message).content()
					.contains("Return-Path: <me@example.org>", "Subject: Hello\r\n\r\nIt works.\r\n"));
		}
	}

	@Test
	void refusesMailThatNobodyReads() throws IOException {
		assertThat(dialogue("EHLO client.example", "MAIL FROM:<>", "RCPT TO:<NoReply@example.com>", "QUIT"))
			.anyMatch((reply) -> reply.startsWith("550 ") && reply.endsWith("Nobody reads this mailbox"));
	}

	@Test
	void saysHowToTryIt(CapturedOutput output) {
		assertThat(output).contains("curl --url smtp://localhost:" + this.port + " --mail-from me@example.org")
			.contains(mail + "/localhost/you/new");
	}

	/** The greeting and the last line of each reply. */
	private List<String> dialogue(String... commands) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
				BufferedReader in = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
			socket.setSoTimeout(10_000);
			Stream.Builder<String> replies = Stream.<String>builder().add(reply(in));
			for (String command : commands) {
				socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
				replies.add(reply(in));
			}
			return replies.build().toList();
		}
	}

	private static String reply(BufferedReader in) throws IOException {
		String line = in.readLine();
		while (line.charAt(3) == '-') {
			line = in.readLine();
		}
		return line;
	}

}
