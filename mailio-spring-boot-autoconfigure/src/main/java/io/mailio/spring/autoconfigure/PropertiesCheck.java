/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.queue.HeadersOptions;
import io.mailio.plugin.queue.MaildirOptions;
import io.mailio.plugin.queue.SpamdOptions;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;
import io.mailio.smtp.AddressParser;
import io.mailio.smtp.Mailbox;
import io.mailio.spring.jdbc.JdbcQueueOptions;
import io.mailio.transport.ClientAuth;
import io.mailio.transport.TrustedProxies;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;

/**
 * The ranges of the properties. Each part of {@link MailioProperties} is checked on its
 * own, since only so Spring Boot can name the origin of a wrong value.
 */
final class PropertiesCheck {

	private static final Set<Class<?>> TYPES = Set.of(MailioProperties.class, LimitsProperties.class,
			ListenerProperties.class, MailioProperties.Content.class, AuthProperties.User.class,
			MailioProperties.Dns.class, MaildirProperties.class, MailboxProperties.class, MailboxProperties.Alias.class,
			SslProperties.class, ConnectProperties.EarlyTalker.class, DnsblProperties.class, RelayProperties.class,
			RelayProperties.PerDestination.class, RelayProperties.Retry.class, RelayProperties.SmartHost.class,
			RelayProperties.Route.class, QueueProperties.class, QueueProperties.Jdbc.class, HeadersProperties.class,
			SpamdProperties.class);

