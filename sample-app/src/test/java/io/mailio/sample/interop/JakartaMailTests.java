/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import javax.net.ssl.SSLSocketFactory;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Angus Mail, the implementation of Jakarta Mail behind Spring's {@code JavaMailSender}.
 */
class JakartaMailTests extends ClientTests {

	JakartaMailTests(MailServer server) {
		super(server);
	}

	@Override
	void send(Sending sending) throws IOException, MessagingException {
		Session session = Session.getInstance(properties(sending));
		try (InputStream in = Files.newInputStream(sending.message());
				Transport transport = session.getTransport("smtp")) {
			connect(transport, sending);
			transport.sendMessage(new MimeMessage(session, in),
					new Address[] { new InternetAddress(sending.recipient()) });
		}
	}

	private static void connect(Transport transport, Sending sending) throws MessagingException {
		boolean login = sending.mechanism().isPresent();
		transport.connect(Sending.HOST, sending.port(), login ? Sending.USER : null, login ? Sending.PASSWORD : null);
	}

	private static Properties properties(Sending sending) {
		Properties properties = new Properties();
		properties.put("mail.smtp.localhost", "client.example");
		properties.put("mail.smtp.from", sending.sender());
		properties.put("mail.smtp.allow8bitmime", "true");
		properties.put("mail.mime.allowutf8", Boolean.toString(sending.international()));
		properties.put("mail.smtp.timeout", "30000");
		properties.put("mail.smtp.starttls.required", Boolean.toString(sending.encryption() == Encryption.STARTTLS));
		properties.put("mail.smtp.ssl.enable", Boolean.toString(sending.encryption() == Encryption.IMPLICIT));
		properties.put("mail.smtp.ssl.checkserveridentity", "true");
		properties.put("mail.smtp.ssl.socketFactory", trusting(sending.certificate()));
		properties.put("mail.smtp.auth", Boolean.toString(sending.mechanism().isPresent()));
		properties.put("mail.smtp.auth.mechanisms", sending.mechanism().orElse(""));
		return properties;
	}

	private static SSLSocketFactory trusting(Path certificate) {
		PemSslStoreDetails trusted = PemSslStoreDetails.forCertificate(certificate.toUri().toString());
		return SslBundle.of(new PemSslStoreBundle(null, trusted)).createSslContext().getSocketFactory();
	}

}
