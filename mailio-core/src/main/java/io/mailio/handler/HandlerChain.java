/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * The handlers of one command in the order they run, the engine's own part left out.
 * Immutable.
 */
public final class HandlerChain {

	/** A chain of nobody. */
	public static final HandlerChain EMPTY = new HandlerChain(List.of());

	private final List<HandlerRegistration> handlers;

	HandlerChain(List<HandlerRegistration> handlers) {
		this.handlers = List.copyOf(handlers);
	}

	/** A chain of one. */
	public static HandlerChain of(HandlerRegistration only) {
		return EMPTY.append(only);
	}

	/** Whether nobody wants to be asked. */
	public boolean isEmpty() {
		return this.handlers.isEmpty();
	}

	/**
	 * Whether any handler may want to read the content of the message of a session, whose
	 * envelope is complete.
	 */
	public boolean needsContent(SmtpSession session) {
		for (HandlerRegistration handler : this.handlers) {
			if (handler.needsContent(session)) {
				return true;
			}
		}
		return false;
	}

	/** Whether any handler may keep mail for the served domains. */
	public boolean keepsMail() {
		return !this.handlers.stream().allMatch(HandlerRegistration::keepsNoMail);
	}

	/** The handlers in order. */
	public List<HandlerRegistration> handlers() {
		return this.handlers;
	}

	/** This chain with one more handler at its end. */
	HandlerChain append(HandlerRegistration last) {
		List<HandlerRegistration> longer = new ArrayList<>(this.handlers);
		longer.add(last);
		return new HandlerChain(longer);
	}

	/** This chain without the handlers that are not wanted. */
	HandlerChain only(Predicate<HandlerRegistration> wanted) {
		return new HandlerChain(this.handlers.stream().filter(wanted).toList());
	}

	/** The names in the order of a command: {@code core} first, at {@code route} last. */
	List<String> names(String command) {
		List<String> names = new ArrayList<>(this.handlers.size() + 1);
		this.handlers.forEach((handler) -> names.add(handler.name()));
		names.add(command.equals(HandlerNames.ROUTE) ? names.size() : 0, HandlerNames.CORE);
		return Collections.unmodifiableList(names);
	}

}
