/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * Reads paths and mailboxes by the grammar of RFC 5321 section 4.1.2, one pass, no
 * regular expressions. What is wrong is said in the exception, in words of ours.
 *
 * <p>
 * More liberal than the grammar in three places, as most servers are: angle brackets may
 * be missing, spaces may stand before the path and white space at the end (section
 * 4.1.1), and a domain label may hold an underscore. A source route (appendix C) is
 * checked and dropped.
 *
 * <p>
 * Addresses of RFC 6531 are read, too: UTF-8 in the local part, U-labels in the domain.
 * Whether the client may use them is for others to say ({@link Mailbox#isAscii}). Refused
 * are characters that cannot be seen or that change how others are shown: controls,
 * separators, marks of direction.
 */
public final class AddressParser {

	/** RFC 5321 section 4.5.3.1.1. */
	static final int MAX_LOCAL_PART = 64;

	/** RFC 5321 section 4.5.3.1.2. */
	static final int MAX_DOMAIN = 255;

	/** RFC 5321 section 4.5.3.1.3, angle brackets and route included. */
	static final int MAX_PATH = 256;

	private static final int MAX_LABEL = 63;

	private static final int ZERO_WIDTH_NON_JOINER = 0x200c;

	private static final int ZERO_WIDTH_JOINER = 0x200d;

	private static final String ATEXT_SPECIALS = "!#$%&'*+-/=?^_`{|}~";

	/** What may stand in an atom without quotes (RFC 5322 section 3.2.3). */
	private static final boolean[] ATEXT = new boolean[0x80];

	static {
		for (char c = 0; c < ATEXT.length; c++) {
			ATEXT[c] = isLetterOrDigit(c) || ATEXT_SPECIALS.indexOf(c) >= 0;
		}
	}

	private final String text;

	private int at;

	/** Whether all that was read so far is US-ASCII. */
	private boolean ascii = true;

	private AddressParser(String text) {
		this.text = text;
	}

	/**
	 * Reads the argument of MAIL or RCPT.
	 * @param keyword {@code FROM} or {@code TO}
	 * @param argument what came after the verb, for example
	 * {@code FROM:<a@example.com> SIZE=100}
	 * @param postmasterDomain the domain that a bare {@code <Postmaster>} gets (section
	 * 4.5.1), empty to refuse a mailbox without domain
	 * @return the path and its parameters
	 * @throws AddressSyntaxException if the path is malformed
	 * @throws ParameterException if a parameter is malformed or given twice
	 */
	public static PathArgument pathArgument(String keyword, String argument, String postmasterDomain)
			throws AddressSyntaxException, ParameterException {
		AddressParser parser = new AddressParser(withoutTrailingSpace(argument));
		parser.expectKeyword(keyword);
		ReversePath path = parser.path(postmasterDomain);
		if (!parser.atEnd() && parser.peek() != ' ') {
			throw new AddressSyntaxException("unexpected text behind the path");
		}
		return new PathArgument(path, Parameters.parse(parser.text.substring(parser.at)));
	}

	/**
	 * Reads a mailbox that fills the whole text.
	 * @param text {@code local@domain}
	 * @return the mailbox
	 * @throws AddressSyntaxException if it is malformed
	 */
	public static Mailbox mailbox(String text) throws AddressSyntaxException {
		AddressParser parser = new AddressParser(text);
		Mailbox mailbox = parser.mailboxBody("");
		if (!parser.atEnd()) {
			throw new AddressSyntaxException("unexpected text behind the address");
		}
		return mailbox;
	}

	/**
	 * Whether the text is a domain or an address literal.
	 * @param text the text to look at
	 * @return whether the whole of it is
	 */
	public static boolean isDomain(String text) {
		AddressParser parser = new AddressParser(text);
		try {
			parser.domainOrLiteral();
			return parser.atEnd();
		}
		catch (AddressSyntaxException ex) {
			return false;
		}
	}

	private static String withoutTrailingSpace(String argument) {
		int end = argument.length();
		while (end > 0 && (argument.charAt(end - 1) == ' ' || argument.charAt(end - 1) == '\t')) {
			end--;
		}
		return argument.substring(0, end);
	}

	private void expectKeyword(String keyword) throws AddressSyntaxException {
		int end = keyword.length();
		if (this.text.length() <= end || !this.text.regionMatches(true, 0, keyword, 0, end)
				|| this.text.charAt(end) != ':') {
			throw new AddressSyntaxException("expected " + keyword + ":<address>");
		}
		this.at = end + 1;
		skipSpaces();
	}

	private ReversePath path(String postmasterDomain) throws AddressSyntaxException {
		int start = this.at;
		boolean bracket = accept('<');
		if (bracket && accept('>')) {
			return ReversePath.NULL;
		}
		if (atEnd()) {
			throw new AddressSyntaxException("the address is missing");
		}
		if (bracket && peek() == '@') {
			sourceRoute();
		}
		Mailbox mailbox = mailboxBody(bracket ? postmasterDomain : "");
		if (bracket && !accept('>')) {
			throw new AddressSyntaxException("expected > at the end of the address");
		}
		int missingBrackets = bracket ? 0 : 2;
		if (octets(start) + missingBrackets > MAX_PATH) {
			throw new AddressSyntaxException("the path is longer than " + MAX_PATH + " octets");
		}
		return ReversePath.of(mailbox);
	}

	/** {@code A-d-l ":"}, accepted and ignored (RFC 5321 section 4.1.1.3). */
	private void sourceRoute() throws AddressSyntaxException {
		do {
			if (!accept('@')) {
				throw new AddressSyntaxException("malformed source route");
			}
			domain();
		}
		while (accept(','));
		if (!accept(':')) {
			throw new AddressSyntaxException("malformed source route");
		}
	}

	private Mailbox mailboxBody(String postmasterDomain) throws AddressSyntaxException {
		String localPart = localPart();
		if (accept('@')) {
			return new Mailbox(localPart, domainOrLiteral(), this.ascii);
		}
		if (!postmasterDomain.isEmpty() && localPart.equalsIgnoreCase("postmaster")) {
			return new Mailbox(localPart, postmasterDomain, false);
		}
		throw new AddressSyntaxException(atEnd() || peek() == '>' ? "the domain is missing"
				: "the local part holds a character that needs quotes");
	}

	private String localPart() throws AddressSyntaxException {
		int start = this.at;
		if (!atEnd() && peek() == '"') {
			quotedString();
		}
		else {
			dotString();
		}
		if (octets(start) > MAX_LOCAL_PART) {
			throw new AddressSyntaxException("the local part is longer than " + MAX_LOCAL_PART + " octets");
		}
		return this.text.substring(start, this.at);
	}

	private void dotString() throws AddressSyntaxException {
		int atomStart;
		do {
			atomStart = this.at;
			while (!atEnd() && isAtext(peek())) {
				this.at++;
			}
			if (this.at == atomStart) {
				throw new AddressSyntaxException("the local part is malformed");
			}
		}
		while (accept('.'));
	}

	private void quotedString() throws AddressSyntaxException {
		this.at++;
		while (!accept('"')) {
			accept('\\');
			if (atEnd() || peek() < ' ' || peek() == 0x7f || (peek() > 0x7f && !isVisibleHere())) {
				throw new AddressSyntaxException("the quoted local part is malformed");
			}
			this.at++;
		}
	}

	private String domainOrLiteral() throws AddressSyntaxException {
		int start = this.at;
		if (accept('[')) {
			int end = this.text.indexOf(']', this.at);
			if (end < 0 || !AddressLiteral.isValid(this.text.substring(this.at, end))) {
				throw new AddressSyntaxException("malformed address literal");
			}
			this.at = end + 1;
		}
		else {
			domain();
		}
		return this.text.substring(start, this.at);
	}

	private void domain() throws AddressSyntaxException {
		int start = this.at;
		do {
			label();
		}
		while (accept('.'));
		if (octets(start) > MAX_DOMAIN) {
			throw new AddressSyntaxException("the domain is longer than " + MAX_DOMAIN + " octets");
		}
	}

	private void label() throws AddressSyntaxException {
		int start = this.at;
		boolean ascii = true;
		while (!atEnd() && (isLetterOrDigit(peek()) || peek() == '-' || peek() == '_' || peek() > 0x7f)) {
			ascii &= peek() <= 0x7f;
			this.at++;
		}
		if (!ascii) {
			this.ascii = false;
			if (DomainNames.aLabel(this.text.substring(start, this.at)) == null) {
				throw new AddressSyntaxException("the domain is not an internationalised domain name");
			}
			return;
		}
		boolean wellFormed = this.at > start && this.at - start <= MAX_LABEL && this.text.charAt(start) != '-'
				&& this.text.charAt(this.at - 1) != '-';
		if (!wellFormed) {
			throw new AddressSyntaxException("the domain is malformed");
		}
	}

	private void skipSpaces() {
		while (!atEnd() && peek() == ' ') {
			this.at++;
		}
	}

	private boolean accept(char expected) {
		if (atEnd() || peek() != expected) {
			return false;
		}
		this.at++;
		return true;
	}

	private boolean atEnd() {
		return this.at >= this.text.length();
	}

	private char peek() {
		return this.text.charAt(this.at);
	}

	/** How long what was read from an index is in UTF-8. */
	private int octets(int start) {
		int octets = this.at - start;
		for (int i = start; !this.ascii && i < this.at; i++) {
			char c = this.text.charAt(i);
			if (c > 0x7f) {
				// Two surrogates make four octets.
				octets += (c < 0x800 || Character.isSurrogate(c)) ? 1 : 2;
			}
		}
		return octets;
	}

	private boolean isAtext(char c) {
		return (c < ATEXT.length) ? ATEXT[c] : isVisibleHere();
	}

	/** Whether a character that is not US-ASCII may stand here. */
	private boolean isVisibleHere() {
		this.ascii = false;
		return isVisible(codePoint());
	}

	/** The character here, whichever half of a pair it is. */
	private int codePoint() {
		boolean secondHalf = Character.isLowSurrogate(peek()) && this.at > 0;
		return secondHalf ? this.text.codePointBefore(this.at + 1) : this.text.codePointAt(this.at);
	}

	private static boolean isVisible(int point) {
		return switch (Character.getType(point)) {
			case Character.CONTROL, Character.SURROGATE, Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR,
					Character.PARAGRAPH_SEPARATOR ->
				false;
			// They are needed within words of some scripts.
			case Character.FORMAT -> point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER;
			default -> true;
		};
	}

	static boolean isLetterOrDigit(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
	}

}
