/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.mailio.relay.TlsPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/** The properties below {@code mailio.relay}: how mail is sent. */
public class RelayProperties {

	/**
	 * Whether mail is sent to other servers, for users who are logged in and for the
	 * application.
	 */
	private boolean enabled = true;

	/**
	 * Whether clients may send without being logged in, from served domains to
	 * everywhere. Set it only where nobody but friends can reach the server.
	 */
	private boolean allowUnauthenticated = false;

	/**
	 * Whether mail to others may come from senders of any domain, instead of served ones
	 * only.
	 */
	private boolean openRelay = false;

	/**
	 * Name that we give in EHLO to other servers. Defaults to that of the server.
	 */
	private @Nullable String hostname;

	/**
	 * Port of the mail exchangers of other domains.
	 */
	private int port = 25;

	/**
	 * Whether mail may go to private and loopback addresses because the DNS or a
	 * recipient says so. Smart hosts may always have them.
	 */
	private boolean allowPrivateTargets = false;

	/**
	 * How many messages are under way at a time.
	 */
	private int concurrency = 200;

	/**
	 * After what time a sender is told that a message still waits; 0 for never.
	 */
	private Duration delayNotice = Duration.ofHours(4);

	/**
	 * Larger messages are returned to their sender without their content.
	 */
	private DataSize maxReturnedSize = DataSize.ofMegabytes(1);

	private final PerDestination perDestination = new PerDestination();

	private final Retry retry = new Retry();

	private final Tls tls = new Tls();

	private final SmartHost smartHost = new SmartHost();

	/**
	 * Smart hosts that handlers of route choose by their names.
	 */
	private final Map<String, SmartHost> smartHosts = new LinkedHashMap<>();

	/**
	 * Which mail goes through which smart host; the first that matches counts, then
	 * mailio.relay.smart-host. A route without a host means the mail exchangers of the
	 * domain.
	 */
	private List<Route> routes = new ArrayList<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isAllowUnauthenticated() {
		return this.allowUnauthenticated;
	}

	public void setAllowUnauthenticated(boolean allowUnauthenticated) {
		this.allowUnauthenticated = allowUnauthenticated;
	}

	public boolean isOpenRelay() {
		return this.openRelay;
	}

	public void setOpenRelay(boolean openRelay) {
		this.openRelay = openRelay;
	}

	public @Nullable String getHostname() {
		return this.hostname;
	}

