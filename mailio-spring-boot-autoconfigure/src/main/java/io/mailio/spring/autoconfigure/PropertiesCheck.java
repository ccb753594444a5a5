/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.mailio.plugin.queue.Maildir;
import io.mailio.smtp.AddressParser;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;

/**
 * The ranges of the properties. Each part of {@link MailioProperties} is checked on its
 * own, since only so Spring Boot can name the origin of a wrong value.
 */
final class PropertiesCheck {

	private static final Set<Class<?>> TYPES = Set.of(MailioProperties.class, MailioProperties.Limits.class,
			MailioProperties.Content.class, MailioProperties.User.class, MailioProperties.Dns.class,
			MailioProperties.Maildir.class);

	/** A name or IPv4 address, an IPv6 address, or that in brackets; then a port. */
	private static final Pattern NAME_SERVER = Pattern
		.compile("[A-Za-z0-9.-]+(:\\d{1,5})?|[0-9A-Fa-f:.]+|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

	private static final int MAX_PORT = 65535;

	private final Errors errors;

	private PropertiesCheck(Errors errors) {
		this.errors = errors;
	}

	static boolean supports(Class<?> type) {
		return TYPES.contains(type);
	}

	static void check(Object target, Errors errors) {
		PropertiesCheck check = new PropertiesCheck(errors);
		if (target instanceof MailioProperties properties) {
			check.server(properties);
		}
		else if (target instanceof MailioProperties.Limits limits) {
			check.limits(limits);
		}
		else if (target instanceof MailioProperties.Content content) {
			check.size("memoryThreshold", content.getMemoryThreshold(), 0, Integer.MAX_VALUE);
		}
		else if (target instanceof MailioProperties.User user) {
			check.that(StringUtils.hasLength(user.getPassword()), "password", "must not be empty");
		}
		else if (target instanceof MailioProperties.Dns dns) {
			check.dns(dns);
		}
		else if (target instanceof MailioProperties.Maildir maildir) {
			check.mailDir(maildir.getMailDir());
		}
	}

	private void dns(MailioProperties.Dns dns) {
		positive("timeout", dns.getTimeout());
		for (int i = 0; i < dns.getServers().size(); i++) {
			that(NAME_SERVER.matcher(dns.getServers().get(i)).matches(), "servers[" + i + "]",
					"must be host or host:port, an IPv6 address with a port in brackets");
		}
	}

	/** The handler itself knows which placeholders there are. */
	private void mailDir(String pattern) {
		that(StringUtils.hasText(pattern), "mailDir", "must not be empty");
		try {
			new Maildir(pattern);
		}
		catch (IllegalArgumentException ex) {
			that(false, "mailDir", String.valueOf(ex.getMessage()));
		}
	}

	private void server(MailioProperties properties) {
		that(properties.getPort() >= 0 && properties.getPort() <= MAX_PORT, "port",
				"must be between 0 and " + MAX_PORT);
		String hostname = properties.getHostname();
		that(hostname == null || AddressParser.isDomain(hostname), "hostname",
				"must be a host name such as mail.example.com");
		for (int i = 0; i < properties.getDomains().size(); i++) {
			String domain = properties.getDomains().get(i);
			that(AddressParser.isDomain(domain), "domains[" + i + "]", "must be a domain such as example.com");
		}
	}

	private void limits(MailioProperties.Limits limits) {
		positive("idleTimeout", limits.getIdleTimeout());
		positive("messageTimeout", limits.getMessageTimeout());
		positive("handlerTimeout", limits.getHandlerTimeout());
		positive("queueTimeout", limits.getQueueTimeout());
		size("minDataRate", limits.getMinDataRate(), 0, Long.MAX_VALUE);
		size("messageSize", limits.getMessageSize(), 1, Long.MAX_VALUE);
		size("headerSize", limits.getHeaderSize(), 1024, Integer.MAX_VALUE);
		size("textLine", limits.getTextLine(), 1000, Integer.MAX_VALUE);
		size("commandLine", limits.getCommandLine(), 512, Integer.MAX_VALUE);
		count("maxRecipients", limits.getMaxRecipients(), 1);
		count("maxConnections", limits.getMaxConnections(), 1);
		count("maxConnectionsPerAddress", limits.getMaxConnectionsPerAddress(), 1);
		count("errors", limits.getErrors(), 1);
		count("unrecognizedCommands", limits.getUnrecognizedCommands(), 0);
		count("authFailures", limits.getAuthFailures(), 1);
	}

	private void positive(String field, @Nullable Duration value) {
		that(value != null && value.compareTo(Duration.ZERO) > 0, field, "must be longer than zero");
	}

	private void count(String field, int value, int least) {
		that(value >= least, field, "must be at least " + least);
	}

	private void size(String field, @Nullable DataSize value, long least, long most) {
		that(value != null && value.toBytes() >= least, field, "must be at least " + least + "B");
		that(value == null || value.toBytes() <= most, field, "must be at most " + most + "B");
	}

	private void that(boolean right, String field, String message) {
		if (!right) {
			this.errors.rejectValue(field, field.toLowerCase(Locale.ROOT), message);
		}
	}

}
