/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.mailio.RelaySpec;
import io.mailio.SmartHostAccess;
import io.mailio.SmtpRelay;
import io.mailio.plugin.rcpt.RelayRules;
import io.mailio.queue.FileQueue;
import io.mailio.queue.FileQueueOptions;
import io.mailio.relay.LocalDelivery;
import io.mailio.relay.RelayListener;
import io.mailio.relay.RelayOptions;
import io.mailio.relay.RetrySchedule;
import io.mailio.relay.RoutingOptions;
import io.mailio.relay.RoutingRule;
import io.mailio.relay.SmartHost;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Turns the properties of sending, and the beans that take part, into a relay. */
final class RelayFactory {

	static final String BUNDLE = "mailio.relay.tls.bundle";

	private final RelayProperties properties;

	private final QueueProperties queue;

	private final ObjectProvider<SslBundles> bundles;

	RelayFactory(MailioProperties properties, ObjectProvider<SslBundles> bundles) {
		this.properties = properties.getRelay();
		this.queue = properties.getQueue();
		this.bundles = bundles;
	}

	void configure(RelaySpec spec, ObjectProvider<RelaySpec.QueueSource> queues, ObjectProvider<LocalDelivery> local,
			ObjectProvider<RelayListener> listeners) {
		configure(spec);
		spec.queue(queues.getIfAvailable(() -> fileQueue(this.queue)));
		local.ifAvailable(spec::local);
		// Later: a listener may want to know the server, or its relay.
		spec.listeners(() -> listeners.orderedStream().toList());
	}

	private void configure(RelaySpec spec) {
		spec.rules(new RelayRules(true, this.properties.isAllowUnauthenticated(), this.properties.isOpenRelay()))
			.options(options(this.properties))
			.maxReturned(this.properties.getMaxReturnedSize().toBytes())
			.tls(this.properties.getTls().getPolicy());
		PropertyMapper.get().from(this.properties::getHostname).to(spec::hostname);
		String bundle = this.properties.getTls().getBundle();
		if (StringUtils.hasText(bundle)) {
			spec.trust(BundledTls.trust(BUNDLE, bundle, this.bundles.getObject()));
		}
		Map<String, SmartHostAccess> smartHosts = new LinkedHashMap<>();
		spec.routing(routing(smartHosts));
		smartHosts.values().forEach(spec::smartHost);
		this.properties.getSmartHosts().forEach((name, host) -> {
			String property = "mailio.relay.smart-hosts." + name;
			smartHost(property, host, smartHosts);
			spec.smartHost(name, named(property, host));
		});
	}

	/** Trusts whom the bundle trusts, whenever it is updated. */
	void follow(SmtpRelay relay) {
		String bundle = this.properties.getTls().getBundle();
		if (StringUtils.hasText(bundle)) {
			BundledTls.followTrust(BUNDLE, bundle, this.bundles.getObject(), relay::updateTrust);
		}
	}

	static RelayOptions options(RelayProperties properties) {
		RelayProperties.Retry retry = properties.getRetry();
		return new RelayOptions(properties.getConcurrency(), properties.getPerDestination().getConcurrency(),
				properties.getPerDestination().getMessagesPerMinute(),
				new RetrySchedule(retry.getBaseInterval(), retry.getMaxInterval(), retry.getMaxAge()),
				properties.getDelayNotice());
	}

	static RelaySpec.QueueSource fileQueue(QueueProperties queue) {
		FileQueueOptions options = switch (queue.getType()) {
			case FILE -> new FileQueueOptions(queue.getDirectory(), queue.getSegmentSize().toBytes(),
					Math.toIntExact(queue.getContentThreshold().toBytes()), queue.getMinFreeSpace().toBytes());
			case JDBC -> throw withoutDatabase();
		};
		return () -> FileQueue.open(options);
	}

	/** There would be a queue if everything that it needs were there. */
	private static ServerConfigurationException withoutDatabase() {
		boolean library = ClassUtils.isPresent("org.springframework.jdbc.core.JdbcTemplate", null)
				&& ClassUtils.isPresent("org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer", null);
		return library ? new ServerConfigurationException(
				"'mailio.queue.type' is 'jdbc', but the application has no DataSource, or has several of which "
						+ "none is primary.",
				"Set 'spring.datasource.url', or define a DataSource bean, or make one of them primary; or keep "
						+ "the queue in files with 'mailio.queue.type=file'.",
				null)
				: new ServerConfigurationException(
						"'mailio.queue.type' is 'jdbc', but Spring's JDBC is not on the class path.",
						"Add spring-boot-starter-jdbc and the driver of the database; or keep the queue in files with "
								+ "'mailio.queue.type=file'.",
						null);
	}

	/** Where mail waits, for the log. */
	static String place(QueueProperties queue, RelaySpec.@Nullable QueueSource source) {
		if (source != null) {
			return (source instanceof JdbcQueueSource) ? source.toString() : "the queue of the application";
		}
		return queue.getDirectory().toAbsolutePath().normalize().toString();
	}

	/** Where mail goes, for the log. */
	static String way(RelayProperties relay) {
		SmartHostAccess access = new SmartHostSettings(relay.getSmartHost(), relay.getTls().getPolicy()).access();
		String way = (access != null) ? "through " + access.host().host() + " port " + access.host().port()
				: "to the mail exchangers of their domains";
		int routes = relay.getRoutes().size();
		return (routes == 0) ? way : way + ((routes == 1) ? ", but for one route" : ", but for " + routes + " routes");
	}

	private RoutingOptions routing(Map<String, SmartHostAccess> smartHosts) {
		List<RoutingRule> rules = new ArrayList<>();
		for (int i = 0; i < this.properties.getRoutes().size(); i++) {
			RelayProperties.Route route = this.properties.getRoutes().get(i);
			rules.add(new RoutingRule(route.getRecipientDomain(), route.getSenderDomain(),
					smartHost("mailio.relay.routes[" + i + "]", route, smartHosts)));
		}
		smartHost("mailio.relay.smart-host", this.properties.getSmartHost(), smartHosts)
			.ifPresent((host) -> rules.add(RoutingRule.all(host)));
		RoutingOptions defaults = RoutingOptions.defaults();
		return new RoutingOptions(rules, this.properties.getPort(), this.properties.isAllowPrivateTargets(),
				defaults.addressOrder(), defaults.maxHosts(), defaults.maxAddresses());
	}

	private SmartHostAccess named(String property, RelayProperties.SmartHost properties) {
		SmartHostAccess access = access(properties);
		if (access == null) {
			throw new ServerConfigurationException("The smart host '" + property + "' has no host.",
					"Set '" + property + ".host', or remove the name.", null);
		}
		return access;
	}

	private @Nullable SmartHostAccess access(RelayProperties.SmartHost properties) {
		return new SmartHostSettings(properties, this.properties.getTls().getPolicy()).access();
	}

	/** The relay knows a smart host by its name and port alone. */
	private Optional<SmartHost> smartHost(String property, RelayProperties.SmartHost properties,
			Map<String, SmartHostAccess> smartHosts) {
		SmartHostAccess access = access(properties);
		if (access == null) {
			return Optional.empty();
		}
		@Nullable SmartHostAccess other = smartHosts.putIfAbsent(access.host().destination(), access);
		if (other != null && !other.equals(access)) {
			throw new ServerConfigurationException(
					"'" + property + "' names the smart host " + access.host().destination()
							+ " that another property of 'mailio.relay' names with another login or TLS.",
					"Give both the same 'username', 'password' and 'tls', or another name of the host to one of them.",
					null);
		}
		return Optional.of(access.host());
	}

}
