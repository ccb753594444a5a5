/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.message.ReceivedMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.Mailboxes;
import io.mailio.plugin.rcpt.RecipientMailboxes;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code queue/maildir}: keeps messages for the recipients of served domains, each in a
 * maildir of its own; other recipients are left to other handlers.
 *
 * <p>
 * A message is written to {@code tmp} with {@code Return-Path} and {@code Delivered-To}
 * in front, octet by octet as it came, and forced to disk; other mailboxes get hard links
 * to that file. The commit moves all to {@code new} and forces those directories.
 * Directories it makes are forced with all their parents first. So a crash leaves either
 * nothing, or a file in {@code tmp} that is removed after 36 hours, or the message.
 *
 * <p>
 * Spam, as {@link SpamReport} calls it, goes into the folder {@code .Junk}; a user who is
 * logged in gets a copy of what he sends from his own address in {@code .Sent}.
 *
 * <p>
 * The pattern names the maildir: {@code %d} is the domain, {@code %n} the local part
 * without quotes, both in lower case, with each unusual character as {@code %} and two
 * hexadecimal digits. {@code John@example.com} and {@code john@EXAMPLE.com} have one
 * maildir. No address leads out of the pattern's fixed part, which may be a symbolic
 * link; below it none is followed.
 *
 * <p>
 * A recipient has the mailboxes that {@code rcpt/mailbox} has found; a mailbox that
 * several recipients lead to keeps the message once. A recipient one of whose mailboxes
 * is full by the quota is refused with its reply, so that the others get the message. An
 * address without a mailbox, or with one that cannot be a directory (an empty or an
 * over-long name), refuses the message with 550 5.1.1, a full disk with 452 4.3.1; any
 * other failure is an exception, hence 451. Nothing is left behind then. Blocks; safe for
 * use by several threads.
 */
public final class Maildir implements CommandHandler {

	private static final Logger log = LoggerFactory.getLogger(Maildir.class);

	/** Where maildirs are, unless configured otherwise. */
	public static final String DEFAULT_PATTERN = "./mailio/maildir/%d/%n";

	private static final String MAILBOXES = "rcpt/mailbox";

	private final MaildirOptions options;

	private final MailDirectories directories;

	private final Mailboxes mailboxes;

	private final MailboxQuota quota;

	private final SenderPolicy senders;

	private final Meters meters;

	private final DurableFiles files;

	private final MaildirFolders folders;

	/**
	 * Keeps messages below a directory.
	 * @param options where and how
	 * @param mailboxes where addresses lead
	 * @param quota which mailboxes have room
	 * @param senders whose addresses are whose, for copies of what users send
	 * @param meters counts what is kept
	 */
	public Maildir(MaildirOptions options, Mailboxes mailboxes, MailboxQuota quota, SenderPolicy senders,
			Meters meters) {
		this(options, mailboxes, quota, senders, meters, new DurableFiles(), InstantSource.system());
	}

