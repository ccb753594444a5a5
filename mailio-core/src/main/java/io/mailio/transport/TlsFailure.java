/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailio.smtp.Printable;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;

/** Why TLS did not come about, in the words of whoever has to find the cause. */
final class TlsFailure {

	/** As the JDK names an alert (RFC 8446 section 6), and as OpenSSL does. */
	private static final Pattern ALERT = Pattern
		.compile("Received fatal alert: (?<jdk>\\w+)|(?:SSLV3|TLSV1)_ALERT_(?<openssl>\\w+)");

	private static final Set<String> ABOUT_OUR_CERTIFICATE = Set.of("bad_certificate", "unsupported_certificate",
			"certificate_revoked", "certificate_expired", "certificate_unknown", "unknown_ca");

	private static final int MAX_CAUSES = 16;

	private TlsFailure() {
	}

	static String describe(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof CertificateException) {
				return "the client's certificate is not accepted: " + text(cause);
			}
			cause = cause.getCause();
		}
		if (failure instanceof SslHandshakeTimeoutException) {
			return "the client has not completed it in time";
		}
		if (failure instanceof NotSslRecordException) {
			return "what the client sends is not TLS";
		}
		if (failure instanceof ClosedChannelException) {
			return "the client has closed the connection";
		}
		Matcher alert = ALERT.matcher(text(failure));
		return alert.find() ? alert(alert) : text(failure);
	}

	private static String alert(Matcher found) {
		String name = (found.group("jdk") != null) ? found.group("jdk") : found.group("openssl");
		String alert = name.toLowerCase(Locale.ROOT);
		return ABOUT_OUR_CERTIFICATE.contains(alert)
				? "the client does not accept our certificate (it sent the alert " + alert + ")"
				: "the client has ended it (it sent the alert " + alert + ")";
	}

	/** What an engine says may hold what the client has said. */
	private static String text(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? Printable.of(message) : failure.getClass().getSimpleName();
	}

}
