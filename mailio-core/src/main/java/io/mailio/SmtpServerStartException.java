/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

import io.mailio.smtp.AddressText;

/**
 * The server could not start. The message says why, {@link #reason()} lets a program
 * decide.
 */
public final class SmtpServerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Why a server does not start. */
	public enum Reason {

		/** Something else listens on the port. */
		PORT_IN_USE,
		/** Another listener of this server has the port. */
		PORT_SHARED,
		/** The process may not use the port; those below 1024 are often reserved. */
		NOT_PERMITTED,
		/** The machine does not have the address. */
		ADDRESS_NOT_AVAILABLE,
		/** The place where mail is kept cannot be used. */
		STORAGE,
		/** The queue of mail that is to be sent cannot be opened. */
		QUEUE,
		/** The place where messages are held while they arrive cannot be used. */
		TEMPORARY_FILES,
		/** A DNS server that was configured is not known. */
		DNS_SERVER,
		/** Anything else; the cause says more. */
		OTHER

	}

	private final Reason reason;

	private final transient InetSocketAddress address;

	SmtpServerStartException(Reason reason, InetSocketAddress address, String message, Throwable cause) {
		super(message, cause);
		this.reason = reason;
		this.address = address;
	}

	static SmtpServerStartException binding(InetSocketAddress address, Throwable failure) {
		Reason reason = reason(failure);
		String why = switch (reason) {
			case PORT_IN_USE -> "the port is already in use";
			case NOT_PERMITTED -> "this process is not permitted to use the port";
			case ADDRESS_NOT_AVAILABLE -> "this machine does not have that address";
			case PORT_SHARED, STORAGE, QUEUE, TEMPORARY_FILES, DNS_SERVER, OTHER ->
				String.valueOf(failure.getMessage());
		};
		return new SmtpServerStartException(reason, address, "Cannot listen on " + where(address) + ": " + why,
				failure);
	}

	/** Two listeners want one port. */
	static SmtpServerStartException shared(InetSocketAddress address, String listener, String other,
			Throwable failure) {
		return new SmtpServerStartException(Reason.PORT_SHARED, address, "The listener '" + listener
				+ "' cannot listen on " + where(address) + ": the listener '" + other + "' already does", failure);
	}

	/** Many failures of a file system name the file and nothing else. */
	static String why(IOException failure) {
		if (!(failure instanceof FileSystemException named) || named.getReason() != null) {
			return String.valueOf(failure.getMessage());
		}
		String reason;
		if (failure instanceof AccessDeniedException) {
			reason = "permission denied";
		}
		else if (failure instanceof NoSuchFileException) {
			reason = "no such file or directory, and it cannot be made";
		}
		else if (failure instanceof FileAlreadyExistsException) {
			reason = "something else of that name is there";
		}
		else {
			reason = failure.getClass().getSimpleName();
		}
		return failure.getMessage() + ": " + reason;
	}

	private static String where(InetSocketAddress address) {
		return address.getAddress().isAnyLocalAddress() ? "port " + address.getPort()
				: AddressText.of(address.getAddress()) + " port " + address.getPort();
	}

	private static Reason reason(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
			if (message.contains("permission denied") || message.contains("operation not permitted")) {
				return Reason.NOT_PERMITTED;
			}
			if (message.contains("cannot assign requested address") || message.contains("can't assign requested")) {
				return Reason.ADDRESS_NOT_AVAILABLE;
			}
			if (message.contains("already in use") || cause instanceof BindException) {
				return Reason.PORT_IN_USE;
			}
		}
		return Reason.OTHER;
	}

	/** Why. */
	public Reason reason() {
		return this.reason;
	}

	/** Where the server was to listen. */
	public InetSocketAddress address() {
		return this.address;
	}

}
