/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.application;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.mailio.spring.LocalSmtpPort;
import io.mailio.spring.SmtpTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(properties = { "mailio.port=0", "mailio.domains=foo.com,bar.com", "mailio.auth.require-tls=false",
		"mailio.handlers.queue.maildir.enabled=false" })
class DesignApplicationTests {

	@LocalSmtpPort
	private int port;

	@Autowired
	private MailRoom mailRoom;

	@Autowired
	private SessionDiary diary;

	private SmtpTestClient client;

	@BeforeEach
	void connect() throws IOException {
		this.client = new SmtpTestClient(this.port);
		assertThat(this.client.reply()).startsWith("220 ");
		assertThat(this.client.send("EHLO client.example")).startsWith("250-").contains("AUTH PLAIN");
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
	}

	@Test
	void storesMailForFooDotCom() throws IOException {
		assertThat(this.client.send("MAIL FROM:<a@example.com>")).startsWith("250 ");
		assertThat(this.client.send("RCPT TO:<b@bar.com>")).matches("550 .*We only accept mail for the foo.com domain");
		assertThat(this.client.send("RCPT TO:<b@FOO.com>")).startsWith("250 ");
		assertThat(this.client.send("DATA")).startsWith("354 ");
		assertThat(this.client.send("Subject: Hello\r\n\r\nIt works.\r\n.")).matches("250 .*Stored");
		assertThat(this.mailRoom.stored()).containsExactly("a@example.com -> [b@FOO.com]: Hello");
		assertThat(this.client.send("QUIT")).startsWith("221 ");
	}

	@Test
	void letsJohnInAndNobodyElse() throws IOException {
		assertThat(this.client.send("AUTH PLAIN " + plain("jane", "doe"))).matches("535 .*Authentication failed");
		assertThat(this.client.send("AUTH PLAIN " + plain("john", "Doe"))).matches("535 .*Authentication failed");
		assertThat(this.client.send("AUTH PLAIN " + plain("john", "doe"))).startsWith("235 ");
		String session = session();
		await().untilAsserted(() -> assertThat(this.diary.authentications())
			.containsExactly(session + ": jane is refused", session + ": john is refused", session + ": john is in"));
	}

	@Test
	void asksTheHandlerOfTheSession() throws IOException {
		assertThat(this.client.send("MAIL FROM:<a@example.com>")).startsWith("250 ");
		assertThat(this.mailRoom.senders()).contains(session() + ": a@example.com");
	}

	@Test
	void hearsOfEachSessionBeforeTheGreeting() {
		assertThat(this.mailRoom.sessions()).isNotEmpty().doesNotHaveDuplicates();
	}

	/** Of the client, which is the last one to have connected. */
	private String session() {
		return this.mailRoom.sessions().get(this.mailRoom.sessions().size() - 1);
	}

	private static String plain(String username, String password) {
		return Base64.getEncoder().encodeToString(("\0" + username + "\0" + password).getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ComponentScan
	static class Application {

	}

}
