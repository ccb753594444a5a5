/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.lang.management.ManagementFactory;

import javax.sql.DataSource;

import io.mailio.RelaySpec;
import io.mailio.spring.jdbc.JdbcQueueOptions;
import io.mailio.spring.jdbc.JdbcQueueSchemaInitializer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** Keeps the queue in the application's database, if it is to be there. */
@AutoConfiguration(before = MailioAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass({ DataSource.class, JdbcTemplate.class, DataSourceScriptDatabaseInitializer.class })
@ConditionalOnProperty(name = "mailio.queue.type", havingValue = "jdbc")
@ConditionalOnBooleanProperty(name = "mailio.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnMissingBean(RelaySpec.QueueSource.class)
@EnableConfigurationProperties(MailioProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
public final class JdbcQueueAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "mailio.relay.enabled", matchIfMissing = true)
	JdbcQueueSchemaInitializer jdbcQueueSchemaInitializer(DataSource dataSource, MailioProperties properties) {
		QueueProperties.Jdbc jdbc = properties.getQueue().getJdbc();
		return new JdbcQueueSchemaInitializer(dataSource, jdbc.getTablePrefix(),
				DatabaseInitializationMode.valueOf(jdbc.getInitializeSchema().name()));
	}

	@Bean
	@DependsOnDatabaseInitialization
	RelaySpec.QueueSource jdbcQueue(DataSource dataSource, MailioProperties properties) {
		return new JdbcQueueSource(dataSource, options(properties.getQueue().getJdbc()));
	}

	/** A name that no two nodes have, and that leads to the process. */
	private static JdbcQueueOptions options(QueueProperties.Jdbc jdbc) {
		return new JdbcQueueOptions(jdbc.getTablePrefix(), ManagementFactory.getRuntimeMXBean().getName(),
				jdbc.getLease(), jdbc.getPollInterval());
	}

}
