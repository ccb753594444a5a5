/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ListIterator;
import java.util.Set;

import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import io.mailio.smtp.Replies;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message in the {@code tmp} of one or more maildirs, forced to disk, about to be
 * moved to {@code new}. Used by one thread at a time.
 */
final class MaildirDelivery implements Delivery {

	private static final Logger log = LoggerFactory.getLogger(MaildirDelivery.class);

	/** Maildirs mark with S what their owners have seen. */
	private static final String SEEN = ":2,S";

	/**
	 * One file.
	 *
	 * @param recipients who gets it; nobody if it is the sender's
	 */
	private record Entry(List<Mailbox> recipients, Path maildir, MaildirFolder folder, String name) {

		Path written() {
			return this.folder.of(this.maildir).resolve("tmp").resolve(this.name);
		}

		Path delivered() {
			Path directory = this.folder.of(this.maildir);
			// Elsewhere (Windows) a name cannot hold a colon.
			return (this.folder == MaildirFolder.SENT && DurableFiles.isPosix(directory))
					? directory.resolve("cur").resolve(this.name + SEEN) : directory.resolve("new").resolve(this.name);
		}

	}

	private final DurableFiles files;

	private final MaildirFolders folders;

	private final Meters meters;

	private final List<Entry> entries = new ArrayList<>();

	/** How many entries, from the first on, lie in {@code new} and not in {@code tmp}. */
	private int moved;

	MaildirDelivery(DurableFiles files, MaildirFolders folders, Meters meters) {
		this.files = files;
		this.folders = folders;
		this.meters = meters;
	}

	/** Adds a file that lies in {@code tmp}; recipients that share a mailbox share it. */
	void add(List<Mailbox> recipients, Path maildir, MaildirFolder folder, String name) {
		this.entries.add(new Entry(recipients, maildir, folder, name));
	}

	@Override
	public Collection<Mailbox> recipients() {
		return this.entries.stream().flatMap((entry) -> entry.recipients().stream()).distinct().toList();
	}

	@Override
	public void exclude(Set<Mailbox> refused) {
		for (ListIterator<Entry> each = this.entries.listIterator(); each.hasNext();) {
			Entry entry = each.next();
			List<Mailbox> left = entry.recipients().stream().filter((one) -> !refused.contains(one)).toList();
			if (left.isEmpty() && !entry.recipients().isEmpty()) {
				remove(entry.written());
				each.remove();
			}
			else {
				each.set(new Entry(left, entry.maildir(), entry.folder(), entry.name()));
			}
		}
	}

	@Override
	public void commit() throws IOException {
		try {
			Set<Path> changed = new LinkedHashSet<>();
			for (Entry entry : this.entries) {
				this.files.move(entry.written(), entry.delivered());
				this.moved++;
				changed.add(entry.delivered().getParent());
			}
			for (Path directory : changed) {
				this.files.forceDirectory(directory);
			}
		}
		catch (IOException | RuntimeException ex) {
			rollback();
			// A directory may have vanished; the next delivery looks and makes it anew.
			this.entries.forEach((entry) -> this.folders.forget(entry.maildir()));
			count(ex);
			throw ex;
		}
		this.entries.forEach((entry) -> this.meters.count(MeterName.MAILDIR_DELIVERIES, entry.folder().outcome()));
	}

	/**
	 * Counts a failure.
	 * @throws SmtpReplyException instead of it, if the disk is full
	 */
	private void count(Exception failure) {
		boolean full = failure instanceof IOException cause
				&& this.files.isFull(cause, this.entries.get(0).maildir(), 1);
		this.meters.count(MeterName.MAILDIR_DELIVERIES, full ? "no-space" : "failed");
		if (full) {
			log.warn("No room to keep a message in {}: {}", Printable.of(this.entries.get(0).maildir()),
					Printable.of(failure.toString()));
			throw new SmtpReplyException(Replies.INSUFFICIENT_STORAGE);
		}
	}

	/** What is kept where. */
	MaildirCopies kept() {
		return new MaildirCopies(count(MaildirFolder.INBOX), count(MaildirFolder.JUNK), count(MaildirFolder.SENT));
	}

	private int count(MaildirFolder folder) {
		return (int) this.entries.stream().filter((entry) -> entry.folder() == folder).count();
	}

	@Override
	public void rollback() {
		for (int i = 0; i < this.entries.size(); i++) {
			Entry entry = this.entries.get(i);
			if (i >= this.moved) {
				remove(entry.written());
			}
			else if (remove(entry.delivered())) {
				forceRemoval(entry.delivered().getParent());
			}
		}
	}

	private static boolean remove(Path file) {
		try {
			return Files.deleteIfExists(file);
		}
		catch (IOException | RuntimeException ex) {
			log.warn("Could not remove {}: its message was refused, but may be seen there", Printable.of(file),
					Printable.of(ex));
			return false;
		}
	}

	private void forceRemoval(Path directory) {
		try {
			this.files.forceDirectory(directory);
		}
		catch (IOException | RuntimeException ex) {
			log.debug("Could not force {} to disk; a crash could bring a refused message back", Printable.of(directory),
					Printable.of(ex));
		}
	}

}
