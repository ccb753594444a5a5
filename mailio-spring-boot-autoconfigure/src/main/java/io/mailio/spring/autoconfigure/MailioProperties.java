/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.mailio.codec.BareNewline;
import io.mailio.session.RawHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * The properties below {@code mailio}. They check themselves, so that a wrong value fails
 * at start with its origin, also without a Bean Validation provider.
 */
@ConfigurationProperties("mailio")
public class MailioProperties implements Validator {

	/**
	 * Whether to run the SMTP server.
	 */
	private boolean enabled = true;

	/**
	 * Name of this server in the greeting, in EHLO and in Received headers. Defaults to
	 * the name of the machine.
	 */
	private @Nullable String hostname;

	/**
	 * Domains whose mail is accepted and kept here. Defaults to the domain part of the
	 * host name.
	 */
	private List<String> domains = new ArrayList<>();

	/**
	 * Port to listen on; 0 picks a free one, published as local.mailio.port.
	 */
	private int port = 2525;

	/**
	 * Network address to listen on. Defaults to all addresses.
	 */
	private @Nullable InetAddress address;

	/**
	 * Several listeners instead of the one of mailio.port; the first one is the first.
	 */
	private final Map<String, ListenerProperties> listeners = new LinkedHashMap<>();

	@NestedConfigurationProperty
	private final LimitsProperties limits = new LimitsProperties();

	@NestedConfigurationProperty
	private final SslProperties ssl = new SslProperties();

	private final Smtp smtp = new Smtp();

	private final Content content = new Content();

	@NestedConfigurationProperty
	private final AuthProperties auth = new AuthProperties();

	private final Dns dns = new Dns();

	@NestedConfigurationProperty
	private final RelayProperties relay = new RelayProperties();

	@NestedConfigurationProperty
	private final QueueProperties queue = new QueueProperties();

	private final Handlers handlers = new Handlers();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getHostname() {
		return this.hostname;
	}

	public void setHostname(@Nullable String hostname) {
		this.hostname = hostname;
	}

	public List<String> getDomains() {
		return this.domains;
	}

	public void setDomains(List<String> domains) {
		this.domains = domains;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public @Nullable InetAddress getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable InetAddress address) {
		this.address = address;
	}

	public Map<String, ListenerProperties> getListeners() {
		return this.listeners;
	}

	public LimitsProperties getLimits() {
		return this.limits;
	}

	public SslProperties getSsl() {
		return this.ssl;
	}

	public Smtp getSmtp() {
		return this.smtp;
	}

	public Content getContent() {
		return this.content;
	}

	public AuthProperties getAuth() {
		return this.auth;
	}

	public Dns getDns() {
		return this.dns;
	}

	public RelayProperties getRelay() {
		return this.relay;
	}

	public QueueProperties getQueue() {
		return this.queue;
	}

	public Handlers getHandlers() {
		return this.handlers;
	}

	/** How strictly the protocol is read. */
	public static class Smtp {

		/**
		 * What to do with a bare CR or LF in content. The end of content is CRLF.CRLF in
		 * any case.
		 */
		private BareNewline bareNewline = BareNewline.REJECT;

		/**
		 * What to do with a message whose header fields hold octets above 127 although
		 * the client has not declared it with SMTPUTF8.
		 */
		private RawHeaders rawHeaders = RawHeaders.REJECT;

		public BareNewline getBareNewline() {
			return this.bareNewline;
		}

		public void setBareNewline(BareNewline bareNewline) {
			this.bareNewline = bareNewline;
		}

		public RawHeaders getRawHeaders() {
			return this.rawHeaders;
		}

		public void setRawHeaders(RawHeaders rawHeaders) {
			this.rawHeaders = rawHeaders;
		}

	}

	/** Where messages are held while they arrive. */
	public static class Content {

		/**
		 * How much of a message is held in memory; a larger one goes to a temporary file.
		 */
		private DataSize memoryThreshold = DataSize.ofKilobytes(256);

