/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.smtp;

/**
 * The catalogue of the engine's own replies (RFC 5321 section 4.2.3, codes of RFC 3463).
 * Texts never repeat what a client sent.
 */
public final class Replies {

	/** NOOP, RSET. */
	public static final Reply OK = new Reply(250, status(0, 0), "OK");

	/** MAIL. */
	public static final Reply SENDER_OK = new Reply(250, status(1, 0), "Sender OK");

	/** RCPT. */
	public static final Reply RECIPIENT_OK = new Reply(250, status(1, 5), "Recipient OK");

	/** DATA. */
	public static final Reply START_MAIL_INPUT = new Reply(354, "Start mail input; end with <CRLF>.<CRLF>");

	/** QUIT. */
	public static final Reply BYE = new Reply(221, status(0, 0), "Bye");

	/** VRFY (section 3.5.3). */
	public static final Reply CANNOT_VERIFY = new Reply(252, status(1, 5),
			"Cannot VRFY user, but will accept message and attempt delivery");

	/** The server stops (section 3.8). */
	public static final Reply SHUTTING_DOWN = new Reply(421, status(3, 2), "Service shutting down, try again later");

	/** Too many connections. */
	public static final Reply TOO_MANY_CONNECTIONS = new Reply(421, status(7, 0),
			"Too many connections, try again later");

	/** A session cannot begin because something of ours failed. */
	public static final Reply LOCAL_UNAVAILABLE = new Reply(421, status(3, 0),
			"Service not available, try again later");

	/** The client speaks before the greeting (section 3.1). */
	public static final Reply EARLY_TALKER = new Reply(554, status(5, 1),
			"Client spoke before the greeting, closing connection");

	/** Nothing came for too long (section 4.5.3.2.7). */
	public static final Reply TIMEOUT = new Reply(421, status(4, 2),
			"Timeout waiting for the client, closing connection");

	/** Too many refused commands. */
	public static final Reply TOO_MANY_ERRORS = new Reply(421, status(7, 0), "Too many errors, closing connection");

	/** Too many unknown commands. */
	public static final Reply TOO_MANY_UNRECOGNIZED = new Reply(421, status(7, 0),
			"Too many unrecognized commands, closing connection");

	/** An unknown command. */
	public static final Reply UNRECOGNIZED = new Reply(500, status(5, 1), "Command not recognized");

	/** A request of HTTP, or a header field (section 3.8: 421 goes before a close). */
	public static final Reply FOREIGN_PROTOCOL = new Reply(421, status(5, 1),
			"This server speaks SMTP, closing connection");

	/** A line of a command that ends in CR or LF alone. */
	public static final Reply LINE_ENDS_WITH_CRLF = new Reply(500, status(5, 2),
			"Syntax error: lines end with CRLF, not with a bare CR or LF");

	/** A control character other than TAB in a command. */
	public static final Reply CONTROL_CHARACTER = new Reply(501, status(5, 2),
			"Syntax error: control character in command");

	/** A command that is not well-formed UTF-8 (RFC 6531 section 3.3). */
	public static final Reply NOT_UTF8 = new Reply(501, status(5, 2), "Syntax error: not well-formed UTF-8");

	/** An internationalised address without SMTPUTF8 (RFC 6531 section 3.5). */
	public static final Reply NEEDS_SMTPUTF8 = new Reply(553, status(6, 7),
			"Non-ASCII addresses need the SMTPUTF8 parameter at MAIL");

	/** Internationalised header fields without SMTPUTF8 (RFC 6531, RFC 5322). */
	public static final Reply RAW_HEADERS = new Reply(550, status(6, 7),
			"Message refused: non-ASCII header fields need the SMTPUTF8 parameter at MAIL");

	/** A command line over the limit (section 4.5.3.1.4). */
	public static final Reply LINE_TOO_LONG = new Reply(500, status(5, 2), "Line too long");

	/** An argument where none may stand. */
	public static final Reply NO_ARGUMENTS = new Reply(501, status(5, 4), "This command takes no argument");

	/**
	 * EHLO or HELO without a sensible name; without a status code, as RFC 2034 has it.
	 */
	public static final Reply HELO_SYNTAX = new Reply(501, "Syntax: EHLO or HELO, and one host name");

	/** VRFY without a name. */
	public static final Reply VRFY_SYNTAX = new Reply(501, status(5, 4), "Syntax: VRFY address");

	/** Before EHLO or HELO. */
	public static final Reply HELO_FIRST = new Reply(503, status(5, 1), "Send EHLO or HELO first");

	/** AUTH before EHLO, perhaps after HELO. */
	public static final Reply EHLO_FIRST = new Reply(503, status(5, 1), "Send EHLO first");

