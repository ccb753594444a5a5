/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import javax.sql.DataSource;

import io.mailio.RelaySpec;
import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.MessageState;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueFilter;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import io.mailio.spring.actuate.MailQueueEndpoint;
import io.mailio.spring.jdbc.JdbcQueueSchemaInitializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** The queue of an application that has a database. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class JdbcQueueAutoConfigurationTests {

	private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, JdbcQueueAutoConfiguration.class,
				DataSourceAutoConfiguration.class, MailioMailSenderAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.hostname=mx.foo.com",
				"mailio.domains=foo.com", "mailio.relay.enabled=true", "mailio.queue.type=jdbc",
				"mailio.handlers.queue.maildir.enabled=false");

	private final ApplicationContextRunner withDatabase = this.runner
		.withPropertyValues("spring.datasource.url=" + this.url);

	private static SimpleMailMessage message() {
		SimpleMailMessage message = new SimpleMailMessage();
		message.setFrom("app@foo.com");
		message.setTo("you@elsewhere.example");
		message.setText("It works.");
		return message;
	}

	/** Waits for a day. */
	private static QueueId later(SmtpRelay relay) {
		NewMessage.Source content = new NewMessage.Source() {
			@Override
			public long size() {
				return 14;
			}

			@Override
			public java.io.InputStream openStream() {
				return new java.io.ByteArrayInputStream("Subject: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			}
		};
		return relay
			.send(Envelope.of(ReversePath.of(Mailbox.of("app@foo.com")), Mailbox.of("a@one.example")), content,
					Instant.now().plusSeconds(86_400))
			.toCompletableFuture()
			.join();
	}

	@Test
	void sendsThroughTheDatabase(CapturedOutput output) {
		Queue<String> arrived = new ConcurrentLinkedQueue<>();
		try (SmtpServer other = SmtpServer.builder()
			.port(0)
			.domains("elsewhere.example")
			.handler("queue", "keep", (req, res) -> {
				try (var in = req.message().openStream()) {
					arrived.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
				}
				return res.accept();
			})
			.build()) {
			other.start();
			this.withDatabase
				.withPropertyValues("mailio.relay.smart-host.host=127.0.0.1",
						"mailio.relay.smart-host.port=" + other.port())
				.run((context) -> {
					context.getBean(JavaMailSender.class).send(message());
					await().until(() -> !arrived.isEmpty());
					assertThat(arrived.remove()).contains("It works.");
					await().until(() -> context.getBean(SmtpRelay.class).queue().counts().messages() == 0);
				});
		}
		assertThat(output).contains("Mail for others waits in the tables mailio_* of the database");
	}

	@Test
	void whatWaitsIsThereForTheNextNode() {
		this.withDatabase.run((context) -> {
			QueueId id = later(context.getBean(SmtpRelay.class));
			this.withDatabase.run((other) -> {
				SmtpRelay relay = other.getBean(SmtpRelay.class);
				assertThat(relay.queue().find(id).orElseThrow().waiting()).singleElement()
					.satisfies((waiting) -> assertThat(waiting.state()).isEqualTo(MessageState.DEFERRED));
			});
			assertThat(new JdbcTemplate(context.getBean(DataSource.class))
				.queryForObject("SELECT COUNT(*) FROM mailio_message", Integer.class)).isEqualTo(1);
		});
	}

	@Test
	void theEndpointShowsAndChangesIt() {
		this.withDatabase.run((context) -> {
			SmtpRelay relay = context.getBean(SmtpRelay.class);
			QueueId id = later(relay);
			MailQueueEndpoint endpoint = new MailQueueEndpoint(() -> relay);
			assertThat(endpoint.summary().states()).isEqualTo(Map.of(MessageState.DEFERRED, 1L));
			assertThat(endpoint.change("messages", id.toString(), MailQueueEndpoint.Action.HOLD)).isTrue();
			assertThat(relay.queue().list(new QueueFilter(null, MessageState.HELD, null, 5))).hasSize(1);
			assertThat(endpoint.change("messages", id.toString(), MailQueueEndpoint.Action.RELEASE)).isTrue();
			assertThat(endpoint.change("destinations", "one.example", MailQueueEndpoint.Action.SUSPEND)).isTrue();
			assertThat(relay.queue().suspended()).containsExactly("one.example");
			assertThat(endpoint.change("messages", id.toString(), MailQueueEndpoint.Action.RETRY)).isTrue();
			assertThat(endpoint.message("messages", id.toString())).isNotNull()
				.satisfies((shown) -> assertThat(shown.waiting().get(0).state()).isEqualTo(MessageState.READY));
			assertThat(endpoint.delete("messages", id.toString())).isTrue();
			assertThat(endpoint.summary().messages()).isZero();
		});
	}

	@Test
	void tablesMayBeCalledOtherwise() {
		this.withDatabase
			.withPropertyValues("mailio.queue.jdbc.table-prefix=outgoing_",
					"mailio.queue.jdbc.initialize-schema=always", "mailio.queue.jdbc.lease=5m",
					"mailio.queue.jdbc.poll-interval=10s")
			.run((context) -> {
				later(context.getBean(SmtpRelay.class));
				assertThat(new JdbcTemplate(context.getBean(DataSource.class))
					.queryForObject("SELECT COUNT(*) FROM outgoing_message", Integer.class)).isEqualTo(1);
			});
	}

	@Test
	void saysWhatToDoWithoutTables() {
		this.withDatabase.withPropertyValues("mailio.queue.jdbc.initialize-schema=never")
			.run((context) -> failed(context, (analysis) -> {
				assertThat(analysis.getDescription()).contains("Cannot open the queue", "mailio_message");
				assertThat(analysis.getAction()).contains("mailio.queue.jdbc.initialize-schema=always",
						"schema-h2.sql");
			}));
	}

	private static void failed(AssertableApplicationContext context, Consumer<FailureAnalysis> check) {
		assertThat(context).hasFailed();
		Throwable failure = context.getStartupFailure();
		FailureAnalysis analysis = new SmtpServerStartFailureAnalyzer().analyze(failure);
		if (analysis == null) {
			analysis = new ServerConfigurationFailureAnalyzer().analyze(failure);
		}
		assertThat(analysis).isNotNull();
		check.accept(analysis);
	}

	@Test
	void saysThatADatabaseIsMissing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, JdbcQueueAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.relay.enabled=true", "mailio.queue.type=jdbc")
			.run((context) -> failed(context, (analysis) -> {
				assertThat(analysis.getDescription()).contains("'mailio.queue.type' is 'jdbc'", "no DataSource");
				assertThat(analysis.getAction()).contains("spring.datasource.url", "mailio.queue.type=file");
			}));
	}

	@Test
	void saysThatALibraryIsMissing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, JdbcQueueAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.relay.enabled=true", "mailio.queue.type=jdbc")
			.withClassLoader(new FilteredClassLoader("org.springframework.jdbc", "org.springframework.boot.jdbc",
					"org.springframework.boot.sql"))
			.run((context) -> failed(context, (analysis) -> {
				assertThat(analysis.getDescription()).contains("Spring's JDBC is not on the class path");
				assertThat(analysis.getAction()).contains("spring-boot-starter-jdbc");
			}));
	}

	@Test
	void saysThatADatabaseIsNotSupported() {
		for (String initialize : new String[] { "always", "embedded", "never" }) {
			this.runner.withPropertyValues("mailio.queue.jdbc.initialize-schema=" + initialize)
				.withBean(DataSource.class, () -> database("Abacus", 7, 1))
				.run((context) -> failed(context, (analysis) -> {
					assertThat(analysis.getDescription()).contains("Abacus 7.1 cannot keep the queue");
					assertThat(analysis.getAction()).contains("PostgreSQL 12.0 or later, H2 2.2 or later",
							"mailio.queue.type=file");
				}));
		}
		this.runner.withBean(DataSource.class, () -> database("H2", 2, 1))
			.run((context) -> failed(context,
					(analysis) -> assertThat(analysis.getDescription()).contains("H2 2.1 cannot keep the queue")));
	}

	private static DataSource database(String product, int major, int minor) {
		try {
			DatabaseMetaData data = mock(DatabaseMetaData.class);
			given(data.getDatabaseProductName()).willReturn(product);
			given(data.getDatabaseMajorVersion()).willReturn(major);
			given(data.getDatabaseMinorVersion()).willReturn(minor);
			Connection connection = mock(Connection.class);
			given(connection.getMetaData()).willReturn(data);
			DataSource dataSource = mock(DataSource.class);
			given(dataSource.getConnection()).willReturn(connection);
			return dataSource;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void saysThatADatabaseIsAway() {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
					"spring.datasource.hikari.connection-timeout=250",
					"spring.datasource.hikari.initialization-fail-timeout=-1")
			.run((context) -> failed(context, (analysis) -> {
				assertThat(analysis.getDescription()).contains("The database cannot be reached");
				assertThat(analysis.getAction()).contains("spring.datasource");
			}));
	}

	@Test
	void aQueueOfTheApplicationComesFirst(@TempDir Path directory) {
		this.withDatabase
			.withBean(RelaySpec.QueueSource.class, () -> () -> FileQueue.open(FileQueueOptions.in(directory)))
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(JdbcQueueSchemaInitializer.class);
				assertThat(directory).isNotEmptyDirectory();
			});
	}

	@Test
	void filesAreTheDefaultAlsoWithADatabase(@TempDir Path directory) {
		this.withDatabase.withPropertyValues("mailio.queue.type=file", "mailio.queue.directory=" + directory)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(JdbcQueueSchemaInitializer.class);
				assertThat(directory).isNotEmptyDirectory();
			});
	}

	@Test
	void withoutARelayTheDatabaseIsLeftAlone() {
		this.withDatabase.withPropertyValues("mailio.relay.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JdbcQueueSchemaInitializer.class));
	}

}
