/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.jdbc;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.mailio.queue.Messages;
import io.mailio.queue.NewMessage;
import io.mailio.queue.NewMessage.Addressee;
import io.mailio.queue.QueueId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Two nodes with one real PostgreSQL. */
@Tag("interop")
class PostgresqlNodesTests extends JdbcQueueNodes {

	private static PostgresqlServer server;

	PostgresqlNodesTests() {
		super(server.database());
	}

	@BeforeAll
	static void start(@TempDir Path directory) {
		server = new PostgresqlServer(directory);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	/** A destination may hold anything, but no text of PostgreSQL holds NUL. */
	@Test
	void refusesWhatCannotBeWrittenAndNothingElse() throws Exception {
		TestDatabase database = server.database();
		try (JdbcQueue queue = JdbcQueue.open(database.dataSource(), JdbcQueueOptions.of("node"))) {
			List<CompletableFuture<QueueId>> kept = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				NewMessage message = Messages.message("x", "a@example.com");
				Addressee addressee = new Addressee(message.recipients().get(0).recipient(),
						(i % 10 == 5) ? "\0" : "example.com");
				kept.add(queue
					.enqueue(new NewMessage(message.from(), message.parameters(), List.of(addressee), message.content(),
							null))
					.toCompletableFuture());
			}
			kept.forEach((one) -> one.exceptionally((failure) -> null).join());
			assertThat(kept).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(5);
			assertThat(queue.counts().messages()).isEqualTo(45);
		}
		database.clear();
	}

	/** What is done for each message must not look at all that wait. */
	@Test
	void findsByIndexWhatIsNextAmongVeryMany() {
		TestDatabase database = server.database();
		database.jdbc()
			.update("INSERT INTO mailio_message SELECT n, now(), now(), 1, '', '' FROM generate_series(1, 100000) n");
		database.jdbc()
			.update("INSERT INTO mailio_delivery SELECT n, 'd' || n % 1000, now(), now(), FALSE, 0"
					+ " FROM generate_series(1, 100000) n");
		database.jdbc().execute("ANALYZE");
		Statements statements = new Statements(Database.POSTGRESQL, "mailio_", Statements.DATABASE_TIME);
		assertThat(plan(database, statements.next(), "'d7'", "'d7'")).contains("mailio_delivery_next")
			.doesNotContain("Seq Scan on mailio_delivery", "Sort");
		assertThat(plan(database, statements.nextClaimable(), "'d7'")).contains("mailio_delivery_next")
			.doesNotContain("Seq Scan on mailio_delivery", "Sort");
		assertThat(plan(database, statements.becameClaimable(), "now()", "now() + INTERVAL '1' SECOND"))
			.contains("mailio_delivery_news")
			.doesNotContain("Seq Scan on mailio_delivery");
		assertThat(plan(database, statements.destinations())).contains("mailio_delivery_next")
			.doesNotContain("Seq Scan on mailio_delivery");
		database.clear();
	}

	private static String plan(TestDatabase database, String statement, String... values) {
		String explained = "EXPLAIN " + statement;
		for (String value : values) {
			explained = explained.replaceFirst("\\?", value);
		}
		return String.join("\n", database.jdbc().queryForList(explained, String.class));
	}

}