	public void setHostname(@Nullable String hostname) {
		this.hostname = hostname;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public boolean isAllowPrivateTargets() {
		return this.allowPrivateTargets;
	}

	public void setAllowPrivateTargets(boolean allowPrivateTargets) {
		this.allowPrivateTargets = allowPrivateTargets;
	}

	public int getConcurrency() {
		return this.concurrency;
	}

	public void setConcurrency(int concurrency) {
		this.concurrency = concurrency;
	}

	public Duration getDelayNotice() {
		return this.delayNotice;
	}

	public void setDelayNotice(Duration delayNotice) {
		this.delayNotice = delayNotice;
	}

	public DataSize getMaxReturnedSize() {
		return this.maxReturnedSize;
	}

	public void setMaxReturnedSize(DataSize maxReturnedSize) {
		this.maxReturnedSize = maxReturnedSize;
	}

	public PerDestination getPerDestination() {
		return this.perDestination;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Tls getTls() {
		return this.tls;
	}

	public SmartHost getSmartHost() {
		return this.smartHost;
	}

	public Map<String, SmartHost> getSmartHosts() {
		return this.smartHosts;
	}

	public List<Route> getRoutes() {
		return this.routes;
	}

	public void setRoutes(List<Route> routes) {
		this.routes = routes;
	}

	/** {@code mailio.relay.per-destination.*}. */
	public static class PerDestination {

		/**
		 * How many messages are under way to one destination, most often a domain. Fewer
		 * while it has trouble.
		 */
		private int concurrency = 20;

		/**
		 * How many messages are begun for one destination in a minute; 0 for any number.
		 */
		private int messagesPerMinute = 0;

		public int getConcurrency() {
			return this.concurrency;
		}

		public void setConcurrency(int concurrency) {
			this.concurrency = concurrency;
		}

		public int getMessagesPerMinute() {
			return this.messagesPerMinute;
		}

		public void setMessagesPerMinute(int messagesPerMinute) {
			this.messagesPerMinute = messagesPerMinute;
		}

	}

	/** {@code mailio.relay.retry.*}. */
	public static class Retry {

		/**
		 * How long to wait after the first attempt. After the n-th attempt it is n times
		 * n times as long, and a tenth more or less.
		 */
		private Duration baseInterval = Duration.ofSeconds(60);

		/**
		 * How long to wait at most.
		 */
		private Duration maxInterval = Duration.ofHours(4);

		/**
		 * How long a message is tried before it is returned to its sender.
		 */
		private Duration maxAge = Duration.ofHours(48);

		public Duration getBaseInterval() {
			return this.baseInterval;
		}

		public void setBaseInterval(Duration baseInterval) {
			this.baseInterval = baseInterval;
		}

		public Duration getMaxInterval() {
			return this.maxInterval;
		}

		public void setMaxInterval(Duration maxInterval) {
			this.maxInterval = maxInterval;
		}

		public Duration getMaxAge() {
			return this.maxAge;
		}

		public void setMaxAge(Duration maxAge) {
			this.maxAge = maxAge;
		}

	}

	/** {@code mailio.relay.tls.*}. */
	public static class Tls {

		/**
		 * Whether mail goes to other servers over TLS: none, opportunistic (if it is
		 * offered, without a look at the certificate), required, or verified (with a
		 * trusted certificate that names the host, or not at all).
		 */
		private TlsPolicy policy = TlsPolicy.OPPORTUNISTIC;

		/**
		 * SSL bundle whose trust store says who may certify other servers. Defaults to
		 * whom the JVM trusts. Read at start.
		 */
		private @Nullable String bundle;

		public TlsPolicy getPolicy() {
			return this.policy;
		}

		public void setPolicy(TlsPolicy policy) {
			this.policy = policy;
		}

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/** {@code mailio.relay.smart-host.*}. */
	public static class SmartHost {

		/**
		 * A host name, of which no mail exchanger is asked for, or an address. Without
		 * it, mail goes to the mail exchangers of its domain.
		 */
		private @Nullable String host;

		/**
		 * Its port. Defaults to 465 with tls=implicit, 587 with a user name, 25
		 * otherwise.
		 */
		private @Nullable Integer port;

		/**
		 * User name to log in with; without it nobody logs in.
		 */
		private @Nullable String username;

		/**
		 * Password to log in with.
		 */
		private @Nullable String password;

		/**
		 * Whether mail goes there over TLS. Defaults to implicit at port 465, verified
		 * with a user name, and mailio.relay.tls.policy otherwise.
		 */
		private @Nullable SmartHostTls tls;

		public @Nullable String getHost() {
			return this.host;
		}

		public void setHost(@Nullable String host) {
			this.host = host;
		}

		public @Nullable Integer getPort() {
			return this.port;
		}

		public void setPort(@Nullable Integer port) {
			this.port = port;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public @Nullable SmartHostTls getTls() {
			return this.tls;
		}

		public void setTls(@Nullable SmartHostTls tls) {
			this.tls = tls;
		}

	}

	/** {@code mailio.relay.routes[].*}: a smart host for some of the mail. */
	public static class Route extends SmartHost {

		/**
		 * Domain of the recipients: a domain, *. and a domain for those below it, or *
		 * for all.
		 */
		private String recipientDomain = "*";

		/**
		 * Domain of the senders, written like that of the recipients; only * means the
		 * null sender.
		 */
		private String senderDomain = "*";

		public String getRecipientDomain() {
			return this.recipientDomain;
		}

		public void setRecipientDomain(String recipientDomain) {
			this.recipientDomain = recipientDomain;
		}

		public String getSenderDomain() {
			return this.senderDomain;
		}

		public void setSenderDomain(String senderDomain) {
			this.senderDomain = senderDomain;
		}

	}

	/** How a smart host is spoken to. */
	public enum SmartHostTls {

		/** Without TLS. */
		NONE,

		/** With TLS if it is offered, without a look at the certificate. */
		OPPORTUNISTIC,

		/** With TLS or not at all, without a look at the certificate. */
		REQUIRED,

		/** With STARTTLS and a certificate that is trusted and names the host. */
		VERIFIED,

		/**
		 * With TLS from the first octet and such a certificate (RFC 8314 section 3.3).
		 */
		IMPLICIT

	}

}
