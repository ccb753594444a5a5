/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.SmtpServerStartException;
import io.mailio.spring.jdbc.QueueDatabaseException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells what to do when the server cannot listen, or has no place for mail.
 */
final class SmtpServerStartFailureAnalyzer extends AbstractFailureAnalyzer<SmtpServerStartException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SmtpServerStartException cause) {
		String action = switch (cause.reason()) {
			case PORT_IN_USE -> "Stop what listens there, or configure another port with 'mailio.port' or"
					+ " 'mailio.listeners.<name>.port'"
					+ " (0 picks a free one, published as 'local.mailio.port' or 'local.mailio.<name>.port').";
			case PORT_SHARED ->
				"Give each listener a port of its own with 'mailio.listeners.<name>.port', or an address of"
						+ " its own with 'mailio.listeners.<name>.address'.";
			case NOT_PERMITTED -> "Ports below 1024 are reserved on many systems. Configure a higher one with"
					+ " 'mailio.port' and redirect the low one to it, or let the process use it"
					+ " (on Linux: the capability CAP_NET_BIND_SERVICE).";
			case ADDRESS_NOT_AVAILABLE -> "Configure an address of this machine with 'mailio.address',"
					+ " or remove the property to listen on all addresses.";
			case STORAGE -> "Make the directory writable for the user that runs the application, configure another one"
					+ " with 'mailio.handlers.queue.maildir.mail-dir', or switch the maildirs off with"
					+ " 'mailio.handlers.queue.maildir.enabled=false'.";
			case QUEUE -> (cause.getCause() instanceof QueueDatabaseException database) ? database.advice()
					: "Configure another directory with 'mailio.queue.directory', which has to be writable for the user"
							+ " that runs the application, and belongs to one application at a time; or do not send mail:"
							+ " 'mailio.relay.enabled=false'.";
			case TEMPORARY_FILES -> "Make the directory writable for the user that runs the application, or configure"
					+ " another one with 'mailio.content.directory'.";
			case DNS_SERVER ->
				"Correct 'mailio.dns.servers', best with the addresses of the servers: names are looked up"
						+ " by the system, once. Without the property the servers of the system are asked.";
			case OTHER -> null;
		};
		return (action != null) ? new FailureAnalysis(cause.getMessage() + ".", action, cause) : null;
	}

}
