/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

import java.text.Normalizer;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * An address to deliver to: {@code Local-part "@" ( Domain / address-literal )} (RFC 5321
 * section 4.1.2). Two mailboxes are equal if their local parts are the same, however they
 * are quoted (section 4.1.2: all quoted forms are equivalent) and whatever characters
 * they are composed of (RFC 6532 section 3.1), and their domains are the same without
 * regard to case (section 2.4) and to the form of internationalised names. Immutable.
 */
public final class Mailbox {

	private final String localPart;

	private final String domain;

	private final boolean ascii;

	/**
	 * Made by {@link AddressParser}, which has checked both parts.
	 * @param ascii whether both are known to be US-ASCII
	 */
	Mailbox(String localPart, String domain, boolean ascii) {
		this.localPart = localPart;
		this.domain = domain;
		this.ascii = ascii || DomainNames.isAscii(localPart) && DomainNames.isAscii(domain);
	}

	/**
	 * Reads an address such as {@code user@example.com}, without angle brackets.
	 * @param address the address
	 * @return the mailbox
	 * @throws IllegalArgumentException if it is not an address of RFC 5321 or RFC 6531
	 */
	public static Mailbox of(String address) {
		try {
			return AddressParser.mailbox(address);
		}
		catch (AddressSyntaxException ex) {
			throw new IllegalArgumentException("Not a mail address: " + ex.getMessage(), ex);
		}
	}

	/** The local part as the client sent it: case kept, quotes kept. */
	public String localPart() {
		return this.localPart;
	}

	/**
	 * The local part without its quotes and backslashes (RFC 5321 section 4.1.2):
	 * {@code john} for {@code john}, {@code "john"} and {@code "\\john"}. It may hold any
	 * printable character, also {@code /}, {@code @} and space, and may be empty.
	 * @return the bare characters of the name
	 */
	public String localName() {
		if (!this.localPart.startsWith("\"")) {
			return this.localPart;
		}
		StringBuilder name = new StringBuilder(this.localPart.length());
		for (int i = 1; i < this.localPart.length() - 1; i++) {
			if (this.localPart.charAt(i) == '\\') {
				i++;
			}
			name.append(this.localPart.charAt(i));
		}
		return name.toString();
	}

	/** The domain or address literal as the client sent it. */
	public String domain() {
		return this.domain;
	}

	/**
	 * The domain as it is compared and asked for in the DNS: in lower case, with A-labels
	 * for U-labels (RFC 5890), for example {@code xn--bcher-kva.example}.
	 */
	public String asciiDomain() {
		return DomainNames.toAscii(this.domain);
	}

	/** Whether it is an address of RFC 5321; if not, it needs SMTPUTF8 (RFC 6531). */
	public boolean isAscii() {
		return this.ascii;
	}

	/**
	 * The address as it is compared where the case of the local part does not matter
	 * either: its name without quotes, in lower case and Unicode form C, and
	 * {@link #asciiDomain()}.
	 */
	public String folded() {
		return Normalizer.normalize(localName().toLowerCase(Locale.ROOT), Normalizer.Form.NFC) + "@" + asciiDomain();
	}

	/** The local name as it is compared. */
	private String normalName() {
		return this.ascii ? localName() : Normalizer.normalize(localName(), Normalizer.Form.NFC);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		if (!(other instanceof Mailbox that) || !normalName().equals(that.normalName())) {
			return false;
		}
		return (this.ascii && that.ascii) ? this.domain.equalsIgnoreCase(that.domain)
				: asciiDomain().equals(that.asciiDomain());
	}

	@Override
	public int hashCode() {
		return 31 * normalName().hashCode() + asciiDomain().hashCode();
	}

	/** {@code local@domain}. */
	@Override
	public String toString() {
		return this.localPart + "@" + this.domain;
	}

}
