/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

import io.mailio.SmtpServer;
import io.mailio.StartWarning;
import io.mailio.dns.DnsOptions;
import io.mailio.message.ContentBuffer;
import io.mailio.plugin.connect.EarlyTalkerOptions;
import io.mailio.plugin.queue.MaildirOptions;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxOptions.Alias;
import io.mailio.session.Limits;
import io.mailio.smtp.Mailbox;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

/** Turns the properties into a server's options. */
final class ServerFactory {

	private final MailioProperties properties;

	ServerFactory(MailioProperties properties) {
		this.properties = properties;
	}

	SmtpServer.Builder builder(Duration gracePeriod) {
		SmtpServer.Builder builder = SmtpServer.builder();
		PropertyMapper map = PropertyMapper.get();
		map.from(this.properties::getHostname).to(builder::hostname);
		map.from(this.properties::getAddress).to(builder::address);
		map.from(this.properties::getDomains).when((domains) -> !domains.isEmpty()).to(builder::domains);
		builder.port(this.properties.getPort())
			.gracePeriod(gracePeriod)
			.startAdvice(ServerFactory::advice)
			.limits(limits(this.properties.getLimits()))
			.bareNewline(this.properties.getSmtp().getBareNewline())
			.rawHeaders(this.properties.getSmtp().getRawHeaders())
			.content(content(this.properties.getContent()))
			.dns(new DnsOptions(this.properties.getDns().getServers(), this.properties.getDns().getTimeout()));
		builtInHandlers(builder);
		return builder;
	}

	private static String advice(StartWarning warning) {
		return switch (warning) {
			case NOBODY_KEEPS_MAIL ->
				"Leave 'mailio.handlers.queue.maildir.enabled' at true, or add a handler of 'queue'.";
			case AUTH_WITHOUT_KEYS ->
				"Set 'mailio.ssl.bundle', or to take passwords in clear text," + " 'mailio.auth.require-tls=false'.";
			case NOBODY_CAN_LOG_IN -> "Set 'mailio.auth.users.<name>.password', or define a bean of type Authenticator,"
					+ " CredentialStore or AuthenticationManager (a UserDetailsService alone lets nobody in),"
					+ " or a handler of 'auth'.";
			case OPEN_RELAY -> "Set 'mailio.relay.allow-unauthenticated=false'.";
		};
	}

	static ContentBuffer.Options content(MailioProperties.Content content) {
		Path directory = content.getDirectory();
		return new ContentBuffer.Options(octets(content.getMemoryThreshold()),
				(directory != null) ? directory : ContentBuffer.Options.defaults().directory());
	}

	private void builtInHandlers(SmtpServer.Builder builder) {
		ConnectProperties connect = this.properties.getHandlers().getConnect();
		if (connect.getEarlyTalker().isEnabled()) {
			builder.earlyTalker(new EarlyTalkerOptions(connect.getEarlyTalker().getDelay()));
		}
		if (connect.getRdns().isEnabled()) {
			builder.rdns(connect.getRdns().options());
		}
		DnsblProperties dnsbl = this.properties.getHandlers().getRcpt().getDnsbl();
		if (dnsbl.isEnabled()) {
			builder.dnsbl(dnsbl.options());
		}
		MailioProperties.Queue queue = this.properties.getHandlers().getQueue();
		builder.headers(queue.getHeaders().options());
		if (queue.getSpamd().isOn()) {
			builder.spamd(queue.getSpamd().options());
		}
		if (queue.getMaildir().isEnabled()) {
			MaildirProperties maildir = queue.getMaildir();
			builder.maildir(new MaildirOptions(maildir.getMailDir(), maildir.isSent(), maildir.isJunk(),
					maildir.isHardLinks()));
		}
		builder.mailboxes(mailboxes(this.properties.getHandlers().getRcpt().getMailbox()));
		if (queue.getDiscard().isEnabled()) {
			builder.discard();
		}
	}

	private static MailboxOptions mailboxes(MailboxProperties names) {
		return new MailboxOptions(
				names.getAliases().stream().map((alias) -> new Alias(alias.getAddress(), alias.getTo())).toList(),
				names.getMailboxes().stream().map(Mailbox::of).collect(Collectors.toSet()));
	}

	static Limits limits(LimitsProperties limits) {
		return Limits.builder()
			.idleTimeout(limits.getIdleTimeout())
			.messageTimeout(limits.getMessageTimeout())
			.minDataRate(limits.getMinDataRate().toBytes())
			.messageSize(limits.getMessageSize().toBytes())
			.headerSize(octets(limits.getHeaderSize()))
			.textLine(octets(limits.getTextLine()))
			.commandLine(octets(limits.getCommandLine()))
			.maxRecipients(limits.getMaxRecipients())
			.maxConnections(limits.getMaxConnections())
			.maxConnectionsPerAddress(limits.getMaxConnectionsPerAddress())
			.errors(limits.getErrors())
			.unrecognizedCommands(limits.getUnrecognizedCommands())
			.authFailures(limits.getAuthFailures())
			.authFailureDelay(limits.getAuthFailureDelay())
			.authFailuresPerAddress(limits.getAuthFailuresPerAddress())
			.authFailureWindow(limits.getAuthFailureWindow())
			.handlerTimeout(limits.getHandlerTimeout())
			.queueTimeout(limits.getQueueTimeout())
			.build();
	}

	private static int octets(DataSize size) {
		return Math.toIntExact(size.toBytes());
	}

}