	/** MAIL inside of a transaction. */
	public static final Reply NESTED_MAIL = new Reply(503, status(5, 1), "Sender already given; RSET to start over");

	/** RCPT before MAIL. */
	public static final Reply MAIL_FIRST = new Reply(503, status(5, 1), "Send MAIL first");

	/** DATA before RCPT. */
	public static final Reply RCPT_FIRST = new Reply(503, status(5, 1), "Send RCPT first: no valid recipients");

	/** MAIL, RCPT or DATA between chunks (RFC 3030 section 2). */
	public static final Reply CHUNKS_FOLLOW = new Reply(503, status(5, 1),
			"The message goes on with BDAT; RSET to start over");

	/** DATA for a message that is declared to be binary (RFC 3030 section 3). */
	public static final Reply BINARY_NEEDS_BDAT = new Reply(503, status(5, 1), "BODY=BINARYMIME needs BDAT, not DATA");

	/** BDAT whose octets end nobody knows where; the connection closes. */
	public static final Reply CHUNK_SIZE = new Reply(501, status(5, 4),
			"Syntax: BDAT size [LAST]; closing connection, since nobody knows where the chunk ends");

	/** BDAT with something else than LAST behind its size. */
	public static final Reply CHUNK_SYNTAX = new Reply(501, status(5, 4), "Syntax: BDAT size [LAST]");

	/** A parameter that no extension knows, or one given twice. */
	public static final Reply UNKNOWN_PARAMETER = new Reply(555, status(5, 4),
			"Parameter not recognized or given twice");

	/** A parameter that is none (section 4.1.2). */
	public static final Reply PARAMETER_SYNTAX = new Reply(501, status(5, 4), "Malformed parameter");

	/** A known parameter with a value that it does not take. */
	public static final Reply PARAMETER_VALUE = new Reply(501, status(5, 4), "Invalid parameter value");

	/** More recipients than one message may have (section 4.5.3.1.10). */
	public static final Reply TOO_MANY_RECIPIENTS = new Reply(452, status(5, 3), "Too many recipients");

	/** More content than allowed (RFC 1870). */
	public static final Reply TOO_MUCH_MAIL_DATA = new Reply(552, status(3, 4), "Message size exceeds the limit");

	/** A header section over the limit. */
	public static final Reply HEADER_TOO_LARGE = new Reply(552, status(3, 4), "Message header size exceeds the limit");

	/** A header field over the limit. */
	public static final Reply HEADER_FIELD_TOO_LARGE = new Reply(552, status(3, 4),
			"Message header field size exceeds the limit");

	/** More header fields than allowed. */
	public static final Reply TOO_MANY_HEADER_FIELDS = new Reply(552, status(3, 4),
			"Message has too many header fields");

	/** A message that has passed through too many servers (section 6.3). */
	public static final Reply TOO_MANY_HOPS = new Reply(554, status(4, 6),
			"Too many hops: this message goes round in a circle");

	/** A line of content over the limit (section 4.5.3.1.6). */
	public static final Reply TEXT_LINE_TOO_LONG = new Reply(500, status(6, 0), "Line in message content too long");

	/** A bare CR or LF in content. */
	public static final Reply BARE_NEWLINE = new Reply(550, status(6, 11),
			"Message refused: it holds a bare CR or LF (RFC 5321 section 2.3.8)");

	/** A mailbox whose name cannot be one. */
	public static final Reply NO_SUCH_MAILBOX = new Reply(550, status(1, 1),
			"No such mailbox: the name is empty or too long");

	/** An address that nobody has. */
	public static final Reply UNKNOWN_MAILBOX = new Reply(550, status(1, 1), "No such mailbox here");

	/** A mailbox without room for a message, until its owner makes some. */
	public static final Reply MAILBOX_FULL = new Reply(452, status(2, 2), "Mailbox full, try again later");

	/** A mailbox without room for a message, for good. */
	public static final Reply OVER_QUOTA = new Reply(552, status(2, 2), "Mailbox full");

	/** Content could not be kept. */
	public static final Reply INSUFFICIENT_STORAGE = new Reply(452, status(3, 1), "Insufficient system storage");

	/** Something of ours failed. */
	public static final Reply LOCAL_ERROR = new Reply(451, status(3, 0), "Local error in processing, try again later");

	/** Nobody takes the message. */
	public static final Reply NOT_CONFIGURED = new Reply(554, status(3, 5),
			"This server is not configured to keep this message");

	/** AUTH: the client is who it says (RFC 4954 section 6). */
	public static final Reply AUTH_SUCCEEDED = new Reply(235, status(7, 0), "Authentication successful");

