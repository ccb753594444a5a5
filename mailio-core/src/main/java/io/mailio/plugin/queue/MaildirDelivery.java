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
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message in the {@code tmp} of one or more maildirs, forced to disk, about to be
 * moved to {@code new}. Used by one thread at a time.
 */
final class MaildirDelivery implements Delivery {

	private static final Logger log = LoggerFactory.getLogger(MaildirDelivery.class);

	private record Entry(List<Mailbox> recipients, Path maildir, String name) {

		Path written() {
			return this.maildir.resolve("tmp").resolve(this.name);
		}

		Path delivered() {
			return this.maildir.resolve("new").resolve(this.name);
		}

	}

	private final DurableFiles files;

	private final MaildirFolders folders;

	private final List<Entry> entries = new ArrayList<>();

	/** How many entries, from the first on, lie in {@code new} and not in {@code tmp}. */
	private int moved;

	MaildirDelivery(DurableFiles files, MaildirFolders folders) {
		this.files = files;
		this.folders = folders;
	}

	/** Adds a file that lies in {@code tmp}; recipients that share a mailbox share it. */
	void add(List<Mailbox> recipients, Path maildir, String name) {
		this.entries.add(new Entry(recipients, maildir, name));
	}

	@Override
	public Collection<Mailbox> recipients() {
		return this.entries.stream().flatMap((entry) -> entry.recipients().stream()).toList();
	}

	@Override
	public void exclude(Set<Mailbox> refused) {
		for (ListIterator<Entry> each = this.entries.listIterator(); each.hasNext();) {
			Entry entry = each.next();
			List<Mailbox> left = entry.recipients().stream().filter((one) -> !refused.contains(one)).toList();
			if (left.isEmpty()) {
				remove(entry.written());
				each.remove();
			}
			else {
				each.set(new Entry(left, entry.maildir(), entry.name()));
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
			throw ex;
		}
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