		/**
		 * Directory of the temporary files; they are removed when the message is done. It
		 * is made if it is missing. Defaults to that of the system.
		 */
		private @Nullable Path directory;

		public DataSize getMemoryThreshold() {
			return this.memoryThreshold;
		}

		public void setMemoryThreshold(DataSize memoryThreshold) {
			this.memoryThreshold = memoryThreshold;
		}

		public @Nullable Path getDirectory() {
			return this.directory;
		}

		public void setDirectory(@Nullable Path directory) {
			this.directory = directory;
		}

	}

	/** Which name servers are asked. */
	public static class Dns {

		/**
		 * Name servers to ask, as host or host:port. Defaults to those of the system.
		 */
		private List<String> servers = new ArrayList<>();

		/**
		 * How long to wait for an answer.
		 */
		private Duration timeout = Duration.ofSeconds(2);

		public List<String> getServers() {
			return this.servers;
		}

		public void setServers(List<String> servers) {
			this.servers = servers;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

	}

	/**
	 * The built-in handlers. What is below mailio.handlers beyond this belongs to the
	 * handler it names.
	 */
	public static class Handlers {

		@NestedConfigurationProperty
		private final ConnectProperties connect = new ConnectProperties();

		private final Mail mail = new Mail();

		private final Rcpt rcpt = new Rcpt();

		private final Queue queue = new Queue();

		public ConnectProperties getConnect() {
			return this.connect;
		}

		public Mail getMail() {
			return this.mail;
		}

		public Rcpt getRcpt() {
			return this.rcpt;
		}

		public Queue getQueue() {
			return this.queue;
		}

	}

	/** The built-in handlers of mail. */
	public static class Mail {

		private final SenderLogin senderLogin = new SenderLogin();

		public SenderLogin getSenderLogin() {
			return this.senderLogin;
		}

	}

	/** mail/sender-login. */
	public static class SenderLogin {

		/**
		 * Whether users send from their own addresses only where AUTH is required.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/** The built-in handlers of rcpt. */
	public static class Rcpt {

		@NestedConfigurationProperty
		private final DnsblProperties dnsbl = new DnsblProperties();

		@NestedConfigurationProperty
		private final MailboxProperties mailbox = new MailboxProperties();

		private final Relay relay = new Relay();

		public DnsblProperties getDnsbl() {
			return this.dnsbl;
		}

		public MailboxProperties getMailbox() {
			return this.mailbox;
		}

		public Relay getRelay() {
			return this.relay;
		}

	}

	/** The built-in handlers of queue. */
	public static class Queue {

		@NestedConfigurationProperty
		private final HeadersProperties headers = new HeadersProperties();

		@NestedConfigurationProperty
		private final SpamdProperties spamd = new SpamdProperties();

		@NestedConfigurationProperty
		private final MaildirProperties maildir = new MaildirProperties();

		private final QueueRelay relay = new QueueRelay();

		private final Discard discard = new Discard();

		public HeadersProperties getHeaders() {
			return this.headers;
		}

		public SpamdProperties getSpamd() {
			return this.spamd;
		}

		public MaildirProperties getMaildir() {
			return this.maildir;
		}

		public QueueRelay getRelay() {
			return this.relay;
		}

		public Discard getDiscard() {
			return this.discard;
		}

	}

	/** rcpt/relay. */
	public static class Relay {

		/**
		 * Whether the rules of relaying hold: who may send to other domains, and who from
		 * served ones.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/** queue/relay. */
	public static class QueueRelay {

		/**
		 * Whether messages for other domains are put into the queue; without it they are
		 * refused, unless a handler of the application takes them.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/** queue/discard. */
	public static class Discard {

		/**
		 * Whether to accept messages and forget them, for tests.
		 */
		private boolean enabled = false;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	@Override
	public boolean supports(Class<?> type) {
		return PropertiesCheck.supports(type);
	}

	@Override
	public void validate(Object target, Errors errors) {
		PropertiesCheck.check(target, errors);
	}

}
