/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.util.ClassUtils;

/**
 * A password as it is configured: plain, perhaps with <code>{noop}</code> before it; or,
 * where spring-security-crypto is on the class path, encoded as <code>{bcrypt}…</code>
 * and the other ids of its delegating encoder.
 */
interface UserPassword {

	/** Whether somebody gave this password. */
	boolean is(String given);

	/** Whether comparing takes long on purpose: not on an event loop. */
	boolean isSlow();

	/** The password itself, {@code null} if only its encoding is known. */
	@Nullable String plainText();

	/**
	 * Reads a configured password that has no {@link #problemOf problem}.
	 * @param configured the password
	 */
	static UserPassword of(String configured) {
		String id = Prefix.of(configured);
		if (id == null || id.equals(Prefix.PLAIN)) {
			return new Plain((id != null) ? configured.substring(id.length()) : configured);
		}
		return new Encoded(configured);
	}

	/**
	 * Says why a configured password cannot be one, without telling it.
	 * @param configured the password, {@code null} if there is none
	 * @return the reason, {@code null} if there is nothing wrong
	 */
	static @Nullable String problemOf(@Nullable String configured) {
		String id = (configured != null) ? Prefix.of(configured) : null;
		if (configured == null || configured.isEmpty() || configured.equals(Prefix.PLAIN)) {
			return "must not be empty";
		}
		if (id == null || id.equals(Prefix.PLAIN)) {
			return null;
		}
		if (!ClassUtils.isPresent(Prefix.ENCODER, null)) {
			return "begins with " + id + ", but encoded passwords need spring-security-crypto on the class path."
					+ Prefix.WAY_OUT;
		}
		return new Encoded(configured).isReadable() ? null : "begins with " + id
				+ ", but is nothing that an encoder of Spring Security can read." + Prefix.WAY_OUT;
	}

	/** The id of an encoder in braces. */
	final class Prefix {

		private static final String PLAIN = "{noop}";

		private static final String ENCODER = "org.springframework.security.crypto.factory.PasswordEncoderFactories";

		private static final String WAY_OUT = " Write {noop} before a plain password that begins with a brace";

		private static final Pattern ID = Pattern.compile("\\{[^{}]*}");

		private Prefix() {
		}

		private static @Nullable String of(String configured) {
			Matcher matcher = ID.matcher(configured);
			return matcher.lookingAt() ? matcher.group() : null;
		}

	}

	/** Compared octet by octet, in a time that does not tell how many are right. */
	final class Plain implements UserPassword {

		private final String plainText;

		private final byte[] password;

		Plain(String password) {
			this.plainText = password;
			this.password = password.getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public boolean is(String given) {
			boolean same = MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), this.password);
			return same && this.password.length > 0;
		}

		@Override
		public boolean isSlow() {
			return false;
		}

		@Override
		public String plainText() {
			return this.plainText;
		}

	}

	/** Compared by Spring Security. Loaded only where it is on the class path. */
	final class Encoded implements UserPassword {

		private static final PasswordEncoder ENCODER = PasswordEncoderFactories.createDelegatingPasswordEncoder();

		private final String password;

		Encoded(String password) {
			this.password = password;
		}

		@Override
		public boolean is(String given) {
			return ENCODER.matches(given, this.password);
		}

		@Override
		public boolean isSlow() {
			return true;
		}

		@Override
		public @Nullable String plainText() {
			return null;
		}

		private boolean isReadable() {
			try {
				ENCODER.upgradeEncoding(this.password);
				ENCODER.matches("-", this.password);
				return true;
			}
			catch (RuntimeException | LinkageError ex) {
				// Not told: the message of some encoders has the password.
				return false;
			}
		}

	}

}
