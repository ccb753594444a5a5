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
import io.mailio.session.AuthMode;
import io.mailio.session.Protocol;
import io.mailio.session.TlsMode;
import io.mailio.transport.ClientAuth;
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
	private final Map<String, Listener> listeners = new LinkedHashMap<>();

	private final Limits limits = new Limits();

	private final Ssl ssl = new Ssl();

	private final Smtp smtp = new Smtp();

	private final Content content = new Content();

	private final Auth auth = new Auth();

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

	public Map<String, Listener> getListeners() {
		return this.listeners;
	}

	public Limits getLimits() {
		return this.limits;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Smtp getSmtp() {
		return this.smtp;
	}

	public Content getContent() {
		return this.content;
	}

	public Auth getAuth() {
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

	/** One of several listeners. */
	public static class Listener {

		/**
		 * Port to listen on; 0 picks a free one, published as local.mailio.[name].port.
		 */
		private @Nullable Integer port;

		/**
		 * Network address to listen on. Defaults to all addresses.
		 */
		private @Nullable InetAddress address;

		/**
		 * What it speaks: SMTP, or LMTP for delivery from a server that keeps a queue.
		 */
		private Protocol protocol = Protocol.SMTP;

		/**
		 * How it uses TLS: not, when the client asks for it with STARTTLS, or from the
		 * first octet. Defaults to STARTTLS if there is a bundle.
		 */
		private @Nullable TlsMode tls;

		/**
		 * Whether clients cannot, may, or must log in. Where they must, messages are
		 * submitted by their authors: see mail/sender-login.
		 */
		private AuthMode auth = AuthMode.OPTIONAL;

		/**
		 * Addresses and networks of proxies, such as 10.0.0.0/8, whose connections begin
		 * with a header of the PROXY protocol, version 1 or 2. None by default.
		 */
		private List<String> proxyProtocol = new ArrayList<>();

		/**
		 * SSL bundle of this listener. Defaults to mailio.ssl.bundle.
		 */
		private @Nullable String bundle;

		/**
		 * Whether clients of this listener are asked for a certificate. Defaults to
		 * mailio.ssl.client-auth.
		 */
		private @Nullable ClientAuth clientAuth;

		/**
		 * What a client of this listener may use up. What is not set is as in
		 * mailio.limits.
		 */
		private final Limits limits = new Limits();

		public @Nullable Integer getPort() {
			return this.port;
		}

		public void setPort(@Nullable Integer port) {
			this.port = port;
		}

		public @Nullable InetAddress getAddress() {
			return this.address;
		}

		public void setAddress(@Nullable InetAddress address) {
			this.address = address;
		}

		public Protocol getProtocol() {
			return this.protocol;
		}

		public void setProtocol(Protocol protocol) {
			this.protocol = protocol;
		}

		public @Nullable TlsMode getTls() {
			return this.tls;
		}

		public void setTls(@Nullable TlsMode tls) {
			this.tls = tls;
		}

		public AuthMode getAuth() {
			return this.auth;
		}

		public void setAuth(AuthMode auth) {
			this.auth = auth;
		}

		public List<String> getProxyProtocol() {
			return this.proxyProtocol;
		}

		public void setProxyProtocol(List<String> proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
		}

		public @Nullable ClientAuth getClientAuth() {
			return this.clientAuth;
		}

		public void setClientAuth(@Nullable ClientAuth clientAuth) {
			this.clientAuth = clientAuth;
		}

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public Limits getLimits() {
			return this.limits;
		}

	}

	/** What a client may use up. */
	public static class Limits {

		/**
		 * How long to wait for the next command, line, or octet of content; then 421.
		 */
		private Duration idleTimeout = Duration.ofMinutes(5);

		/**
		 * How long the content of one message may take in all; then 421.
		 */
		private Duration messageTimeout = Duration.ofMinutes(30);

		/**
		 * Least content per second, on average after the first 30 seconds; 0 for any.
		 */
		private DataSize minDataRate = DataSize.ofBytes(100);

		/**
		 * Largest message, announced by SIZE; beyond it 552.
		 */
		private DataSize messageSize = DataSize.ofMegabytes(100);

		/**
		 * Largest header section of a message; at least 1KB.
		 */
		private DataSize headerSize = DataSize.ofKilobytes(256);

		/**
		 * Longest line of content, CRLF included; at least 1000B.
		 */
		private DataSize textLine = DataSize.ofMegabytes(1);

		/**
		 * Longest command line, CRLF included; at least 512B; beyond it 500. Lines of a
		 * dialogue, for example responses to AUTH, may always have 12288 octets.
		 */
		private DataSize commandLine = DataSize.ofKilobytes(2);

		/**
		 * Most recipients of one message; beyond it 452.
		 */
		private int maxRecipients = 100;

		/**
		 * Most connections of a listener at once; beyond it 421.
		 */
		private int maxConnections = 10000;

		/**
		 * Most connections of a listener at once from one address; beyond it 421.
		 */
		private int maxConnectionsPerAddress = 100;

		/**
		 * How many commands of a session may be refused before it is closed with 421.
		 */
		private int errors = 50;

		/**
		 * How many unknown commands are answered before the session is closed with 421.
		 */
		private int unrecognizedCommands = 5;

		/**
		 * How many failed authentications are answered before the session is closed with
		 * 421.
		 */
		private int authFailures = 5;

		/**
		 * How long the reply to a failed authentication waits. Doubled with each further
		 * failure, up to eight times as long; 0 for not at all.
		 */
		private Duration authFailureDelay = Duration.ofSeconds(1);

		/**
		 * How many authentications may fail from one address within the window, over all
		 * its connections; then AUTH is answered 454. An IPv6 network of 64 bits counts
		 * as one address.
		 */
		private int authFailuresPerAddress = 20;

		/**
		 * How long failed authentications of an address are remembered, from the first.
		 */
		private Duration authFailureWindow = Duration.ofMinutes(10);

		/**
		 * How long a handler may take, unless it says otherwise; then 451.
		 */
		private Duration handlerTimeout = Duration.ofSeconds(30);

		/**
		 * How long a handler of queue may take, unless it says otherwise; then 451.
		 */
		private Duration queueTimeout = Duration.ofMinutes(5);

		public Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public Duration getMessageTimeout() {
			return this.messageTimeout;
		}

		public void setMessageTimeout(Duration messageTimeout) {
			this.messageTimeout = messageTimeout;
		}

		public DataSize getMinDataRate() {
			return this.minDataRate;
		}

		public void setMinDataRate(DataSize minDataRate) {
			this.minDataRate = minDataRate;
		}

		public DataSize getMessageSize() {
			return this.messageSize;
		}

		public void setMessageSize(DataSize messageSize) {
			this.messageSize = messageSize;
		}

		public DataSize getHeaderSize() {
			return this.headerSize;
		}

		public void setHeaderSize(DataSize headerSize) {
			this.headerSize = headerSize;
		}

		public DataSize getTextLine() {
			return this.textLine;
		}

		public void setTextLine(DataSize textLine) {
			this.textLine = textLine;
		}

		public DataSize getCommandLine() {
			return this.commandLine;
		}

		public void setCommandLine(DataSize commandLine) {
			this.commandLine = commandLine;
		}

		public int getMaxRecipients() {
			return this.maxRecipients;
		}

		public void setMaxRecipients(int maxRecipients) {
			this.maxRecipients = maxRecipients;
		}

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(int maxConnections) {
			this.maxConnections = maxConnections;
		}

		public int getMaxConnectionsPerAddress() {
			return this.maxConnectionsPerAddress;
		}

		public void setMaxConnectionsPerAddress(int maxConnectionsPerAddress) {
			this.maxConnectionsPerAddress = maxConnectionsPerAddress;
		}

		public int getErrors() {
			return this.errors;
		}

		public void setErrors(int errors) {
			this.errors = errors;
		}

		public int getUnrecognizedCommands() {
			return this.unrecognizedCommands;
		}

		public void setUnrecognizedCommands(int unrecognizedCommands) {
			this.unrecognizedCommands = unrecognizedCommands;
		}

		public int getAuthFailures() {
			return this.authFailures;
		}

		public void setAuthFailures(int authFailures) {
			this.authFailures = authFailures;
		}

		public Duration getAuthFailureDelay() {
			return this.authFailureDelay;
		}

		public void setAuthFailureDelay(Duration authFailureDelay) {
			this.authFailureDelay = authFailureDelay;
		}

		public int getAuthFailuresPerAddress() {
			return this.authFailuresPerAddress;
		}

		public void setAuthFailuresPerAddress(int authFailuresPerAddress) {
			this.authFailuresPerAddress = authFailuresPerAddress;
		}

		public Duration getAuthFailureWindow() {
			return this.authFailureWindow;
		}

		public void setAuthFailureWindow(Duration authFailureWindow) {
			this.authFailureWindow = authFailureWindow;
		}

		public Duration getHandlerTimeout() {
			return this.handlerTimeout;
		}

		public void setHandlerTimeout(Duration handlerTimeout) {
			this.handlerTimeout = handlerTimeout;
		}

		public Duration getQueueTimeout() {
			return this.queueTimeout;
		}

		public void setQueueTimeout(Duration queueTimeout) {
			this.queueTimeout = queueTimeout;
		}

	}

	/**
	 * {@code mailio.ssl.*}.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle whose keys STARTTLS uses. Without a bundle STARTTLS is
		 * not offered. When the bundle is updated, new sessions use the new keys.
		 */
		private @Nullable String bundle;

		/**
		 * SSL bundles for clients that ask for a server name (SNI); mailio.ssl.bundle is
		 * for the others.
		 */
		private List<ServerNameBundle> serverNameBundles = new ArrayList<>();

		/**
		 * Whether clients are asked for a certificate that the trust store of the bundle
		 * trusts: none, want, or need.
		 */
		private ClientAuth clientAuth = ClientAuth.NONE;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public List<ServerNameBundle> getServerNameBundles() {
			return this.serverNameBundles;
		}

		public void setServerNameBundles(List<ServerNameBundle> serverNameBundles) {
			this.serverNameBundles = serverNameBundles;
		}

		public ClientAuth getClientAuth() {
			return this.clientAuth;
		}

		public void setClientAuth(ClientAuth clientAuth) {
			this.clientAuth = clientAuth;
		}

	}

	/** {@code mailio.ssl.server-name-bundles[].*}. */
	public static class ServerNameBundle {

		/**
		 * A domain name, or *. and a domain for all names with one label more.
		 */
		private String serverName = "";

		/**
		 * SSL bundle for this name; its keys are used.
		 */
		private String bundle = "";

		public String getServerName() {
			return this.serverName;
		}

		public void setServerName(String serverName) {
			this.serverName = serverName;
		}

		public String getBundle() {
			return this.bundle;
		}

		public void setBundle(String bundle) {
			this.bundle = bundle;
		}

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

	/** Who may log in. */
	public static class Auth {

		/**
		 * Whether AUTH is offered and taken under TLS only.
		 */
		private boolean requireTls = true;

		/**
		 * Users who may log in, by name. Their passwords are plain, or encoded as
		 * {bcrypt}... where spring-security-crypto is on the class path; SCRAM is offered
		 * if all are plain. A bean that checks passwords replaces these users.
		 */
		private final Map<String, User> users = new LinkedHashMap<>();

		private final SpringSecurity springSecurity = new SpringSecurity();

		public SpringSecurity getSpringSecurity() {
			return this.springSecurity;
		}

		public boolean isRequireTls() {
			return this.requireTls;
		}

		public void setRequireTls(boolean requireTls) {
			this.requireTls = requireTls;
		}

		public Map<String, User> getUsers() {
			return this.users;
		}

	}

	/** What Spring Security does for AUTH. */
	public static class SpringSecurity {

		/**
		 * Whether beans of Spring Security let clients in: the AuthenticationManager
		 * those with passwords, the JwtDecoder or OpaqueTokenIntrospector those with
		 * bearer tokens.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/** A user who may log in. */
	public static class User {

		/**
		 * Password of the user, plain, or encoded as {bcrypt}... where
		 * spring-security-crypto is on the class path. Write {noop} before a plain
		 * password that begins with a brace.
		 */
		private @Nullable String password;

		/**
		 * Addresses that the user may send from where AUTH is required, and domains such
		 * as @example.com. Defaults to the address that is the user's name, at any served
		 * domain if it has none.
		 */
		private List<String> senders = new ArrayList<>();

		public List<String> getSenders() {
			return this.senders;
		}

		public void setSenders(List<String> senders) {
			this.senders = senders;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
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

		private final MailboxNames mailbox = new MailboxNames();

		private final Relay relay = new Relay();

		public DnsblProperties getDnsbl() {
			return this.dnsbl;
		}

		public MailboxNames getMailbox() {
			return this.mailbox;
		}

		public Relay getRelay() {
			return this.relay;
		}

	}

	/** rcpt/mailbox. */
	public static class MailboxNames {

		/**
		 * Whether recipients without a mailbox are refused at RCPT.
		 */
		private boolean enabled = true;

		/**
		 * Addresses that lead to other addresses or mailboxes.
		 */
		private List<MailboxAlias> aliases = new ArrayList<>();

		/**
		 * Mailboxes that exist: any other address that is no alias is refused. If none is
		 * listed, each address has a mailbox of its own.
		 */
		private List<String> mailboxes = new ArrayList<>();

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public List<MailboxAlias> getAliases() {
			return this.aliases;
		}

		public void setAliases(List<MailboxAlias> aliases) {
			this.aliases = aliases;
		}

		public List<String> getMailboxes() {
			return this.mailboxes;
		}

		public void setMailboxes(List<String> mailboxes) {
			this.mailboxes = mailboxes;
		}

	}

	/** An alias of rcpt/mailbox. */
	public static class MailboxAlias {

		/**
		 * Address such as sales@example.com; or a domain such as @example.com for all its
		 * addresses that are neither aliases nor mailboxes.
		 */
		private String address = "";

		/**
		 * Aliases or mailboxes that mail for the address goes to; behind a domain also
		 * another domain, where the same names are.
		 */
		private List<String> to = new ArrayList<>();

		public String getAddress() {
			return this.address;
		}

		public void setAddress(String address) {
			this.address = address;
		}

		public List<String> getTo() {
			return this.to;
		}

		public void setTo(List<String> to) {
			this.to = to;
		}

	}

	/** The built-in handlers of queue. */
	public static class Queue {

		@NestedConfigurationProperty
		private final HeadersProperties headers = new HeadersProperties();

		@NestedConfigurationProperty
		private final SpamdProperties spamd = new SpamdProperties();

		private final Maildir maildir = new Maildir();

		private final QueueRelay relay = new QueueRelay();

		private final Discard discard = new Discard();

		public HeadersProperties getHeaders() {
			return this.headers;
		}

		public SpamdProperties getSpamd() {
			return this.spamd;
		}

		public Maildir getMaildir() {
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

	/** queue/maildir. */
	public static class Maildir {

		/**
		 * Whether to keep messages for the served domains in maildirs.
		 */
		private boolean enabled = true;

		/**
		 * Maildir of a recipient: %d is the domain, %n the local part.
		 */
		private String mailDir = "./mailio/maildir/%d/%n";

		/**
		 * Whether users who are logged in get a copy of what they send in their folder
		 * Sent.
		 */
		private boolean sent = true;

		/**
		 * Whether spam goes into the folder Junk: messages that have the base score of
		 * queue/spamd or more.
		 */
		private boolean junk = true;

		/**
		 * Whether the mailboxes of one message share one file, where the file system can
		 * do that.
		 */
		private boolean hardLinks = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public String getMailDir() {
			return this.mailDir;
		}

		public void setMailDir(String mailDir) {
			this.mailDir = mailDir;
		}

		public boolean isSent() {
			return this.sent;
		}

		public void setSent(boolean sent) {
			this.sent = sent;
		}

		public boolean isJunk() {
			return this.junk;
		}

		public void setJunk(boolean junk) {
			this.junk = junk;
		}

		public boolean isHardLinks() {
			return this.hardLinks;
		}

		public void setHardLinks(boolean hardLinks) {
			this.hardLinks = hardLinks;
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