	/** A name or IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
	private static final Pattern NAME_SERVER = Pattern
		.compile("(?:(?<name>[^\\[\\]:]+)|\\[(?<ipv6>[^\\]]+)])(?::(?<port>\\d{1,5}))?");

	private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");

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
		else if (target instanceof LimitsProperties limits) {
			check.limits(limits);
		}
		else if (target instanceof ConnectProperties.EarlyTalker talker) {
			check.right("delay", () -> new EarlyTalkerOptions(talker.getDelay()));
		}
		else if (target instanceof DnsblProperties dnsbl) {
			check.dnsbl(dnsbl);
		}
		else if (target instanceof ListenerProperties listener) {
			check.listener(listener);
		}
		else if (target instanceof SslProperties ssl) {
			check.ssl(ssl);
		}
		else if (target instanceof MailioProperties.Content content) {
			check.size("memoryThreshold", content.getMemoryThreshold(), 0, Integer.MAX_VALUE);
		}
		else if (target instanceof AuthProperties.User user) {
			check.password(user.getPassword());
			check.each("senders", user.getSenders(), PropertiesCheck::isSender,
					"must be an address such as you@example.com, or a domain such as @example.com");
		}
		else if (target instanceof MailioProperties.Dns dns) {
			check.dns(dns);
		}
		else if (target instanceof MaildirProperties maildir) {
			check.mailDir(maildir.getMailDir());
		}
		else if (target instanceof HeadersProperties headers) {
			check.headers(headers);
		}
		else if (target instanceof SpamdProperties spamd) {
			check.spamd(spamd);
		}
		else if (target instanceof MailboxProperties names) {
			check.each("mailboxes", names.getMailboxes(), (one) -> !one.startsWith("@") && isSender(one),
					"must be an address such as you@example.com");
		}
		else if (target instanceof MailboxProperties.Alias alias) {
			check.alias(alias);
		}
		else {
			check.sending(target);
		}
	}

	private void headers(HeadersProperties headers) {
		that(headers.getMaxFields() >= 1 && headers.getMaxFields() <= HeadersOptions.MOST_FIELDS, "maxFields",
				"must be between 1 and " + HeadersOptions.MOST_FIELDS);
		size("maxFieldSize", headers.getMaxFieldSize(), HeadersOptions.LEAST_FIELD_SIZE, Integer.MAX_VALUE);
		count("maxHops", headers.getMaxHops(), 1);
	}

	private void spamd(SpamdProperties spamd) {
		String host = spamd.getHost();
		that(host == null || isHost(host), "host", "must be a host name or an address");
		that(spamd.getPort() >= 1 && spamd.getPort() <= MAX_PORT, "port", "must be between 1 and " + MAX_PORT);
		that(Double.isFinite(spamd.getBaseScore()), "baseScore", "must be a number");
		size("maxSize", spamd.getMaxSize(), 1, Long.MAX_VALUE);
		positive("timeout", spamd.getTimeout());
		count("maxConnections", spamd.getMaxConnections(), 1);
		that(spamd.getUser() == null || SpamdOptions.isUser(spamd.getUser()), "user", "must be a word of US-ASCII");
	}

	private void sending(Object target) {
		if (target instanceof RelayProperties relay) {
			relay(relay);
		}
		else if (target instanceof RelayProperties.PerDestination destination) {
			count("concurrency", destination.getConcurrency(), 1);
			count("messagesPerMinute", destination.getMessagesPerMinute(), 0);
		}
		else if (target instanceof RelayProperties.Retry retry) {
			retry(retry);
		}
		else if (target instanceof RelayProperties.SmartHost smartHost) {
			smartHost(smartHost);
		}
		else if (target instanceof QueueProperties queue) {
			queue(queue);
		}
		else if (target instanceof QueueProperties.Jdbc jdbc) {
			that(JdbcQueueOptions.isTablePrefix(jdbc.getTablePrefix()), "tablePrefix",
					"must be at most 30 letters, digits and underscores, the first one no digit");
			that(jdbc.getLease() != null && jdbc.getLease().compareTo(JdbcQueueOptions.SHORTEST_LEASE) >= 0, "lease",
					"must be at least " + JdbcQueueOptions.SHORTEST_LEASE.toSeconds() + "s");
			positive("pollInterval", jdbc.getPollInterval());
		}
	}

	private void relay(RelayProperties relay) {
		String hostname = relay.getHostname();
		that(hostname == null || AddressParser.isDomain(hostname), "hostname",
				"must be a host name such as mail.example.com");
		that(relay.getPort() > 0 && relay.getPort() <= MAX_PORT, "port", "must be between 1 and " + MAX_PORT);
		count("concurrency", relay.getConcurrency(), 1);
		that(relay.getDelayNotice() != null && !relay.getDelayNotice().isNegative(), "delayNotice",
				"must not be negative; 0 is for never");
		size("maxReturnedSize", relay.getMaxReturnedSize(), 0, Long.MAX_VALUE);
	}

	private void retry(RelayProperties.Retry retry) {
		positive("baseInterval", retry.getBaseInterval());
		that(retry.getMaxInterval() != null && retry.getBaseInterval() != null
				&& retry.getMaxInterval().compareTo(retry.getBaseInterval()) >= 0, "maxInterval",
				"must not be shorter than base-interval");
		that(retry.getMaxAge() != null && !retry.getMaxAge().isNegative(), "maxAge", "must not be negative");
	}

	/** What is reported here must not tell the password. */
	private void smartHost(RelayProperties.SmartHost smartHost) {
		boolean hasHost = StringUtils.hasText(smartHost.getHost());
		boolean hasName = StringUtils.hasText(smartHost.getUsername());
		Integer port = smartHost.getPort();
		that(port == null || (port > 0 && port <= MAX_PORT), "port", "must be between 1 and " + MAX_PORT);
		if (hasHost) {
			right("host", () -> new SmartHost(String.valueOf(smartHost.getHost()), SmartHostSettings.SMTP_PORT));
		}
		that(hasHost || (!hasName && port == null && smartHost.getTls() == null), "host",
				"must be set beside the other properties of a smart host");
		that(!hasName || smartHost.getPassword() != null, "username", "needs a password beside it");
		that(!hasName || smartHost.getTls() != RelayProperties.SmartHostTls.NONE, "tls",
				"must not be none beside a username: passwords are never sent without TLS");
		that(!hasName || String.valueOf(smartHost.getUsername()).indexOf('\0') < 0, "username", "must not hold NUL");
		if (!hasName && StringUtils.hasText(smartHost.getPassword())) {
			this.errors.reject("username", this.errors.getObjectName() + ".username must be set beside the password");
		}
		if (smartHost instanceof RelayProperties.Route route) {
			right("recipientDomain", () -> new RoutingRule(route.getRecipientDomain(), "*", Optional.empty()));
			right("senderDomain", () -> new RoutingRule("*", route.getSenderDomain(), Optional.empty()));
		}
	}

	private void queue(QueueProperties queue) {
		size("segmentSize", queue.getSegmentSize(), 1024 * 1024, 1024 * 1024 * 1024);
		size("contentThreshold", queue.getContentThreshold(), 0, 16 * 1024 * 1024);
		size("minFreeSpace", queue.getMinFreeSpace(), 0, Long.MAX_VALUE);
	}

	/** The thing itself knows what is right. */
	private void right(String field, Supplier<?> thing) {
		try {
			thing.get();
		}
		catch (IllegalArgumentException ex) {
			that(false, field, String.valueOf(ex.getMessage()));
		}
	}

	/** The threshold is looked at when the lists are right. */
	private void dnsbl(DnsblProperties dnsbl) {
		dnsbl.getZones().forEach((zone) -> right("zones", zone::zone));
		if (dnsbl.getZones().isEmpty()) {
			that(false, "zones", "must name a list to ask, for example " + DnsblOptions.DEFAULT_ZONE
					+ "; to ask none, set mailio.handlers.rcpt.dnsbl.enabled=false");
		}
		else if (!this.errors.hasErrors()) {
			right("threshold", dnsbl::options);
		}
	}

