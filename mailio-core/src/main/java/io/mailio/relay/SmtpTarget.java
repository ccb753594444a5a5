/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.mailio.smtp.AddressParser;
import org.jspecify.annotations.Nullable;

/**
 * One server, and how we speak to it. The address is the one that is connected to; the
 * name is never resolved. Connections are used again for equal targets only.
 *
 * @param hostname the server's name, as its certificate must name it, or its address
 * @param address where it is, resolved
 * @param tls whether mail goes over TLS
 * @param implicitTls whether TLS begins at once and not by STARTTLS (RFC 8314 section
 * 3.3); a policy other than {@link TlsPolicy#VERIFIED} then is {@link TlsPolicy#REQUIRED}
 * @param lmtp whether it speaks LMTP (RFC 2033)
 * @param login how we log in, {@code null} for not at all
 * @param localAddress where we connect from, {@code null} for the system's choice
 * @param ehloName our name for EHLO, {@code null} for the client's
 */
public record SmtpTarget(String hostname, InetSocketAddress address, TlsPolicy tls, boolean implicitTls, boolean lmtp,
		@Nullable Login login, @Nullable InetAddress localAddress, @Nullable String ehloName) {

	public SmtpTarget {
		if (hostname.isEmpty() || !hostname.chars().allMatch((c) -> c > ' ' && c != 0x7f)) {
			throw new IllegalArgumentException("A server has a name without spaces and control characters");
		}
		if (address.isUnresolved()) {
			throw new IllegalArgumentException("The address of " + hostname + " is not resolved");
		}
		if (ehloName != null && !AddressParser.isDomain(ehloName)) {
			throw new IllegalArgumentException(
					"The name for EHLO is a domain name or an address literal, not '" + ehloName + "'");
		}
		if (implicitTls && tls != TlsPolicy.VERIFIED) {
			tls = TlsPolicy.REQUIRED;
		}
	}

	/**
	 * A server of SMTP, with opportunistic TLS and without a login.
	 * @param hostname the server's name or address
	 * @param address where it is, resolved
	 * @return the target
	 */
	public static SmtpTarget of(String hostname, InetSocketAddress address) {
		return new SmtpTarget(hostname, address, TlsPolicy.OPPORTUNISTIC, false, false, null, null, null);
	}

	/**
	 * A server that the {@link Router} has found, with opportunistic TLS and without a
	 * login.
	 * @param hop where it is
	 * @return the target
	 */
	public static SmtpTarget of(NextHop hop) {
		return of(hop.host(), hop.address());
	}

	/** The same with this policy. */
	public SmtpTarget withTls(TlsPolicy tls) {
		return new SmtpTarget(this.hostname, this.address, tls, this.implicitTls, this.lmtp, this.login,
				this.localAddress, this.ehloName);
	}

	/** The same with TLS from the beginning on, as on port 465. */
	public SmtpTarget withImplicitTls() {
		return new SmtpTarget(this.hostname, this.address, this.tls, true, this.lmtp, this.login, this.localAddress,
				this.ehloName);
	}

	/** The same, by LMTP. */
	public SmtpTarget withLmtp() {
		return new SmtpTarget(this.hostname, this.address, this.tls, this.implicitTls, true, this.login,
				this.localAddress, this.ehloName);
	}

	/** The same with a login. */
	public SmtpTarget withLogin(Login login) {
		return new SmtpTarget(this.hostname, this.address, this.tls, this.implicitTls, this.lmtp, login,
				this.localAddress, this.ehloName);
	}

	/** The same from one of our addresses. */
	public SmtpTarget withLocalAddress(InetAddress localAddress) {
		return new SmtpTarget(this.hostname, this.address, this.tls, this.implicitTls, this.lmtp, this.login,
				localAddress, this.ehloName);
	}

	/** The same under another name of ours. */
	public SmtpTarget withEhloName(String ehloName) {
		return new SmtpTarget(this.hostname, this.address, this.tls, this.implicitTls, this.lmtp, this.login,
				this.localAddress, ehloName);
	}

	/** For logs and reports. */
	String display() {
		return new NextHop(this.hostname, this.address).toString();
	}

}
