/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import javax.net.ssl.TrustManagerFactory;

import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.queue.MessageQueue;
import io.mailio.relay.DeliveryStatusNotifications;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.SmartHost;
import io.mailio.relay.SmtpTimeouts;
import io.mailio.relay.TlsPolicy;
import io.mailio.smtp.AddressParser;
import org.jspecify.annotations.Nullable;

/**
 * Says how a server sends mail: who may send it, where it waits, where it goes and how
 * often that is tried. Each method returns this same object. Used by one thread.
 */
public final class RelaySpec {

	/** Where mail waits, unless configured otherwise. */
	public static final String DEFAULT_DIRECTORY = "./mailio/queue";

	/** Opens the queue when the server starts. */
	@FunctionalInterface
	public interface QueueSource {

		/**
		 * Opens the queue; the server closes it when it stops.
		 * @throws IOException if that is not possible, with a text that says what to do
		 */
		MessageQueue open() throws IOException;

	}

	private RelayRules rules = RelayRules.DEFAULTS;

	private QueueSource queue = () -> FileQueue.open(FileQueueOptions.in(Path.of(DEFAULT_DIRECTORY)));

	private @Nullable String hostname;

	private RelayOptions options = RelayOptions.DEFAULTS;

	private RoutingOptions routing = RoutingOptions.defaults();

	private TlsPolicy tls = TlsPolicy.OPPORTUNISTIC;

	private @Nullable TrustManagerFactory trust;

	private SmtpTimeouts timeouts = SmtpTimeouts.DEFAULTS;

	private final List<SmartHostAccess> smartHosts = new ArrayList<>();

	private final Map<String, SmartHost> named = new LinkedHashMap<>();

	private @Nullable LocalDelivery local;

	private final List<Supplier<List<RelayListener>>> listeners = new ArrayList<>();

	private long maxReturned = DeliveryStatusNotifications.DEFAULT_MAX_RETURNED;

	RelaySpec() {
	}

	/** What a server was built with stays as it is when the builder is used again. */
	RelaySpec(RelaySpec other) {
		this.rules = other.rules;
		this.queue = other.queue;
		this.hostname = other.hostname;
		this.options = other.options;
		this.routing = other.routing;
		this.tls = other.tls;
		this.trust = other.trust;
		this.timeouts = other.timeouts;
		this.smartHosts.addAll(other.smartHosts);
		this.named.putAll(other.named);
		this.local = other.local;
		this.listeners.addAll(other.listeners);
		this.maxReturned = other.maxReturned;
	}

	/** Who may send mail where; the default is {@link RelayRules#DEFAULTS}. */
	public RelaySpec rules(RelayRules rules) {
		this.rules = rules;
		return this;
	}

	/** The directory of the queue; the default is {@value #DEFAULT_DIRECTORY}. */
	public RelaySpec directory(Path directory) {
		return queue(() -> FileQueue.open(FileQueueOptions.in(directory)));
	}

	/** Where messages wait, if not in a directory with the default options. */
	public RelaySpec queue(QueueSource queue) {
		this.queue = queue;
		return this;
	}

	/**
	 * Our name for EHLO to other servers; the default is that of the server.
	 * @throws IllegalArgumentException if it is neither a domain name nor an address
	 * literal
	 */
	public RelaySpec hostname(String hostname) {
		if (!AddressParser.isDomain(hostname)) {
			throw new IllegalArgumentException("The host name '" + hostname + "' is not a domain name");
		}
		this.hostname = hostname;
		return this;
	}

	/** How much is sent at a time, and when it is tried again. */
	public RelaySpec options(RelayOptions options) {
		this.options = options;
		return this;
	}

	/** How ways are chosen; the default is by the DNS alone. */
	public RelaySpec routing(RoutingOptions routing) {
		this.routing = routing;
		return this;
	}

	/**
	 * Whether mail goes to mail exchangers over TLS; the default is
	 * {@link TlsPolicy#OPPORTUNISTIC}.
	 */
	public RelaySpec tls(TlsPolicy tls) {
		this.tls = tls;
		return this;
	}

	/** Who is trusted to certify other servers; the default is whom the JVM trusts. */
	public RelaySpec trust(TrustManagerFactory trust) {
		this.trust = trust;
		return this;
	}

	/** How long other servers are waited for (RFC 5321 section 4.5.3.2). */
	public RelaySpec timeouts(SmtpTimeouts timeouts) {
		this.timeouts = timeouts;
		return this;
	}

	/** How a smart host that routing rules name is spoken to. */
	public RelaySpec smartHost(SmartHostAccess access) {
		this.smartHosts.add(access);
		return this;
	}

	/**
	 * A smart host that handlers of {@code route} may choose by its name
	 * ({@link io.mailio.handler.RouteDecision#smartHost}). It may have any address.
	 * @param name the name, unique
	 * @param access how it is spoken to
	 * @throws IllegalArgumentException if the name was given before
	 */
	public RelaySpec smartHost(String name, SmartHostAccess access) {
		if (this.named.putIfAbsent(name, access.host()) != null) {
			throw new IllegalArgumentException("There are two smart hosts '" + name + "'");
		}
		return smartHost(access);
	}

	/**
	 * Who puts mail from the queue into mailboxes of this server; the default is the
	 * maildir of the server, for the served domains.
	 */
	public RelaySpec local(LocalDelivery local) {
		this.local = local;
		return this;
	}

	/** Who hears what becomes of messages. */
	public RelaySpec listener(RelayListener listener) {
		return listeners(() -> List.of(listener));
	}

	/**
	 * Who hears what becomes of messages, asked for with each start of the server: so
	 * listeners may know the server, which has to be built before.
	 */
	public RelaySpec listeners(Supplier<List<RelayListener>> listeners) {
		this.listeners.add(listeners);
		return this;
	}

	/**
	 * How many octets a message may have to be returned as a whole to its sender; the
	 * default is 1 MiB.
	 */
	public RelaySpec maxReturned(long maxReturned) {
		this.maxReturned = maxReturned;
		return this;
	}

	RelayRules rules() {
		return this.rules;
	}

	QueueSource queue() {
		return this.queue;
	}

	@Nullable String hostname() {
		return this.hostname;
	}

	RelayOptions options() {
		return this.options;
	}

	RoutingOptions routing() {
		return this.routing;
	}

	TlsPolicy tls() {
		return this.tls;
	}

	@Nullable TrustManagerFactory trust() {
		return this.trust;
	}

	SmtpTimeouts timeouts() {
		return this.timeouts;
	}

	List<SmartHostAccess> smartHosts() {
		return this.smartHosts;
	}

	/** The smart hosts that have names. */
	Map<String, SmartHost> namedSmartHosts() {
		return this.named;
	}

	@Nullable LocalDelivery local() {
		return this.local;
	}

	List<RelayListener> listeners() {
		return this.listeners.stream().flatMap((some) -> some.get().stream()).toList();
	}

	long maxReturned() {
		return this.maxReturned;
	}

}