	private void ssl(SslProperties ssl) {
		boolean hasKeys = StringUtils.hasText(ssl.getBundle());
		that(hasKeys || ssl.getServerNameBundles().isEmpty(), "serverNameBundles",
				"need mailio.ssl.bundle for clients that ask for another name or none");
		for (SslProperties.ServerNameBundle named : ssl.getServerNameBundles()) {
			that(StringUtils.hasText(named.getServerName()) && StringUtils.hasText(named.getBundle()),
					"serverNameBundles", "must each have a server-name and a bundle");
		}
	}

	private void dns(MailioProperties.Dns dns) {
		positive("timeout", dns.getTimeout());
		each("servers", dns.getServers(), PropertiesCheck::isNameServer,
				"must be host or host:port, an IPv6 address with a port in brackets");
	}

	private static boolean isNameServer(String server) {
		Matcher matcher = NAME_SERVER.matcher(server);
		if (!matcher.matches()) {
			return NetUtil.isValidIpV6Address(server);
		}
		String name = matcher.group("name");
		String port = matcher.group("port");
		boolean host = (name != null) ? isHost(name) : NetUtil.isValidIpV6Address(matcher.group("ipv6"));
		return host && (port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) <= MAX_PORT));
	}

	private static boolean isHost(String name) {
		return DIGITS_AND_DOTS.matcher(name).matches() ? NetUtil.isValidIpV4Address(name)
				: AddressParser.isDomain(name);
	}

	/**
	 * Reported for the user as a whole: what is reported for a field comes with its
	 * value.
	 */
	private void password(@Nullable String password) {
		String problem = UserPassword.problemOf(password);
		if (problem != null) {
			this.errors.reject("password", this.errors.getObjectName() + ".password " + problem);
		}
	}

	/** The handler itself knows which placeholders there are. */
	private void alias(MailboxProperties.Alias alias) {
		String address = alias.getAddress();
		that(isSender(address), "address",
				"must be an address such as sales@example.com, or a domain such as @example.com");
		if (isSender(address)) {
			right("to", () -> new MailboxOptions.Alias(address, alias.getTo()));
		}
	}

	private void mailDir(String pattern) {
		that(StringUtils.hasText(pattern), "mailDir", "must not be empty");
		right("mailDir", () -> MaildirOptions.defaults().withMailDir(pattern));
	}

	private void server(MailioProperties properties) {
		that(properties.getPort() >= 0 && properties.getPort() <= MAX_PORT, "port",
				"must be between 0 and " + MAX_PORT);
		String hostname = properties.getHostname();
		that(hostname == null || AddressParser.isDomain(hostname), "hostname",
				"must be a host name such as mail.example.com");
		boolean hasKeys = StringUtils.hasText(properties.getSsl().getBundle())
				|| properties.getListeners().values().stream().anyMatch((one) -> StringUtils.hasText(one.getBundle()));
		that(hasKeys || properties.getSsl().getClientAuth() == ClientAuth.NONE, "ssl.clientAuth",
				"needs mailio.ssl.bundle, or a listener with a bundle");
		each("domains", properties.getDomains(), AddressParser::isDomain, "must be a domain such as example.com");
	}

	private void listener(ListenerProperties listener) {
		Integer port = listener.getPort();
		that(port != null, "port", "must be set; 0 picks a free one");
		that(port == null || (port >= 0 && port <= MAX_PORT), "port", "must be between 0 and " + MAX_PORT);
		each("proxyProtocol", listener.getProxyProtocol(), PropertiesCheck::isNetwork,
				"must be an address, or a network such as 10.0.0.0/8");
	}

	private static boolean isSender(String sender) {
		try {
			return sender.startsWith("@") ? AddressParser.isDomain(sender.substring(1))
					: !Mailbox.of(sender).domain().isEmpty();
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static boolean isNetwork(String network) {
		try {
			TrustedProxies.of(List.of(network));
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private void limits(LimitsProperties limits) {
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
		that(limits.getAuthFailureDelay() != null && !limits.getAuthFailureDelay().isNegative(), "authFailureDelay",
				"must not be negative");
		count("authFailuresPerAddress", limits.getAuthFailuresPerAddress(), 1);
		positive("authFailureWindow", limits.getAuthFailureWindow());
	}

	/**
	 * Reported for the list as a whole, whose origin Spring Boot can name; it cannot name
	 * that of an element.
	 */
	private void each(String field, List<String> values, Predicate<String> right, String message) {
		for (String value : values) {
			that(right.test(value), field, "'" + value + "' " + message);
		}
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
