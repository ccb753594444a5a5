/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.mailio.smtp.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps maildirs ready for deliveries: makes {@code tmp}, {@code new} and {@code cur},
 * once per process forces them to disk with all their parents, and from time to time
 * removes what crashed deliveries have left in {@code tmp}. Safe for use by several
 * threads.
 */
final class MaildirFolders {

	/** The maildir convention: nobody writes a message for longer than this. */
	private static final Duration LEFT_OVER_AGE = Duration.ofHours(36);

	private static final Duration CLEANING_INTERVAL = Duration.ofHours(6);

	/** So that no delivery waits long for the cleaning of a full directory. */
	private static final int MAX_LOOKED_AT = 1000;

	/** Beyond that many mailboxes, all are looked at anew. */
	private static final int MAX_KNOWN = 10_000;

	private static final Logger log = LoggerFactory.getLogger(MaildirFolders.class);

	private final DurableFiles files;

	private final Path root;

	private final InstantSource clock;

	/** Maildir to the time of its next cleaning. */
	private final Map<Path, Long> known = new ConcurrentHashMap<>();

	MaildirFolders(DurableFiles files, Path root, InstantSource clock) {
		this.files = files;
		this.root = root;
		this.clock = clock;
	}

	/**
	 * Makes a folder of a maildir ready.
	 * @param maildir a directory below the root
	 * @param folder one of its folders
	 * @throws IOException if it cannot be made, or a symbolic link stands in the way
	 */
	void prepare(Path maildir, MaildirFolder folder) throws IOException {
		if (folder != MaildirFolder.INBOX) {
			prepare(maildir, MaildirFolder.INBOX);
		}
		Path directory = folder.of(maildir);
		long now = this.clock.millis();
		Long nextCleaning = this.known.get(directory);
		if (nextCleaning == null) {
			make(directory, folder);
		}
		if (nextCleaning == null || nextCleaning <= now) {
			if (this.known.size() >= MAX_KNOWN) {
				this.known.clear();
			}
			this.known.put(directory, now + CLEANING_INTERVAL.toMillis());
			clean(directory.resolve("tmp"), now - LEFT_OVER_AGE.toMillis());
		}
	}

	private void make(Path directory, MaildirFolder folder) throws IOException {
		this.files.makeRoot(this.root);
		for (String part : new String[] { "tmp", "new", "cur" }) {
			this.files.makeDirectories(this.root, directory.resolve(part));
		}
		if (folder != MaildirFolder.INBOX) {
			// Maildir++ marks folders so that nobody takes them for mailboxes.
			this.files.makeFile(directory.resolve("maildirfolder"));
			this.files.forceDirectory(directory);
		}
	}

	/** To be called when a maildir has vanished, or a folder of it. */
	void forget(Path maildir) {
		for (MaildirFolder folder : MaildirFolder.values()) {
			this.known.remove(folder.of(maildir));
		}
	}

	private static void clean(Path tmp, long oldest) {
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(tmp)) {
			int lookedAt = 0;
			for (Path entry : entries) {
				if (++lookedAt > MAX_LOOKED_AT) {
					return;
				}
				BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class,
						LinkOption.NOFOLLOW_LINKS);
				if (attributes.isRegularFile() && attributes.lastModifiedTime().toMillis() < oldest) {
					Files.deleteIfExists(entry);
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// Someone else cleans as well, perhaps; no reason to refuse a message.
			log.debug("Could not clean {}", Printable.of(tmp), Printable.of(ex));
		}
	}

}