	/** AUTH: whatever was wrong, a client learns no more than this. */
	public static final Reply AUTH_FAILED = new Reply(535, status(7, 8), "Authentication credentials invalid");

	/** AUTH: something of ours failed (RFC 4954 section 6). */
	public static final Reply AUTH_TEMPORARY = new Reply(454, status(7, 0), "Temporary authentication failure");

	/** AUTH: too many failures from where this client comes from. */
	public static final Reply AUTH_BLOCKED = new Reply(454, status(7, 0),
			"Too many failed authentications from your network, try again later");

	/** AUTH: too many failures. */
	public static final Reply TOO_MANY_AUTH_FAILURES = new Reply(421, status(7, 0),
			"Too many failed authentications, closing connection");

	/** AUTH cancelled by the client (RFC 4954 section 4). */
	public static final Reply AUTH_CANCELLED = new Reply(501, status(7, 0), "Authentication cancelled");

	/** AUTH: not base64 (RFC 4954 section 4). */
	public static final Reply AUTH_BASE64 = new Reply(501, status(5, 2), "Cannot decode the response");

	/** AUTH: mechanism missing or unknown (RFC 4954 section 4). */
	public static final Reply AUTH_MECHANISM = new Reply(504, status(5, 4), "Authentication mechanism not supported");

	/** AUTH: after success, or within a transaction (RFC 4954 section 4). */
	public static final Reply AUTH_NOT_NOW = new Reply(503, status(5, 1), "AUTH not permitted now");

	/** Anything that needs AUTH first (RFC 4954 section 6). */
	public static final Reply AUTH_REQUIRED = new Reply(530, status(7, 0), "Authentication required");

	/** AUTH without TLS (RFC 4954 section 6). */
	public static final Reply AUTH_NEEDS_TLS = new Reply(538, status(7, 11),
			"Encryption required for requested authentication mechanism");

	/** REQUIRETLS without TLS (RFC 8689 section 2). */
	public static final Reply REQUIRETLS_NEEDS_TLS = new Reply(530, status(7, 10),
			"REQUIRETLS needs an encrypted connection");

	/** STARTTLS (RFC 3207 section 4). */
	public static final Reply READY_FOR_TLS = new Reply(220, status(0, 0), "Ready to start TLS");

	/** STARTTLS under TLS (RFC 3207 section 4.2). */
	public static final Reply TLS_ALREADY = new Reply(503, status(5, 1), "TLS is active already");

	/** A known command that this server does not offer. */
	public static final Reply NOT_IMPLEMENTED = new Reply(502, status(5, 1), "Command not implemented");

	private Replies() {
	}

	/** A malformed sender. */
	public static Reply badSender(String why) {
		return new Reply(501, status(1, 7), "Bad sender address syntax: " + why);
	}

	/** A malformed recipient. */
	public static Reply badRecipient(String why) {
		return new Reply(501, status(1, 3), "Bad recipient address syntax: " + why);
	}

	/** A chunk has come, and more will (RFC 3030 section 2). */
	public static Reply chunkReceived(long octets) {
		return new Reply(250, status(0, 0), octets + " octets received");
	}

	/** The message is kept. */
	public static Reply queued(String id) {
		return new Reply(250, EnhancedStatusCode.UNDEFINED, "OK: queued as " + id);
	}

	/**
	 * The enhanced status code for a reply of a handler that brought none (RFC 3463).
	 * @param command the command it answers
	 * @param code its reply code; it gives the class, so only subject and detail are
	 * chosen here
	 * @return the most fitting subject and detail
	 */
	public static EnhancedStatusCode fallbackStatus(String command, int code) {
		return switch (code) {
			case 500 -> status(5, 2);
			case 501, 504, 555 -> status(5, 4);
			case 502, 503 -> status(5, 1);
			case 454, 530 -> status(7, 0);
			case 535 -> status(7, 8);
			case 538 -> status(7, 11);
			case 421, 451 -> status(3, 0);
			case 452 -> status(3, 1);
			case 552 -> status(3, 4);
			default -> (code < 400) ? positive(command) : negative(command);
		};
	}

	private static EnhancedStatusCode positive(String command) {
		return switch (command) {
			case "mail" -> status(1, 0);
			case "rcpt" -> status(1, 5);
			case "auth" -> status(7, 0);
			default -> EnhancedStatusCode.UNDEFINED;
		};
	}

	private static EnhancedStatusCode negative(String command) {
		return switch (command) {
			case "mail", "rcpt", "data", "queue" -> status(7, 1);
			case "auth" -> status(7, 8);
			default -> EnhancedStatusCode.UNDEFINED;
		};
	}

	private static EnhancedStatusCode status(int subject, int detail) {
		return new EnhancedStatusCode(subject, detail);
	}

}
