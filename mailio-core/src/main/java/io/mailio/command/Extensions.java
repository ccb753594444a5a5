/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.mailio.handler.HandlerConfigurationException;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.DomainNames;
import io.mailio.smtp.Parameters;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The extensions of one listener, ours and those of the user. One of the user's that
 * fails is answered for: it is not offered, or its parameter is refused with 451.
 * Immutable.
 */
final class Extensions {

	private static final Logger logger = LoggerFactory.getLogger(Extensions.class);

	/** RFC 5321 section 4.1.1.1: {@code ehlo-keyword}. */
	private static final Pattern KEYWORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

	private final List<Extension> all;

	private final Map<String, Extension> mailParameters = new HashMap<>();

	private final Map<String, Extension> rcptParameters = new HashMap<>();

	/**
	 * Takes the extensions in the order in which EHLO names them.
	 * @throws HandlerConfigurationException if a keyword is none, or two have the same
	 * keyword or bring the same parameter
	 */
	Extensions(List<Extension> all) {
		this.all = List.copyOf(all);
		Set<String> keywords = new HashSet<>();
		for (Extension extension : this.all) {
			requireKeyword(extension);
			require(keywords.add(extension.keyword().toUpperCase(Locale.ROOT)), "the keyword", extension.keyword());
			extension.mailParameters()
				.forEach((parameter) -> require(this.mailParameters.putIfAbsent(parameter, extension) == null,
						"the parameter of MAIL", parameter));
			extension.rcptParameters()
				.forEach((parameter) -> require(this.rcptParameters.putIfAbsent(parameter, extension) == null,
						"the parameter of RCPT", parameter));
		}
	}

	private static void requireKeyword(Extension extension) {
		String keyword = extension.keyword();
		if (!KEYWORD.matcher(keyword).matches()) {
			throw new HandlerConfigurationException(
					"The ESMTP extension " + extension.getClass().getName() + " has the keyword '"
							+ Printable.of(keyword) + "'",
					"A keyword has letters, digits and hyphens, and no hyphen at first (RFC 5321 section 4.1.1.1); "
							+ "return what follows it in EHLO from advertisement().");
		}
	}

	private static void require(boolean free, String what, String name) {
		if (!free) {
			throw new HandlerConfigurationException("Two ESMTP extensions bring " + what + " " + name,
					"Remove the Extension bean that brings what the server or another bean has already.");
		}
	}

	/** What EHLO says to a session. */
	List<String> advertisements(SmtpSession session) {
		List<String> lines = new ArrayList<>(this.all.size() + 1);
		for (Extension extension : this.all) {
			String advertisement = advertisement(extension, session);
			if (advertisement != null) {
				lines.add(advertisement);
			}
		}
		return lines;
	}

	private static @Nullable String advertisement(Extension extension, SmtpSession session) {
		try {
			String line = extension.advertisement(session);
			if (line != null && !isLine(line)) {
				throw new IllegalArgumentException(
						"'" + line + "' is no line of EHLO: it is empty or not plain US-ASCII");
			}
			return line;
		}
		catch (RuntimeException | Error ex) {
			logger.error("The extension {} is not offered: it has failed", extension.keyword(), Printable.of(ex));
			return null;
		}
	}

	private static boolean isLine(String text) {
		return !text.isEmpty() && text.chars().allMatch((c) -> c >= ' ' && c < 0x7f);
	}

	/**
	 * Checks the parameters of MAIL.
	 * @param utf8 whether the client may use more than US-ASCII (RFC 6531 section 3.3)
	 * @throws Refusal if an extension refuses a value, or none knows the parameter: 555
	 */
	void checkMail(Parameters parameters, boolean utf8, SmtpSession session) throws Refusal {
		check(this.mailParameters, parameters, utf8, session);
	}

	/**
	 * Checks the parameters of RCPT.
	 * @param utf8 whether the client may use more than US-ASCII (RFC 6531 section 3.3)
	 * @throws Refusal if an extension refuses a value, or none knows the parameter: 555
	 */
	void checkRcpt(Parameters parameters, boolean utf8, SmtpSession session) throws Refusal {
		check(this.rcptParameters, parameters, utf8, session);
	}

	private static void check(Map<String, Extension> known, Parameters parameters, boolean utf8, SmtpSession session)
			throws Refusal {
		if (parameters.isEmpty()) {
			return;
		}
		for (String keyword : parameters.keywords()) {
			Extension extension = known.get(keyword);
			if (extension == null) {
				throw new Refusal(Replies.UNKNOWN_PARAMETER);
			}
			String value = parameters.value(keyword).orElse("");
			if (!utf8 && !DomainNames.isAscii(value)) {
				throw new Refusal(Replies.PARAMETER_SYNTAX);
			}
			check(extension, keyword, value, session);
		}
	}

	private static void check(Extension extension, String keyword, String value, SmtpSession session) throws Refusal {
		try {
			extension.check(keyword, value, session);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The extension {} has failed at its parameter {}", extension.keyword(), keyword,
					Printable.of(ex));
			throw new Refusal(Replies.LOCAL_ERROR);
		}
	}

}
