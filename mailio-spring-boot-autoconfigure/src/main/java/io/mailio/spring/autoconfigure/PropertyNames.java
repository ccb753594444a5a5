/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.IgnoreTopLevelConverterNotFoundBindHandler;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Finds the properties that nothing reads, most likely because they are misspelt: a wrong
 * name must not leave a door open. What belongs to handlers is free. Of environment
 * variables only the first word and users are looked at: where longer words end in them
 * cannot be known. Values are not told, they may be secrets.
 */
final class PropertyNames {

	private static final Logger logger = LoggerFactory.getLogger(PropertyNames.class);

	private static final String USERS = "mailio.auth.users";

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("mailio");

	private static final Map<String, Bindable<?>> SECTIONS = sections();

	private static final Pattern IN_BRACKETS = Pattern.compile("\\[[^\\]]*]");

	/** What Spring takes as it is in a name without brackets, and the dots between. */
	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]*");

	private final ConfigurableEnvironment environment;

	private final Binder binder;

	PropertyNames(ConfigurableEnvironment environment) {
		this.environment = environment;
		this.binder = Binder.get(environment);
	}

	private static Map<String, Bindable<?>> sections() {
		Map<String, Bindable<?>> sections = new LinkedHashMap<>();
		sections.put("mailio.listeners", Bindable.mapOf(String.class, ListenerProperties.class));
		sections.put(USERS, Bindable.mapOf(String.class, AuthProperties.User.class));
		sections.put("mailio.auth", Bindable.of(AuthProperties.class));
		sections.put("mailio.ssl", Bindable.of(SslProperties.class));
		sections.put("mailio.limits", Bindable.of(LimitsProperties.class));
		sections.put("mailio.smtp", Bindable.of(MailioProperties.Smtp.class));
		sections.put("mailio.content", Bindable.of(MailioProperties.Content.class));
		sections.put("mailio.dns", Bindable.of(MailioProperties.Dns.class));
		sections.put("mailio.relay", Bindable.of(RelayProperties.class));
		sections.put("mailio.queue", Bindable.of(QueueProperties.class));
		return sections;
	}

	/**
	 * Checks them.
	 * @throws ServerConfigurationException if some are not known
	 */
	void check() {
		checkUserNames();
		checkSections();
		SECTIONS.forEach(this::checkKnown);
		warnOfPortBesideListeners();
		warnOfHandlerThatIsOff("mailio.handlers.queue.spamd", List.of("host", "enabled"));
		warnOfHandlerThatIsOff("mailio.handlers.connect.early-talker", List.of("enabled"));
	}

	/**
	 * What stands behind {@code mailio.}. Environment variables are warned of only: where
	 * a service of a cluster is called mailio, there are some that nobody here has set.
	 */
	private void checkSections() {
		Set<String> known = properties(MailioProperties.class).keySet();
		Map<String, ConfigurationProperty> unknown = new TreeMap<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource names) {
				names.stream()
					.filter((name) -> PREFIX.isAncestorOf(name) && !known.contains(name.getElement(1, Form.UNIFORM)))
					.map(names::getConfigurationProperty)
					.filter(Objects::nonNull)
					.forEach((property) -> unknown.putIfAbsent(property.getName().toString(), property));
			}
		}
		unknown.values().removeIf(PropertyNames::isWarnedOf);
		if (!unknown.isEmpty()) {
			throw new ServerConfigurationException(describe(unknown.values()),
					"Correct or remove what is not known below 'mailio'.", null);
		}
	}

	private static boolean isWarnedOf(ConfigurationProperty property) {
		boolean isVariable = property.getSource() != null && isVariables(property.getSource());
		if (isVariable) {
			logger.warn(describe(property));
		}
		return isVariable;
	}

	/**
	 * Outside of brackets Spring drops what is no letter, digit, hyphen or underscore.
	 */
	private void checkUserNames() {
		for (PropertySource<?> source : this.environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> names && !isFromEnvironment(source)) {
				for (String name : names.getPropertyNames()) {
					checkUserName(name);
				}
			}
		}
	}

	private static void checkUserName(String property) {
		boolean isUsers = property.toLowerCase(Locale.ROOT).startsWith(USERS + ".");
		if (isUsers && !PLAIN.matcher(IN_BRACKETS.matcher(property).replaceAll("")).matches()) {
			throw new ServerConfigurationException("The name of the user in '" + property
					+ "' would lose characters, and nobody could log in with it.", bracketsAdvice(), null);
		}
	}

	private static String bracketsAdvice() {
		return "Write the name of a user that has other characters than letters, digits, hyphens and underscores in brackets: '"
				+ USERS + "[jane@foo.com].password', in YAML '\"[jane@foo.com]\": {password: …}' with the quotes.";
	}

	private void checkKnown(String section, Bindable<?> target) {
		try {
			this.binder.bind(section, target, new NoUnboundElementsBindHandler(
					new IgnoreTopLevelConverterNotFoundBindHandler(), (source) -> isLookedAt(source, section)));
		}
		catch (BindException ex) {
			// Not as the cause: its message holds the values.
			if (!(ex.getCause() instanceof UnboundConfigurationPropertiesException unbound)) {
				throw ex;
			}
			List<ConfigurationProperty> unknown = unbound.getUnboundProperties()
				.stream()
				.filter((property) -> !isDefault(property))
				.toList();
			if (!unknown.isEmpty()) {
				throw unknown(section, unknown);
			}
		}
	}

	/** An empty value is the default: nothing is bound then. */
	private boolean isDefault(ConfigurationProperty property) {
		return unknownElement(property.getName()) == null
				&& this.environment.resolvePlaceholders(String.valueOf(property.getValue())).isBlank();
	}

	private static boolean isLookedAt(ConfigurationPropertySource source, String section) {
		return section.equals(USERS) || !isVariables(source);
	}

	private static boolean isVariables(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> underlying && isFromEnvironment(underlying);
	}

	private static boolean isFromEnvironment(PropertySource<?> source) {
		return source instanceof SystemEnvironmentPropertySource;
	}

	private static ServerConfigurationException unknown(String section, List<ConfigurationProperty> unknown) {
		boolean user = unknown.stream()
			.anyMatch((property) -> ConfigurationPropertyName.of(USERS).isAncestorOf(property.getName()));
		return new ServerConfigurationException(describe(unknown),
				"Correct or remove what is not known below '" + section + "'." + (user ? " " + bracketsAdvice() : ""),
				null);
	}

	private static String describe(Collection<ConfigurationProperty> unknown) {
		return unknown.stream().map(PropertyNames::describe).collect(Collectors.joining(System.lineSeparator()));
	}

	private static String describe(ConfigurationProperty property) {
		String element = unknownElement(property.getName());
		return described(property) + ((element != null) ? ": " + element : " is not known.");
	}

	/**
	 * Goes down as far as the names are right.
	 * @return what is wrong with the first that is not, {@code null} if all are right
	 */
	private static @Nullable String unknownElement(ConfigurationPropertyName name) {
		ResolvableType type = ResolvableType.forClass(MailioProperties.class);
		for (int i = 1; i < name.getNumberOfElements(); i++) {
			if (Map.class.isAssignableFrom(type.toClass())) {
				type = type.asMap().getGeneric(1);
			}
			else if (List.class.isAssignableFrom(type.toClass())) {
				type = type.asCollection().getGeneric(0);
			}
			else {
				Map<String, ResolvableType> known = properties(type.toClass());
				String element = name.getElement(i, Form.DASHED);
				ResolvableType next = known.get(element);
				if (next == null) {
					return "'" + element + "' is not known here, only " + String.join(", ", known.keySet()) + "."
							+ NearestName.of(element, known.keySet())
								.map((nearest) -> " Did you mean '" + nearest + "'?")
								.orElse("");
				}
				type = next;
			}
		}
		return null;
	}

	/** The properties of a bean by their names with dashes. */
	static Map<String, ResolvableType> properties(Class<?> type) {
		Map<String, ResolvableType> properties = new TreeMap<>();
		for (var property : BeanUtils.getPropertyDescriptors(type)) {
			if (!property.getName().equals("class")) {
				properties.put(DataObjectPropertyName.toDashedForm(property.getName()),
						ResolvableType.forMethodReturnType(Objects.requireNonNull(property.getReadMethod())));
			}
		}
		return properties;
	}

	private static String described(ConfigurationProperty property) {
		return "'" + property.getName() + "'"
				+ ((property.getOrigin() != null) ? " (" + property.getOrigin() + ")" : "");
	}

	private void warnOfPortBesideListeners() {
		if (!this.binder.bind("mailio.listeners", Bindable.mapOf(String.class, Object.class)).isBound()) {
			return;
		}
		for (String property : List.of("mailio.port", "mailio.address")) {
			if (this.binder.bind(property, String.class).isBound()) {
				logger.warn("'{}' is set, but counts for nothing: the server listens where 'mailio.listeners' says. "
						+ "Remove it, or make it a listener of its own.", property);
			}
		}
	}

	private void warnOfHandlerThatIsOff(String handler, List<String> switches) {
		Map<String, String> set = this.binder.bind(handler, Bindable.mapOf(String.class, String.class))
			.orElseGet(Map::of);
		boolean isOn = switches.stream()
			.anyMatch((name) -> this.binder.bind(handler + "." + name, String.class).isBound());
		if (!set.isEmpty() && !isOn) {
			logger.warn("What is set below '{}' ({}) counts for nothing: the handler is on only with '{}'.", handler,
					String.join(", ", set.keySet()),
					switches.stream()
						.map((name) -> name.equals("enabled") ? "enabled=true" : name)
						.collect(Collectors.joining("' or '")));
		}
	}

}
