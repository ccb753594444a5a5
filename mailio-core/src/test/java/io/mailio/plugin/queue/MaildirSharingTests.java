/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.mailio.handler.Decision;
import io.mailio.handler.Delivery;
import io.mailio.handler.SmtpReplyException;
import io.mailio.metrics.Meters;
import io.mailio.plugin.mail.SenderPolicy;
import io.mailio.plugin.rcpt.MailboxOptions.Alias;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.plugin.rcpt.MailboxResolver;
import io.mailio.plugin.rcpt.Mailboxes;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.Replies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/** One message for several mailboxes. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Names of maildir files hold a colon, which Windows does not take")
class MaildirSharingTests {

	private static final MailboxOptions ALIASES = new MailboxOptions(
			List.of(new Alias("all@b.test", List.of("a@b.test", "b@b.test", "c@b.test")),
					new Alias("also-a@b.test", List.of("a@b.test"))),
			Set.of());

	@TempDir
	Path temp;

	private Maildir maildir(boolean hardLinks, MailboxQuota quota, DurableFiles files) {
		return QueueExchange.maildir(
				MaildirOptions.defaults().withMailDir(this.temp + "/mail/%d/%n").withHardLinks(hardLinks), ALIASES,
				quota, files, InstantSource.system());
	}

	private Maildir maildir() {
		return maildir(true, MailboxQuota.UNLIMITED, new DurableFiles());
	}

	private List<Path> messages() throws IOException {
		if (!Files.exists(this.temp.resolve("mail"))) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(this.temp.resolve("mail"))) {
			return files.filter(Files::isRegularFile)
				.filter((file) -> !file.endsWith("maildirfolder"))
				.sorted()
				.toList();
		}
	}

	private static int links(Path file) {
		try {
			return (int) Files.getAttribute(file, "unix:nlink");
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private List<Path> delivered(Maildir maildir, String... to) throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", to);
		assertThat(exchange.handledBy(maildir)).isEqualTo(Decision.accept());
		exchange.commit();
		return messages();
	}

	@Test
	void theMailboxesOfAMessageShareOneFile() throws Exception {
		assertThat(delivered(maildir(), "a@b.test", "b@b.test", "c@example.com")).hasSize(3)
			.allSatisfy((file) -> assertThat(links(file)).isEqualTo(3))
			.allSatisfy((file) -> assertThat(file.getParent()).hasFileName("new"))
			// Nobody must learn from it who else has got it.
			.allSatisfy((file) -> assertThat(file).content()
				.isEqualTo("Return-Path: <s@a.test>\r\n" + QueueExchange.TRACE + "body"));
	}

	@Test
	void aFileForOneRecipientNamesIt() throws Exception {
		assertThat(delivered(maildir(), "all@b.test", "x@elsewhere.test")).hasSize(3)
			.allSatisfy((file) -> assertThat(links(file)).isEqualTo(3))
			.allSatisfy((file) -> assertThat(file).content().contains("\r\nDelivered-To: all@b.test\r\nReceived"));
	}

	@Test
	void aMailboxThatSeveralRecipientsLeadToKeepsTheMessageOnce() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "also-a@b.test", "A@b.test", "all@b.test");
		exchange.handledBy(maildir());
		exchange.commit();
		assertThat(messages()).extracting((file) -> file.getParent().getParent().getFileName().toString())
			.containsExactly("a", "b", "c");
		assertThat(exchange.staged()).singleElement()
			.satisfies((delivery) -> assertThat(delivery.recipients()).containsExactlyInAnyOrder(
					Mailbox.of("also-a@b.test"), Mailbox.of("A@b.test"), Mailbox.of("all@b.test")));
	}

	@Test
	void aRecipientThatIsRefusedLaterLosesOnlyMailboxesOfItsOwn() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "also-a@b.test", "all@b.test");
		exchange.handledBy(maildir());
		exchange.staged().get(0).exclude(Set.of(Mailbox.of("all@b.test")));
		exchange.commit();
		assertThat(messages()).singleElement().asString().contains("/b.test/a/new/");
	}

	@Test
	void withoutHardLinksEachMailboxHasAFileThatNamesItsRecipient() throws Exception {
		Maildir maildir = maildir(false, MailboxQuota.UNLIMITED, new DurableFiles());
		assertThat(delivered(maildir, "a@b.test", "b@b.test")).hasSize(2)
			.allSatisfy((file) -> assertThat(links(file)).isEqualTo(1))
			.allSatisfy((file) -> assertThat(file).content()
				.contains("Delivered-To: " + file.getParent().getParent().getFileName() + "@b.test\r\n"));
	}

	@Test
	void whereTheFileSystemCannotLinkTheMessageIsCopied() throws Exception {
		DurableFiles none = new DurableFiles() {

			@Override
			boolean link(Path file, Path other) {
				return false;
			}

		};
		assertThat(delivered(maildir(true, MailboxQuota.UNLIMITED, none), "a@b.test", "b@b.test")).hasSize(2)
			.allSatisfy((file) -> assertThat(links(file)).isEqualTo(1))
			.allSatisfy((file) -> assertThat(file).content().endsWith("body"));
	}

	@Test
	void eachFileSystemStoresTheMessageOnce() throws Exception {
		DurableFiles twoSystems = new DurableFiles() {

			@Override
			boolean link(Path file, Path other) throws IOException {
				boolean same = file.toString().contains("/example.com/") == other.toString().contains("/example.com/");
				return same && super.link(file, other);
			}

		};
		assertThat(delivered(maildir(true, MailboxQuota.UNLIMITED, twoSystems), "a@b.test", "a@example.com", "b@b.test",
				"b@example.com", "c@b.test"))
			.extracting(MaildirSharingTests::links)
			.containsExactly(3, 3, 3, 2, 2);
	}

	@Test
	void aFileThatCannotHaveMoreNamesIsCopied() throws Exception {
		Path file = Files.writeString(this.temp.resolve("file"), "x");
		assertThat(new DurableFiles().link(file, Files.writeString(this.temp.resolve("taken"), "y"))).isFalse();
		assertThat(this.temp.resolve("taken")).content().isEqualTo("y");
	}

	@Test
	void aFileSystemHasNoLinksToAnother() throws Exception {
		Path memory = Path.of("/dev/shm");
		assumeThat(memory).isDirectory().isWritable();
		assumeThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(this.temp));
		Path other = Files.createTempDirectory(memory, "mailio-");
		try {
			Path file = Files.writeString(this.temp.resolve("file"), "x");
			assertThat(new DurableFiles().link(file, other.resolve("file"))).isFalse();
			assertThat(other).isEmptyDirectory();
		}
		finally {
			Files.delete(other);
		}
	}

	@Test
	void spamGoesIntoJunk() throws Exception {
		for (double score : new double[] { 4.9, 5 }) {
			for (boolean junk : new boolean[] { true, false }) {
				QueueExchange exchange = new QueueExchange("joe@b.test", "body", "box@b.test").loggedIn("joe")
					.found("spamd", new SpamReport(SpamReport.Status.SCANNED, score, 5, 5, List.of()));
				exchange.handledBy(QueueExchange.maildir(
						MaildirOptions.defaults().withMailDir(this.temp + "/mail/%n").withJunk(junk), ALIASES,
						MailboxQuota.UNLIMITED, (session, sender) -> true));
				exchange.commit();
				String folder = (junk && score >= 5) ? "/mail/box/.Junk/new/" : "/mail/box/new/";
				assertThat(messages()).hasSize(2)
					.anySatisfy((file) -> assertThat(file).asString().contains("/mail/joe/.Sent/cur/"))
					.anySatisfy((file) -> assertThat(file).asString().contains(folder));
				exchange.staged().forEach(Delivery::rollback);
			}
		}
		assertThat(this.temp.resolve("mail/box/.Junk/maildirfolder")).isEmptyFile();
	}

	@Test
	void aMailboxThatWasRemovedIsMadeAnewForItsLink() throws Exception {
		Maildir maildir = maildir();
		delivered(maildir, "a@b.test", "b@b.test");
		for (String folder : new String[] { "new", "tmp", "cur", "" }) {
			Path directory = this.temp.resolve("mail/b.test/b").resolve(folder);
			try (Stream<Path> files = Files.list(directory)) {
				for (Path file : files.toList()) {
					Files.delete(file);
				}
			}
			Files.delete(directory);
		}
		assertThat(delivered(maildir, "a@b.test", "b@b.test")).hasSize(3);
	}

	@Test
	void theSenderWhoIsLoggedInHasACopyThatHeHasSeen() throws Exception {
		QueueExchange exchange = new QueueExchange("Joe@b.test", "body", "x@elsewhere.test").loggedIn("joe");
		exchange.handledBy(maildir());
		assertThat(exchange.staged()).singleElement()
			.satisfies((delivery) -> assertThat(delivery.recipients()).isEmpty());
		exchange.staged().get(0).exclude(Set.of(Mailbox.of("y@elsewhere.test")));
		exchange.commit();
		Path joe = this.temp.resolve("mail/b.test/joe");
		assertThat(messages()).singleElement().satisfies((file) -> {
			assertThat(file.getParent()).isEqualTo(joe.resolve(".Sent/cur"));
			assertThat(file.getFileName().toString()).endsWith(":2,S");
			assertThat(file).content().isEqualTo("Return-Path: <Joe@b.test>\r\n" + QueueExchange.TRACE + "body");
		});
		assertThat(joe.resolve(".Sent/maildirfolder")).isEmptyFile();
		assertThat(joe.resolve(".Sent/new")).isEmptyDirectory();
		assertThat(joe.resolve("cur")).isEmptyDirectory();
		exchange.staged().get(0).rollback();
		assertThat(messages()).isEmpty();
	}

	@Test
	void nobodyElseHasACopyOfWhatIsSent() throws Exception {
		Maildir without = QueueExchange.maildir(
				MaildirOptions.defaults().withMailDir(this.temp + "/mail/%d/%n").withSent(false), ALIASES,
				MailboxQuota.UNLIMITED, new DurableFiles(), InstantSource.system());
		QueueExchange off = new QueueExchange("joe@b.test", "body", "x@elsewhere.test").loggedIn("joe");
		QueueExchange stranger = new QueueExchange("joe@b.test", "body", "x@elsewhere.test");
		QueueExchange foreign = new QueueExchange("joe@elsewhere.test", "body", "x@elsewhere.test").loggedIn("joe");
		QueueExchange other = new QueueExchange("ann@b.test", "body", "x@elsewhere.test").loggedIn("joe");
		QueueExchange nobody = new QueueExchange("", "body", "x@elsewhere.test").loggedIn("joe");
		off.handledBy(without);
		for (QueueExchange exchange : List.of(stranger, foreign, other, nobody)) {
			exchange.handledBy(maildir());
			assertThat(exchange.staged()).isEmpty();
		}
		assertThat(off.staged()).isEmpty();
		assertThat(messages()).isEmpty();
	}

	@Test
	void whoSendsFromAListHasHisOwnCopyOnly() throws Exception {
		QueueExchange exchange = new QueueExchange("all@b.test", "body", "x@elsewhere.test").loggedIn("b@b.test");
		exchange.handledBy(QueueExchange.maildir(MaildirOptions.defaults().withMailDir(this.temp + "/mail/%d/%n"),
				ALIASES, MailboxQuota.UNLIMITED, (session, sender) -> true));
		exchange.commit();
		assertThat(messages()).singleElement().asString().contains("/b.test/b/.Sent/cur/");
	}

	@Test
	void whoMaySendInTheNameOfOthersDoesNotWriteIntoTheirMailboxes() throws Exception {
		QueueExchange exchange = new QueueExchange("joe@b.test", "body", "box@b.test").loggedIn("ann");
		exchange.handledBy(maildir(ALIASES, null, (session, sender) -> true));
		exchange.commit();
		assertThat(messages()).singleElement().asString().contains("/b.test/box/new/");
	}

	private Maildir maildir(MailboxOptions aliases, MailboxResolver resolver, SenderPolicy senders) {
		return new Maildir(MaildirOptions.defaults().withMailDir(this.temp + "/mail/%d/%n"),
				new Mailboxes(Set.of("b.test"), aliases, resolver, null), MailboxQuota.UNLIMITED, senders, Meters.NONE);
	}

	@Test
	void theRecipientsGetTheMessageThoughTheMailboxOfTheSenderCannotBeFound() throws Exception {
		MailboxResolver noJoe = (address) -> {
			if (address.localPart().equals("joe")) {
				throw new IOException("no database");
			}
			return List.of(address);
		};
		SenderPolicy unsure = (session, sender) -> {
			throw new IllegalStateException("no database");
		};
		for (Maildir maildir : List.of(maildir(MailboxOptions.defaults(), noJoe, SenderPolicy.OWN_ADDRESS),
				maildir(MailboxOptions.defaults(), null, unsure))) {
			QueueExchange exchange = new QueueExchange("joe@b.test", "body", "box@b.test").loggedIn("joe");
			assertThat(exchange.handledBy(maildir)).isEqualTo(Decision.accept());
			exchange.commit();
			assertThat(messages()).singleElement().asString().contains("/b.test/box/new/");
			exchange.staged().forEach(Delivery::rollback);
		}
	}

	@Test
	void aFullMailboxRefusesItsRecipientsOnly() throws Exception {
		MailboxQuota quota = (mailbox, size) -> mailbox.localPart().equals("b") ? Optional.of(Replies.MAILBOX_FULL)
				: Optional.empty();
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test", "all@b.test", "b@b.test");
		assertThat(exchange.handledBy(maildir(true, quota, new DurableFiles()))).isEqualTo(Decision.accept());
		assertThat(exchange.refused()).containsOnlyKeys(Mailbox.of("all@b.test"), Mailbox.of("b@b.test"))
			.containsValue(Replies.MAILBOX_FULL);
		exchange.commit();
		assertThat(messages()).singleElement().asString().contains("/b.test/a/new/");
	}

	@Test
	void aFullMailboxOfTheSenderKeepsNoMessageFromBeingSent() throws Exception {
		MailboxQuota quota = (mailbox, size) -> Optional.of(Replies.OVER_QUOTA);
		QueueExchange exchange = new QueueExchange("joe@b.test", "body", "x@elsewhere.test").loggedIn("joe");
		assertThat(exchange.handledBy(maildir(true, quota, new DurableFiles()))).isEqualTo(Decision.accept());
		assertThat(exchange.staged()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whateverFailsNothingIsLeft(boolean hardLinks) throws Exception {
		int failures = 0;
		for (boolean succeeded = false; !succeeded;) {
			Failing files = new Failing(++failures);
			QueueExchange exchange = new QueueExchange("joe@b.test", "body", "all@b.test", "joe@b.test", "d@b.test")
				.loggedIn("joe");
			try {
				exchange.handledBy(maildir(hardLinks, MailboxQuota.UNLIMITED, files));
				exchange.commit();
				succeeded = true;
				assertThat(messages()).hasSize(6);
			}
			catch (IOException ex) {
				assertThat(ex).hasMessage("broken");
				assertThat(messages()).as("after failure %d, at %s", failures, files.at).isEmpty();
			}
			exchange.staged().forEach(Delivery::rollback);
			assertThat(messages()).isEmpty();
		}
		// Six files written or linked, six moved, six directories forced, and more.
		assertThat(failures).isGreaterThan(18);
	}

	@Test
	void aDiskThatIsFullWhenTheMessageIsMovedIsATemporaryRefusal() throws Exception {
		DurableFiles full = new DurableFiles() {

			@Override
			void move(Path from, Path to) throws IOException {
				throw new FileSystemException(to.toString(), null, "No space left on device");
			}

		};
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test", "b@b.test");
		exchange.handledBy(maildir(true, MailboxQuota.UNLIMITED, full));
		assertThatExceptionOfType(SmtpReplyException.class).isThrownBy(exchange::commit)
			.satisfies((ex) -> assertThat(ex.reply()).isEqualTo(Replies.INSUFFICIENT_STORAGE));
		assertThat(messages()).isEmpty();
	}

	@Test
	void theContentIsOnDiskBeforeItsLinksAndAllBeforeTheMoves() throws Exception {
		List<String> steps = new ArrayList<>();
		DurableFiles recording = new DurableFiles() {

			@Override
			void write(Path file, byte[] head, InputStream body, long size) throws IOException {
				super.write(file, head, body, size);
				steps.add("written");
			}

			@Override
			boolean link(Path file, Path other) throws IOException {
				steps.add("link");
				return super.link(file, other);
			}

			@Override
			void move(Path from, Path to) throws IOException {
				steps.add("move");
				super.move(from, to);
			}

			@Override
			void forceDirectory(Path directory) throws IOException {
				super.forceDirectory(directory);
				if (directory.endsWith("new")) {
					steps.add("force");
				}
			}

		};
		delivered(maildir(true, MailboxQuota.UNLIMITED, recording), "a@b.test", "b@b.test");
		assertThat(steps).containsExactly("written", "link", "move", "move", "force", "force");
	}

	/** One of its operations fails. */
	private static final class Failing extends DurableFiles {

		private final AtomicInteger left;

		private String at = "";

		Failing(int number) {
			this.left = new AtomicInteger(number);
		}

		private void step(String step) throws IOException {
			if (this.left.decrementAndGet() == 0) {
				this.at = step;
				throw new IOException("broken");
			}
		}

		@Override
		void write(Path file, byte[] head, InputStream body, long size) throws IOException {
			step("write");
			super.write(file, head, body, size);
		}

		@Override
		boolean link(Path file, Path other) throws IOException {
			step("link");
			return super.link(file, other);
		}

		@Override
		void makeFile(Path file) throws IOException {
			step("makeFile");
			super.makeFile(file);
		}

		@Override
		void move(Path from, Path to) throws IOException {
			step("move");
			super.move(from, to);
		}

		@Override
		void forceDirectory(Path directory) throws IOException {
			step("force");
			super.forceDirectory(directory);
		}

	}

}
