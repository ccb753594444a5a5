/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.ReversePath;

/**
 * {@code queue/maildir}: keeps messages for the recipients of served domains, each in a
 * maildir of its own; other recipients are left to other handlers.
 *
 * <p>
 * A message is written to {@code tmp} with {@code Return-Path} and {@code Delivered-To}
 * in front, octet by octet as it came, and forced to disk; the commit moves it to
 * {@code new} and forces that directory. Directories it makes are forced with all their
 * parents first. So a crash leaves either nothing, or a file in {@code tmp} that is
 * removed after 36 hours, or the message.
 *
 * <p>
 * The pattern names the maildir: {@code %d} is the domain, {@code %n} the local part
 * without quotes, both in lower case, with each unusual character as {@code %} and two
 * hexadecimal digits. {@code John@example.com} and {@code john@EXAMPLE.com} have one
 * maildir. No address leads out of the pattern's fixed part, which may be a symbolic
 * link; below it none is followed.
 *
 * <p>
 * An address that cannot be a directory (an empty or an over-long name) is refused with
 * 550 5.1.1, a full disk with 452 4.3.1; any other failure is an exception, hence 451.
 * Nothing is left behind then. Blocks; safe for use by several threads.
 */
public final class Maildir implements CommandHandler {

	/** Where maildirs are, unless configured otherwise. */
	public static final String DEFAULT_PATTERN = "./mailio/maildir/%d/%n";

	private final String pattern;

	private final MailDirectories directories;

	private final DurableFiles files;

	private final MaildirFolders folders;

	/**
	 * Keeps messages below a directory.
	 * @param pattern a path with placeholders, see above
	 * @throws IllegalArgumentException if it holds an unknown placeholder
	 */
	public Maildir(String pattern) {
		this(pattern, new DurableFiles(), InstantSource.system());
	}

	Maildir(String pattern, DurableFiles files, InstantSource clock) {
		this.pattern = pattern;
		this.directories = new MailDirectories(pattern);
		this.files = files;
		this.folders = new MaildirFolders(files, this.directories.root(), clock);
	}

	/** The directory that all maildirs lie in, absolute. */
	public Path root() {
		return this.directories.root();
	}

	/**
	 * Makes the root directory if it is missing, and proves that it can be written to.
	 * Meant for the start of the server.
	 * @throws IOException if it cannot, with a text that says what to do
	 */
	public void check() throws IOException {
		try {
			this.files.makeRoot(root());
			Files.delete(Files.createTempFile(root(), ".mailio-", ".probe"));
			this.files.forceDirectory(root());
		}
		catch (IOException ex) {
			throw new IOException("The mail directory " + root() + " (from the pattern '" + this.pattern
					+ "') cannot be written to. Make it writable for the user that runs this application, "
					+ "or configure another one. Cause: " + ex, ex);
		}
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) throws IOException {
		Map<Path, List<Mailbox>> maildirs = new LinkedHashMap<>();
		for (Mailbox recipient : req.session().envelope().to()) {
			if (req.session().server().serves(recipient.domain())) {
				Optional<Path> maildir = this.directories.of(recipient);
				if (maildir.isEmpty()) {
					return res.reject(Replies.NO_SUCH_MAILBOX);
				}
				maildirs.computeIfAbsent(maildir.get(), (path) -> new ArrayList<>()).add(recipient);
			}
		}
		return maildirs.isEmpty() ? res.accept() : keep(maildirs, req, res);
	}

	/**
	 * {@code rcpt/mailbox}: refuses a recipient of a served domain whose name cannot be a
	 * directory, so that the others get the message. Does not block.
	 */
	public Decision checkRecipient(SmtpRequest req, SmtpResponse res) {
		boolean ours = req.session().server().serves(req.to().domain());
		return (ours && this.directories.of(req.to()).isEmpty()) ? res.reject(Replies.NO_SUCH_MAILBOX) : res.accept();
	}

	private Decision keep(Map<Path, List<Mailbox>> maildirs, SmtpRequest req, SmtpResponse res) throws IOException {
		MaildirDelivery delivery = new MaildirDelivery(this.files, this.folders);
		boolean staged = false;
		try {
			String host = req.session().server().hostname();
			for (Map.Entry<Path, List<Mailbox>> entry : maildirs.entrySet()) {
				write(delivery, entry.getValue(), entry.getKey(), req.from(), req.message(), host);
			}
			res.stage(delivery);
			staged = true;
		}
		catch (IOException ex) {
			if (isDiskFull(ex, req.message().size())) {
				res.log()
					.warn("No room for a message of {} octets below {}: {}", req.message().size(), root(),
							Printable.of(ex.toString()));
				return res.reject(Replies.INSUFFICIENT_STORAGE);
			}
			throw ex;
		}
		finally {
			if (!staged) {
				delivery.rollback();
			}
		}
		return res.accept();
	}

	/**
	 * Keeps a message that no client brings. Blocks; when it returns, the message is
	 * durable for all whom it was kept for.
	 * @param from its sender
	 * @param recipients who gets it, whatever their domain
	 * @param message the message
	 * @param host our name
	 * @return the recipients that have it; the others have names that no mailbox has
	 * @throws IOException if nobody has it
	 */
	public Set<Mailbox> deliver(ReversePath from, Collection<Mailbox> recipients, ReceivedMessage message, String host)
			throws IOException {
		Map<Path, List<Mailbox>> maildirs = new LinkedHashMap<>();
		for (Mailbox recipient : recipients) {
			this.directories.of(recipient)
				.ifPresent((path) -> maildirs.computeIfAbsent(path, (key) -> new ArrayList<>()).add(recipient));
		}
		MaildirDelivery delivery = new MaildirDelivery(this.files, this.folders);
		boolean kept = false;
		try {
			for (Map.Entry<Path, List<Mailbox>> entry : maildirs.entrySet()) {
				write(delivery, entry.getValue(), entry.getKey(), from, message, host);
			}
			delivery.commit();
			kept = true;
		}
		finally {
			if (!kept) {
				delivery.rollback();
			}
		}
		return new LinkedHashSet<>(delivery.recipients());
	}

	private void write(MaildirDelivery delivery, List<Mailbox> recipients, Path maildir, ReversePath from,
			ReceivedMessage message, String host) throws IOException {
		byte[] head = ("Return-Path: <" + from + ">\r\nDelivered-To: " + recipients.get(0) + "\r\n")
			.getBytes(StandardCharsets.UTF_8);
		String name = MaildirFileNames.next(host, head.length + message.size());
		this.folders.prepare(maildir);
		try {
			write(maildir.resolve("tmp").resolve(name), head, message);
		}
		catch (NoSuchFileException ex) {
			// The mailbox was removed while the server runs: it is made anew, once.
			this.folders.forget(maildir);
			this.folders.prepare(maildir);
			write(maildir.resolve("tmp").resolve(name), head, message);
		}
		delivery.add(recipients, maildir, name);
	}

	private void write(Path file, byte[] head, ReceivedMessage message) throws IOException {
		try (InputStream body = message.openStream()) {
			this.files.write(file, head, body, head.length + message.size());
		}
	}

	/** The system's words may be in any language, so the free space is asked too. */
	private boolean isDiskFull(IOException cause, long size) {
		String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
		if (text.contains("no space left") || text.contains("quota exceeded")) {
			return true;
		}
		try {
			return Files.getFileStore(root()).getUsableSpace() < size;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
