/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.util.Optional;

/** What the text of a destination means, see {@link Router}. */
sealed interface Destination {

	/** What the queue takes. */
	int MAX_LENGTH = 255;

	/** A domain, whose mail exchangers are asked for. */
	record Domain(String name) implements Destination {
	}

	/** An address that a recipient has named. */
	record Literal(InetAddress address) implements Destination {
	}

	/** A host that the configuration or the application has named. */
	record Host(String name, int port) implements Destination {
	}

	/**
	 * The destination of a domain or address literal.
	 * @param domain in lower case with A-labels
	 * @return the text; what is no domain is cut, since it leads nowhere in any case
	 */
	static String of(String domain) {
		String text = AddressLiterals.parse(domain).map(AddressLiterals::of).orElse(domain);
		return (text.length() <= MAX_LENGTH) ? text : text.substring(0, MAX_LENGTH);
	}

	static Destination parse(String text) {
		int bracket = text.lastIndexOf("]:");
		if (text.startsWith("[") && bracket > 0) {
			return port(text.substring(bracket + 2))
				.<Destination>map((port) -> new Host(text.substring(1, bracket), port))
				.orElseGet(() -> new Domain(text));
		}
		return AddressLiterals.parse(text).<Destination>map(Literal::new).orElseGet(() -> new Domain(text));
	}

	private static Optional<Integer> port(String digits) {
		try {
			int port = Integer.parseInt(digits);
			return (port > 0 && port <= 65_535) ? Optional.of(port) : Optional.empty();
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

}