	Maildir(MaildirOptions options, Mailboxes mailboxes, MailboxQuota quota, SenderPolicy senders, Meters meters,
			DurableFiles files, InstantSource clock) {
		this.options = options;
		this.directories = new MailDirectories(options.mailDir());
		this.mailboxes = mailboxes;
		this.quota = quota;
		this.senders = senders;
		this.meters = meters;
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
			throw new IOException("The mail directory " + root() + " (from the pattern '" + this.options.mailDir()
					+ "') cannot be written to. Make it writable for the user that runs this application, "
					+ "or configure another one. Cause: " + ex, ex);
		}
	}

	/** Whether a mailbox can be a directory. */
	public boolean isPossible(Mailbox mailbox) {
		return this.directories.of(mailbox).isPresent();
	}

	@Override
	public Decision handle(SmtpRequest req, SmtpResponse res) throws Exception {
		Map<Path, List<Mailbox>> maildirs = new LinkedHashMap<>();
		Optional<RecipientMailboxes> known = res.get(MAILBOXES, RecipientMailboxes.class);
		for (Mailbox recipient : req.session().envelope().to()) {
			if (!req.session().server().serves(recipient.domain())) {
				continue;
			}
			Optional<Set<Mailbox>> found = known.flatMap((all) -> all.of(recipient));
			Set<Mailbox> boxes = found.isPresent() ? found.get() : this.mailboxes.of(recipient);
			Reply unknown = unknown(boxes);
			if (unknown != null) {
				return res.reject(unknown);
			}
			Reply full = full(boxes, req.message().size());
			if (full != null) {
				res.rejectRecipient(recipient, full);
			}
			else {
				boxes.forEach((box) -> add(maildirs, box, recipient));
			}
		}
		Path sender = sentBy(req, res);
		return (maildirs.isEmpty() && sender == null) ? res.accept() : keep(maildirs, sender, req, res);
	}

	private @Nullable Reply unknown(Set<Mailbox> boxes) {
		if (boxes.isEmpty()) {
			return Replies.UNKNOWN_MAILBOX;
		}
		return boxes.stream().allMatch(this::isPossible) ? null : Replies.NO_SUCH_MAILBOX;
	}

	private @Nullable Reply full(Set<Mailbox> boxes, long size) throws Exception {
		for (Mailbox box : boxes) {
			Optional<Reply> full = this.quota.refusal(box, size);
			if (full.isPresent()) {
				this.meters.count(MeterName.MAILDIR_DELIVERIES, "full");
				return full.get();
			}
		}
		return null;
	}

	private void add(Map<Path, List<Mailbox>> maildirs, Mailbox box, Mailbox recipient) {
		List<Mailbox> recipients = maildirs.computeIfAbsent(this.directories.of(box).orElseThrow(),
				(path) -> new ArrayList<>());
		// Two mailboxes that share a directory may share a recipient, too.
		if (!recipients.contains(recipient)) {
			recipients.add(recipient);
		}
	}

	/** The maildir of a user who sends from an address of his own, if he gets a copy. */
	private @Nullable Path sentBy(SmtpRequest req, SmtpResponse res) throws Exception {
		SmtpSession session = req.session();
		Mailbox sender = req.from().mailbox().orElse(null);
		if (!this.options.sent() || sender == null || !session.authenticated()
				|| !session.server().serves(sender.domain())) {
			return null;
		}
		try {
			return !this.senders.permits(session, sender) ? null : sentBy(session, sender, req.message().size(), res);
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception ex) {
			// The recipients are not to miss the message for it.
			res.log().warn("The sender gets no copy of the message: {}", Printable.of(ex.toString()));
			return null;
		}
	}

	private @Nullable Path sentBy(SmtpSession session, Mailbox sender, long size, SmtpResponse res) throws Exception {
		// Whoever may send in the name of others does not write into their mailboxes.
		// Where his own address leads is his.
		Set<Mailbox> boxes = this.mailboxes.of(sender);
		boolean his = boxes.size() == 1 && SenderPolicy.OWN_ADDRESS.permits(session, sender);
		Optional<Mailbox> own = boxes.stream()
			.filter((box) -> his || SenderPolicy.OWN_ADDRESS.permits(session, box))
			.findFirst();
		if (own.isEmpty()) {
			return null;
		}
		if (this.quota.refusal(own.get(), size).isPresent()) {
			res.log().info("The sender gets no copy of the message: its mailbox is full");
			return null;
		}
		return this.directories.of(own.get()).orElse(null);
	}

	private Decision keep(Map<Path, List<Mailbox>> maildirs, @Nullable Path sender, SmtpRequest req, SmtpResponse res)
			throws IOException {
		MaildirDelivery delivery = new MaildirDelivery(this.files, this.folders, this.meters);
		MaildirFolder folder = isSpam(res) ? MaildirFolder.JUNK : MaildirFolder.INBOX;
		boolean staged = false;
		try {
			MessageCopies copies = copies(req.from(), req.message(), req.session().server().hostname());
			copies.write(maildirs, folder, delivery);
			if (sender != null) {
				copies.writeSent(sender, delivery);
			}
			res.stage(delivery);
			staged = true;
			res.set(delivery.kept());
		}
		catch (IOException ex) {
			if (this.files.isFull(ex, root(), req.message().size())) {
				this.meters.count(MeterName.MAILDIR_DELIVERIES, "no-space");
				res.log()
					.warn("No room for a message of {} octets below {}: {}", req.message().size(), root(),
							Printable.of(ex.toString()));
				return res.reject(Replies.INSUFFICIENT_STORAGE);
			}
			this.meters.count(MeterName.MAILDIR_DELIVERIES, "failed");
			throw ex;
		}
		finally {
			if (!staged) {
				delivery.rollback();
			}
		}
		return res.accept();
	}

	private boolean isSpam(SmtpResponse res) {
		if (!this.options.junk()) {
			return false;
		}
		for (Object value : res.get("queue").values()) {
			if (value instanceof SpamVerdict verdict && verdict.isSpam()) {
				return true;
			}
		}
		return false;
	}

	private MessageCopies copies(ReversePath from, ReceivedMessage message, String host) {
		return new MessageCopies(this.files, this.folders, this.options.hardLinks(), from, message, host);
	}

	/**
	 * Keeps a message that no client brings, in the inboxes of its recipients. Blocks;
	 * when it returns, the message is durable for all whom it was kept for.
	 * @param from its sender
	 * @param recipients who gets it, of served domains
	 * @param message the message
	 * @param host our name
	 * @return those who do not get it, and why; the others have it
	 * @throws IOException if nobody has it
	 */
	public Map<Mailbox, Reply> deliver(ReversePath from, Collection<Mailbox> recipients, ReceivedMessage message,
			String host) throws IOException {
		Map<Path, List<Mailbox>> maildirs = new LinkedHashMap<>();
		Map<Mailbox, Reply> refused = new LinkedHashMap<>();
		for (Mailbox recipient : recipients) {
			Reply refusal = place(recipient, message.size(), maildirs);
			if (refusal != null) {
				refused.put(recipient, refusal);
			}
		}
		MaildirDelivery delivery = new MaildirDelivery(this.files, this.folders, this.meters);
		boolean kept = false;
		try {
			copies(from, message, host).write(maildirs, MaildirFolder.INBOX, delivery);
			delivery.commit();
			kept = true;
		}
		finally {
			if (!kept) {
				delivery.rollback();
			}
		}
		return refused;
	}

	/** One recipient that nothing can be told about does not keep the others waiting. */
	private @Nullable Reply place(Mailbox recipient, long size, Map<Path, List<Mailbox>> maildirs) {
		try {
			Set<Mailbox> boxes = this.mailboxes.of(recipient);
			Reply unknown = unknown(boxes);
			Reply refusal = (unknown != null) ? unknown : full(boxes, size);
			if (refusal == null) {
				boxes.forEach((box) -> add(maildirs, box, recipient));
			}
			return refusal;
		}
		catch (SmtpReplyException ex) {
			return ex.reply();
		}
		catch (Exception ex) {
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
			log.warn("The mailboxes of {} could not be found; it is tried again", Printable.of(recipient),
					Printable.of(ex));
			return Replies.LOCAL_ERROR;
		}
	}

}
