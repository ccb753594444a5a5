/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Optional;
import java.util.regex.Pattern;

import io.mailio.smtp.Mailbox;

/**
 * Says which directory belongs to a mailbox. A pattern such as {@code ./mail/%d/%n} has a
 * fixed root, the part before the first name with a placeholder, and below it names made
 * of {@code %d} (the domain), {@code %n} (the local part without quotes) and {@code %%}.
 *
 * <p>
 * No address leaves the root: a value is put into lower case (US-ASCII only), and each
 * octet of its UTF-8 form outside of {@code [a-z0-9._+=@-]}, and a dot in front, becomes
 * {@code %} and two hexadecimal digits. An internationalised domain is written with
 * A-labels, and a local part is put into form C. Two values share a directory only if
 * they are the same but for case, and two addresses only if the pattern leaves out what
 * they differ in. What cannot be a name has no directory. Immutable.
 */
final class MailDirectories {

	/** What file systems take, in octets. */
	private static final int MAX_NAME = 255;

	private static final String SAFE_SPECIALS = "._+-=@";

	/**
	 * Domain and local part with nothing between that ends one of them: {@code %n.%d} is
	 * the same for {@code a.b@c} and {@code a@b.c}. In {@code %n@%d} the last {@code @}
	 * ends the local part, since no domain has one.
	 */
	private static final Pattern MERGED = Pattern.compile("%d[\\w.-]*%n|%n[\\w.-]*%d");

	private static final char[] HEX = "0123456789abcdef".toCharArray();

	private final Path root;

	private final Path names;

	MailDirectories(String pattern) {
		Path path = Path.of(pattern);
		Path root = (path.getRoot() != null) ? path.getRoot() : Path.of("");
		int fixed = 0;
		while (fixed < path.getNameCount() && path.getName(fixed).toString().indexOf('%') < 0) {
			root = root.resolve(path.getName(fixed++));
		}
		this.root = root.toAbsolutePath().normalize();
		Path names = (fixed < path.getNameCount()) ? path.subpath(fixed, path.getNameCount()) : Path.of("");
		for (Path name : names) {
			requireKnownPlaceholders(pattern, name.toString());
		}
		this.names = names.normalize();
		if (mayMerge(names)) {
			throw new IllegalArgumentException("The mail directory '" + pattern
					+ "' would keep the mail of two addresses together, such as a.b@example.com and a@b.example.com. "
					+ "Write %d/%n, or put an @ between domain and local part");
		}
	}

	/** A name with one of the two alone says where it begins and ends in the others. */
	private static boolean mayMerge(Path names) {
		boolean merged = false;
		for (Path element : names) {
			String name = element.toString().replace("%%", "");
			if (name.contains("%d") != name.contains("%n")) {
				return false;
			}
			merged |= MERGED.matcher(name).find();
		}
		return merged;
	}

	private static void requireKnownPlaceholders(String pattern, String name) {
		for (int i = name.indexOf('%'); i >= 0; i = name.indexOf('%', i + 2)) {
			if (i + 1 == name.length() || "dn%".indexOf(name.charAt(i + 1)) < 0) {
				throw new IllegalArgumentException("The mail directory '" + pattern
						+ "' holds a placeholder that does not exist. There are %d for the domain, "
						+ "%n for the local part and %% for a percent sign");
			}
		}
		if (name.equals("..")) {
			throw new IllegalArgumentException(
					"The mail directory '" + pattern + "' must not hold '..' behind a placeholder");
		}
	}

	/** The part of the pattern that is the same for all mailboxes, absolute. */
	Path root() {
		return this.root;
	}

	/**
	 * The directory of a mailbox.
	 * @param mailbox any mailbox
	 * @return an absolute path below the root, empty if the address cannot be a name
	 */
	Optional<Path> of(Mailbox mailbox) {
		String domain = encode(mailbox.asciiDomain());
		String localName = encode(Normalizer.normalize(mailbox.localName(), Normalizer.Form.NFC));
		Path directory = this.root;
		for (Path element : this.names) {
			String name = expand(element.toString(), domain, localName);
			// Octets and characters are the same: whatever is not US-ASCII was encoded.
			if (domain.isEmpty() || localName.isEmpty() || name.length() > MAX_NAME) {
				return Optional.empty();
			}
			directory = directory.resolve(name);
		}
		if (!directory.normalize().equals(directory) || !directory.startsWith(this.root)) {
			throw new IllegalStateException("A mailbox directory would leave " + this.root);
		}
		return Optional.of(directory);
	}

	private static String expand(String pattern, String domain, String localName) {
		StringBuilder name = new StringBuilder();
		for (int i = 0; i < pattern.length(); i++) {
			char c = pattern.charAt(i);
			if (c != '%') {
				name.append(c);
				continue;
			}
			char placeholder = pattern.charAt(++i);
			name.append((placeholder == 'd') ? domain : (placeholder == 'n') ? localName : "%");
		}
		return name.toString();
	}

	static String encode(String value) {
		StringBuilder name = new StringBuilder(value.length() + 8);
		for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
			char c = (char) (octet & 0xff);
			char folded = (c >= 'A' && c <= 'Z') ? (char) (c + 'a' - 'A') : c;
			boolean hides = folded == '.' && name.isEmpty();
			if (isSafe(folded) && !hides) {
				name.append(folded);
			}
			else {
				name.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
			}
		}
		return name.toString();
	}

	private static boolean isSafe(char c) {
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || SAFE_SPECIALS.indexOf(c) >= 0;
	}

}
