/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Who may log in. */
public class AuthProperties {

	/**
	 * Whether AUTH is offered and taken under TLS only.
	 */
	private boolean requireTls = true;

	/**
	 * Users who may log in, by name. Their passwords are plain, or encoded as {bcrypt}...
	 * where spring-security-crypto is on the class path; SCRAM is offered if all are
	 * plain. A bean that checks passwords replaces these users.
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

}
