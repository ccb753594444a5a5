/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.jspecify.annotations.Nullable;

/**
 * Writes one message into the {@code tmp} of mailboxes. Mailboxes share one file by hard
 * links, as far as it is the same for them and the file system allows; it is written and
 * forced to disk once. Used by one thread.
 */
final class MessageCopies {

	/** More file systems than that have to do with a copy for each mailbox. */
	private static final int MAX_SOURCES = 4;

	private final DurableFiles files;

	private final MaildirFolders folders;

	private final boolean sharing;

	private final ReversePath from;

	private final ReceivedMessage message;

	private final String host;

	/** What stands in front to the files with it, the latest last. */
	private final Map<String, List<Path>> written = new HashMap<>();

	MessageCopies(DurableFiles files, MaildirFolders folders, boolean sharing, ReversePath from,
			ReceivedMessage message, String host) {
		this.files = files;
		this.folders = folders;
		this.sharing = sharing;
		this.from = from;
		this.message = message;
		this.host = host;
	}

	/**
	 * Writes the message for all mailboxes.
	 * @param maildirs who gets it there
	 * @param folder the folder for all of them
	 * @param delivery is told of each file
	 */
	void write(Map<Path, List<Mailbox>> maildirs, MaildirFolder folder, MaildirDelivery delivery) throws IOException {
		long names = maildirs.values().stream().map((recipients) -> recipients.get(0)).distinct().count();
		for (Map.Entry<Path, List<Mailbox>> entry : maildirs.entrySet()) {
			// A shared file must not tell one recipient of another.
			Mailbox named = (names > 1 && this.sharing) ? null : entry.getValue().get(0);
			write(entry.getKey(), folder, entry.getValue(), named, delivery);
		}
	}

	/** Writes the message for its sender. */
	void writeSent(Path maildir, MaildirDelivery delivery) throws IOException {
		write(maildir, MaildirFolder.SENT, List.of(), null, delivery);
	}

	private void write(Path maildir, MaildirFolder folder, List<Mailbox> recipients, @Nullable Mailbox deliveredTo,
			MaildirDelivery delivery) throws IOException {
		String head = "Return-Path: <" + this.from + ">\r\n"
				+ ((deliveredTo != null) ? "Delivered-To: " + deliveredTo + "\r\n" : "");
		byte[] octets = head.getBytes(StandardCharsets.UTF_8);
		String name = MaildirFileNames.next(this.host, octets.length + this.message.size());
		Path directory = folder.of(maildir);
		Path file = directory.resolve("tmp").resolve(name);
		List<Path> sources = this.written.computeIfAbsent(head, (key) -> new ArrayList<>());
		this.folders.prepare(maildir, folder);
		try {
			place(file, octets, sources);
		}
		catch (NoSuchFileException ex) {
			// The mailbox was removed while the server runs: it is made anew, once.
			this.folders.forget(maildir);
			this.folders.prepare(maildir, folder);
			place(file, octets, sources);
		}
		delivery.add(recipients, maildir, folder, name);
	}

	private void place(Path file, byte[] head, List<Path> sources) throws IOException {
		for (int i = sources.size() - 1; i >= 0; i--) {
			if (this.files.link(sources.get(i), file)) {
				return;
			}
		}
		try (InputStream body = this.message.openStream()) {
			this.files.write(file, head, body, head.length + this.message.size());
		}
		if (this.sharing && sources.size() < MAX_SOURCES) {
			sources.add(file);
		}
	}

}
