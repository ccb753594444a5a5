/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.mailio.SmtpServer;
import io.mailio.sample.SampleApplication;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * The sample application with a key and a user. One runs for all test classes; it and its
 * files are gone when the last test has ended.
 */
final class MailServer implements AutoCloseable {

	private static final String KEY_PASSWORD = "changeit";

	private final Path directory;

	private final ConfigurableApplicationContext application;

	private MailServer(Path directory) throws IOException, InterruptedException {
		this.directory = directory;
		makeKey();
		String bundle = "--spring.ssl.bundle.jks.mail.keystore.";
		this.application = new SpringApplication(SampleApplication.class).run("--mailio.hostname=mx.example.com",
				"--mailio.domains=example.com", "--mailio.queue.directory=" + mail().resolveSibling("queue"),
				"--mailio.handlers.queue.maildir.mail-dir=" + mail().resolve("%d").resolve("%n"),
				"--mailio.auth.users." + Sending.USER + ".password=" + Sending.PASSWORD, "--mailio.ssl.bundle=mail",
				"--mailio.listeners.mx.port=0", "--mailio.listeners.mx.address=" + Sending.HOST,
				"--mailio.listeners.submissions.port=0", "--mailio.listeners.submissions.address=" + Sending.HOST,
				"--mailio.listeners.submissions.tls=implicit", "--mailio.listeners.local.port=0",
				"--mailio.listeners.local.address=" + Sending.HOST, "--mailio.listeners.local.protocol=lmtp",
				bundle + "location=file:" + keystore(), bundle + "password=" + KEY_PASSWORD, bundle + "type=PKCS12");
	}

	static MailServer start() throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("mailio-interop-");
		// Postfix changes to a user of its own.
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		return new MailServer(directory);
	}

	private void makeKey() throws IOException, InterruptedException {
		List<String> store = List.of("-keystore", keystore().toString(), "-storepass", KEY_PASSWORD, "-storetype",
				"PKCS12", "-alias", "mail");
		Program keytool = Program.ofJava("keytool");
		keytool.run(
				Stream
					.concat(store.stream(),
							Stream.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
									"CN=mx.example.com", "-ext", "SAN=IP:" + Sending.HOST, "-validity", "2"))
					.toArray());
		keytool.run(Stream.concat(store.stream(), Stream.of("-exportcert", "-rfc", "-file", certificate())).toArray());
	}

	int port(Encryption encryption) {
		return this.application.getBean(SmtpServer.class)
			.port((encryption == Encryption.IMPLICIT) ? "submissions" : "mx");
	}

	int lmtpPort() {
		return this.application.getBean(SmtpServer.class).port("local");
	}

	/** A directory that any user may read; it is gone when the server is. */
	Path directory() {
		return this.directory;
	}

	/** The server's certificate, as PEM. */
	Path certificate() {
		return this.directory.resolve("mail.pem");
	}

	private Path keystore() {
		return this.directory.resolve("mail.p12");
	}

	private Path mail() {
		return this.directory.resolve("mail");
	}

	/** Every file in every folder of every maildir. */
	List<Path> files() throws IOException {
		if (!Files.exists(mail())) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(mail())) {
			return files.filter(Files::isRegularFile).toList();
		}
	}

	/** The maildir folder of new mail. */
	Path newMail(String recipient) {
		String[] mailbox = recipient.split("@");
		return mail().resolve(mailbox[1])
			.resolve(URLEncoder.encode(mailbox[0], StandardCharsets.UTF_8).toLowerCase(Locale.ROOT))
			.resolve("new");
	}

	void forgetMail() throws IOException {
		for (Path file : files()) {
			Files.delete(file);
		}
	}

	@Override
	public void close() throws IOException {
		this.application.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

	/** Gives the server to tests. */
	static final class Running implements ParameterResolver {

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
			return parameter.getParameter().getType() == MailServer.class;
		}

		@Override
		public MailServer resolveParameter(ParameterContext parameter, ExtensionContext test) {
			return test.getRoot()
				.getStore(Namespace.create(MailServer.class))
				.computeIfAbsent(MailServer.class, (type) -> startOrFail(), MailServer.class);
		}

		private static MailServer startOrFail() {
			try {
				return start();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new AssertionError(ex);
			}
		}

	}

}
