/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.lifecycle;

import java.nio.file.Path;
import java.util.List;

import io.mailio.SmtpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log where on this machine mail is kept, and how it goes out. The server
 * itself says where it listens and which handlers messages go through, and warns when
 * nobody takes them.
 */
public final class StartupReport implements SmtpServerStart {

	private static final Logger logger = LoggerFactory.getLogger(StartupReport.class);

	private final String maildir;

	private final String queue;

	private final String way;

	/**
	 * A report.
	 * @param maildir the path pattern of the maildirs
	 * @param queue where mail for others waits
	 * @param way how it goes out
	 */
	public StartupReport(String maildir, String queue, String way) {
		this.maildir = maildir;
		this.queue = queue;
		this.way = way;
	}

	@Override
	public void started(SmtpServer server) {
		List<String> queue = server.handlers().getOrDefault("queue", List.of());
		if (queue.contains("maildir")) {
			logger.info("Mail for {} is kept in {}", String.join(", ", server.domains()),
					Path.of(this.maildir).toAbsolutePath().normalize());
		}
		if (queue.contains("relay")) {
			logger.info("Mail for others waits in {} and goes {}", this.queue, this.way);
		}
		if (queue.contains("discard")) {
			logger.warn("queue/discard is on: messages that no other handler keeps are accepted and forgotten");
		}
	}

}
