/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.codec;

/**
 * What a line of the header section has turned out to be so far (RFC 5322 section 2.2).
 * White space before the colon is obsolete and understood (section 4.5). Walked from
 * octet to octet, so that a line may be cut anywhere.
 */
enum FieldPart {

	/** Nothing yet. The line is the first: there is no field that it could continue. */
	FIRST_LINE,
	/** Nothing yet. */
	LINE,
	/** Nothing but what may be the name of a field. */
	NAME,
	/** The beginnings of {@link #MBOX}, each of which may be the name of a field. */
	QUOTE, F, FR, FRO, FROM,
	/** The end of those: a field if a colon follows. */
	FROM_SPACE,
	/** The name of a field and white space. */
	NAME_SPACE,
	/** A field, or the continuation of one. */
	VALUE,
	/**
	 * The line before the header of a message in an mbox, which some programs leave
	 * there. Those who read the message pass over it.
	 */
	MBOX,
	/** No field at all. */
	NONE;

	private static final byte DEL = 0x7f;

	/** Whether no further octet of the line changes anything. */
	boolean isSettled() {
		return this == VALUE || this == MBOX || this == NONE;
	}

	/** Whether a message whose first line is this one begins with a header. */
	boolean beginsHeader() {
		return this == VALUE || this == MBOX || this == FROM_SPACE;
	}

	/** What the line is with one more octet. */
	FieldPart with(byte octet) {
		return switch (this) {
			case FIRST_LINE -> first(octet);
			case LINE -> isSpace(octet) ? VALUE : (octet == ':') ? NONE : name(octet);
			case NAME -> name(octet);
			case QUOTE -> (octet == 'F') ? F : name(octet);
			case F -> (octet == 'r') ? FR : name(octet);
			case FR -> (octet == 'o') ? FRO : name(octet);
			case FRO -> (octet == 'm') ? FROM : name(octet);
			case FROM -> (octet == ' ') ? FROM_SPACE : name(octet);
			case FROM_SPACE -> isSpace(octet) ? FROM_SPACE : (octet == ':') ? VALUE : MBOX;
			case NAME_SPACE -> isSpace(octet) ? NAME_SPACE : (octet == ':') ? VALUE : NONE;
			case VALUE, MBOX, NONE -> this;
		};
	}

	private static FieldPart first(byte octet) {
		return switch (octet) {
			case ' ', '\t', ':' -> NONE;
			case '>' -> QUOTE;
			case 'F' -> F;
			default -> name(octet);
		};
	}

	private static FieldPart name(byte octet) {
		if (octet == ':') {
			return VALUE;
		}
		if (isSpace(octet)) {
			return NAME_SPACE;
		}
		return (octet < ' ' || octet == DEL) ? NONE : NAME;
	}

	private static boolean isSpace(byte octet) {
		return octet == ' ' || octet == '\t';
	}

}
