/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.mailio.handler.Decision;
import io.mailio.message.ReceivedMessage;
import io.mailio.plugin.rcpt.MailboxOptions;
import io.mailio.plugin.rcpt.MailboxQuota;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class MaildirTests {

	@TempDir
	Path temp;

	private Path root() {
		return this.temp.resolve("mail");
	}

	private Maildir maildir() {
		return maildir(new DurableFiles());
	}

	private Maildir maildir(DurableFiles files) {
		return maildir(files, InstantSource.system());
	}

	private Maildir maildir(DurableFiles files, InstantSource clock) {
		return QueueExchange.maildir(MaildirOptions.defaults().withMailDir(root() + "/%d/%n"),
				MailboxOptions.defaults(), MailboxQuota.UNLIMITED, files, clock);
	}

	private Path box(String box) {
		return root().resolve(box);
	}

	private static List<Path> files(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			return files.sorted().toList();
		}
	}

	private List<Path> allFiles() throws IOException {
		if (!Files.exists(root())) {
			return List.of();
		}
		try (Stream<Path> files = Files.walk(root())) {
			return files.filter(Files::isRegularFile).toList();
		}
	}

	@Test
	void aCommittedMessageLiesInNewWithItsEnvelopeInFront() throws Exception {
		QueueExchange exchange = new QueueExchange("Sender@a.test", "Subject: x\r\n\r\nbody\r\n", "Joe@Example.com");
		assertThat(exchange.handledBy(maildir())).isEqualTo(Decision.accept());
		assertThat(exchange.staged()).singleElement()
			.satisfies((delivery) -> assertThat(delivery.recipients()).containsExactly(Mailbox.of("Joe@Example.com")));
		Path joe = box("example.com/joe");
		assertThat(joe.resolve("new")).isEmptyDirectory();
		assertThat(joe.resolve("cur")).isEmptyDirectory();
		assertThat(files(joe.resolve("tmp"))).hasSize(1);
		exchange.commit();
		assertThat(joe.resolve("tmp")).isEmptyDirectory();
		Path file = files(joe.resolve("new")).get(0);
		String expected = "Return-Path: <Sender@a.test>\r\nDelivered-To: Joe@Example.com\r\n" + QueueExchange.TRACE
				+ "Subject: x\r\n\r\nbody\r\n";
		assertThat(file).content(StandardCharsets.ISO_8859_1).isEqualTo(expected);
		assertThat(file.getFileName().toString())
			.matches("\\d+\\.M\\d{1,6}P\\d+Q\\d+\\.mx\\.example\\.com,S=" + expected.length());
	}

	@Test
	void theNullSenderIsAnEmptyReturnPath() throws Exception {
		QueueExchange exchange = new QueueExchange("", "body", "joe@example.com");
		exchange.handledBy(maildir());
		exchange.commit();
		assertThat(allFiles().get(0)).content().startsWith("Return-Path: <>\r\n");
	}

	@Test
	void eachServedMailboxGetsAFileAndOthersAreLeftAlone() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "joe@example.com", "x@elsewhere.test",
				"JOE@example.com", "ann@b.test");
		exchange.handledBy(maildir());
		exchange.commit();
		assertThat(exchange.staged()).singleElement()
			.satisfies((delivery) -> assertThat(delivery.recipients()).containsExactly(Mailbox.of("joe@example.com"),
					Mailbox.of("JOE@example.com"), Mailbox.of("ann@b.test")));
		assertThat(files(box("example.com/joe/new"))).hasSize(1);
		assertThat(files(box("b.test/ann/new"))).hasSize(1);
		assertThat(files(root())).hasSize(2);
	}

	@Test
	void withoutServedRecipientsNothingIsTaken() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "x@elsewhere.test");
		assertThat(exchange.handledBy(maildir())).isEqualTo(Decision.accept());
		assertThat(exchange.staged()).isEmpty();
		assertThat(root()).doesNotExist();
	}

	@Test
	void hostileNamesStayBelowTheRoot() throws Exception {
		String[] hostile = { "\"../../../x\"@example.com", "\"/etc/passwd\"@example.com", "\"..\"@example.com",
				"\".\"@example.com", "\".Junk\"@example.com", "\"a\\/b\"@example.com", "~root@example.com",
				"*@example.com", "\"a b\"@example.com", "%2e%2e@example.com", "new@example.com", "tmp@example.com" };
		QueueExchange exchange = new QueueExchange("s@a.test", "body", hostile);
		exchange.handledBy(maildir());
		exchange.commit();
		assertThat(files(this.temp)).containsExactly(root());
		assertThat(files(root())).containsExactly(box("example.com"));
		assertThat(files(box("example.com"))).hasSize(hostile.length)
			.allSatisfy((box) -> assertThat(files(box.resolve("new"))).hasSize(1))
			.noneSatisfy((box) -> assertThat(box.getFileName().toString()).startsWith("."));
	}

	@Test
	void aNameThatCannotBeADirectoryIsRefused() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "joe@example.com", "\"\"@example.com");
		Decision decision = exchange.handledBy(maildir());
		assertThat(decision.reply()).asString().startsWith("550 5.1.1 ");
		assertThat(exchange.staged()).isEmpty();
		assertThat(allFiles()).isEmpty();
	}

	@Test
	void rollbackBeforeOrAfterCommitLeavesNoFile() throws Exception {
		for (boolean committed : new boolean[] { false, true }) {
			QueueExchange exchange = new QueueExchange("s@a.test", "body", "joe@example.com", "ann@b.test");
			exchange.handledBy(maildir());
			assertThat(allFiles()).hasSize(2);
			if (committed) {
				exchange.commit();
			}
			exchange.staged().get(0).rollback();
			exchange.staged().get(0).rollback();
			assertThat(allFiles()).isEmpty();
		}
	}

	@Test
	void everythingIsOnDiskBeforeTheNextStep() throws Exception {
		List<String> steps = new ArrayList<>();
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "joe@example.com");
		exchange.handledBy(maildir(new Recording(steps)));
		steps.add("staged");
		exchange.commit();
		// Each directory that got an entry is forced, from the top to the bottom.
		assertThat(steps).containsSubsequence("force .", "force mail", "force mail/example.com",
				"force mail/example.com/joe", "write tmp", "written tmp", "staged", "move tmp new",
				"force mail/example.com/joe/new");
		assertThat(steps).endsWith("staged", "move tmp new", "force mail/example.com/joe/new");
	}

	@Test
	void directoriesThatExistAreForcedOnceMorePerProcess() throws Exception {
		new QueueExchange("s@a.test", "body", "joe@example.com").handledBy(maildir());
		List<String> steps = new ArrayList<>();
		Maildir maildir = maildir(new Recording(steps));
		new QueueExchange("s@a.test", "body", "joe@example.com").handledBy(maildir);
		assertThat(steps).contains("force mail", "force mail/example.com", "force mail/example.com/joe");
		steps.clear();
		new QueueExchange("s@a.test", "body", "joe@example.com").handledBy(maildir);
		assertThat(steps).containsExactly("write tmp", "written tmp");
	}

	@Test
	void aFailureForOneRecipientRemovesTheFilesOfAll() throws Exception {
		DurableFiles failing = new DurableFiles() {

			private int count;

			@Override
			void write(Path file, byte[] head, InputStream body, long size) throws IOException {
				if (++this.count == 3) {
					throw new IOException("broken");
				}
				super.write(file, head, body, size);
			}

		};
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test", "b@b.test", "c@b.test");
		Maildir maildir = QueueExchange.maildir(
				MaildirOptions.defaults().withMailDir(root() + "/%d/%n").withHardLinks(false),
				MailboxOptions.defaults(), MailboxQuota.UNLIMITED, failing, InstantSource.system());
		assertThatIOException().isThrownBy(() -> exchange.handledBy(maildir)).withMessage("broken");
		assertThat(exchange.staged()).isEmpty();
		assertThat(allFiles()).isEmpty();
	}

	@Test
	void aFullDiskIsATemporaryRefusal() throws Exception {
		DurableFiles full = new DurableFiles() {

			@Override
			void write(Path file, byte[] head, InputStream body, long size) throws IOException {
				throw new FileSystemException(file.toString(), null, "No space left on device");
			}

		};
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		assertThat(exchange.handledBy(maildir(full)).reply()).asString().startsWith("452 4.3.1 ");
		assertThat(exchange.staged()).isEmpty();
	}

	@Test
	void aMessageThatCannotBeReadLeavesNoFile() throws Exception {
		ReceivedMessage unreadable = mock(ReceivedMessage.class);
		given(unreadable.size()).willReturn(10L);
		given(unreadable.openStream()).willReturn(new InputStream() {

			private int count;

			@Override
			public int read() throws IOException {
				if (this.count++ >= 5) {
					throw new IOException("gone");
				}
				return 'x';
			}

		});
		QueueExchange exchange = new QueueExchange(ReversePath.NULL, unreadable, "a@b.test");
		assertThatIOException().isThrownBy(() -> exchange.handledBy(maildir())).withMessage("gone");
		assertThat(allFiles()).isEmpty();
	}

	@Test
	void anAnswerThatComesTooLateLeavesNoFile() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test").afterAnswer();
		assertThatIllegalStateException().isThrownBy(() -> exchange.handledBy(maildir()));
		assertThat(allFiles()).isEmpty();
	}

	@Test
	void anInterruptedDeliveryLeavesNoFile() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		Thread.currentThread().interrupt();
		try {
			assertThatIOException().isThrownBy(() -> exchange.handledBy(maildir()));
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(allFiles()).isEmpty();
	}

	@Test
	void aFailedCommitLeavesNoFileAndTheNextDeliverySucceeds() throws Exception {
		Maildir maildir = maildir();
		QueueExchange first = new QueueExchange("s@a.test", "body", "a@b.test", "b@b.test");
		first.handledBy(maildir);
		Files.delete(box("b.test/b/new"));
		assertThatIOException().isThrownBy(first::commit);
		assertThat(allFiles()).isEmpty();
		QueueExchange second = new QueueExchange("s@a.test", "body", "b@b.test");
		second.handledBy(maildir);
		second.commit();
		assertThat(files(box("b.test/b/new"))).hasSize(1);
	}

	@Test
	void aMailboxThatWasRemovedIsMadeAnew() throws Exception {
		Maildir maildir = maildir();
		QueueExchange first = new QueueExchange("s@a.test", "body", "a@b.test");
		first.handledBy(maildir);
		first.staged().get(0).rollback();
		for (String folder : new String[] { "tmp", "new", "cur", "" }) {
			Files.delete(box("b.test/a/" + folder));
		}
		QueueExchange second = new QueueExchange("s@a.test", "body", "a@b.test");
		second.handledBy(maildir);
		second.commit();
		assertThat(files(box("b.test/a/new"))).hasSize(1);
	}

	@Test
	void noFileIsEverReplaced() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		exchange.handledBy(maildir());
		Path other = box("b.test/a/new").resolve(files(box("b.test/a/tmp")).get(0).getFileName());
		Files.writeString(other, "someone else's");
		assertThatIOException().isThrownBy(exchange::commit);
		assertThat(allFiles()).containsExactly(other);
		assertThat(other).hasContent("someone else's");
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "It needs links and permissions of POSIX")
	void symbolicLinksBelowTheRootAreNotFollowed() throws Exception {
		Path elsewhere = Files.createDirectory(this.temp.resolve("elsewhere"));
		Files.createDirectories(box("b.test"));
		Files.createSymbolicLink(box("b.test/a"), elsewhere);
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		assertThatIOException().isThrownBy(() -> exchange.handledBy(maildir())).withMessageContaining("symbolic link");
		assertThat(elsewhere).isEmptyDirectory();
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "It needs links and permissions of POSIX")
	void theRootMayBeASymbolicLink() throws Exception {
		Path elsewhere = Files.createDirectory(this.temp.resolve("elsewhere"));
		Files.createSymbolicLink(root(), elsewhere);
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		maildir().check();
		exchange.handledBy(maildir());
		exchange.commit();
		assertThat(files(elsewhere.resolve("b.test/a/new"))).hasSize(1);
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "It needs links and permissions of POSIX")
	void mailBelongsToItsOwnerAlone() throws Exception {
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		exchange.handledBy(maildir());
		exchange.commit();
		for (String directory : new String[] { "", "b.test", "b.test/a", "b.test/a/tmp", "b.test/a/new" }) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(box(directory))))
				.isEqualTo("rwx------");
		}
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(allFiles().get(0))))
			.isEqualTo("rw-------");
	}

	@Test
	void leftOversOfCrashedDeliveriesAreRemovedAfter36Hours() throws Exception {
		Path tmp = Files.createDirectories(box("b.test/a/tmp"));
		Instant now = Instant.parse("2026-01-10T00:00:00Z");
		Path old = Files.writeString(tmp.resolve("old"), "x");
		Path young = Files.writeString(tmp.resolve("young"), "x");
		Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofHours(37))));
		Files.setLastModifiedTime(young, FileTime.from(now.minus(Duration.ofHours(35))));
		Instant[] clock = { now };
		Maildir maildir = maildir(new DurableFiles(), () -> clock[0]);
		QueueExchange exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		exchange.handledBy(maildir);
		exchange.commit();
		assertThat(files(tmp)).containsExactly(young);
		clock[0] = now.plus(Duration.ofHours(7));
		exchange = new QueueExchange("s@a.test", "body", "a@b.test");
		exchange.handledBy(maildir);
		exchange.commit();
		assertThat(files(tmp)).isEmpty();
	}

	@Test
	void manyDeliveriesAtOnceAllArriveOnce() throws Exception {
		Maildir maildir = maildir();
		ExecutorService threads = Executors.newFixedThreadPool(16);
		List<Future<?>> deliveries = new ArrayList<>();
		for (int thread = 0; thread < 16; thread++) {
			int number = thread;
			deliveries.add(threads.submit(() -> {
				for (int i = 0; i < 100; i++) {
					QueueExchange exchange = new QueueExchange("s@a.test", "message " + number + "/" + i,
							"box" + i % 3 + "@b.test");
					exchange.handledBy(maildir);
					exchange.commit();
				}
				return null;
			}));
		}
		for (Future<?> delivery : deliveries) {
			delivery.get();
		}
		threads.shutdown();
		Set<String> arrived = new HashSet<>();
		for (Path file : allFiles()) {
			assertThat(file.getParent()).hasFileName("new");
			assertThat(arrived.add(Files.readString(file).lines().skip(3).findFirst().orElseThrow())).isTrue();
		}
		assertThat(arrived).hasSize(1600);
	}

	@Test
	void checkMakesTheRootAndLeavesNothingInIt() throws Exception {
		maildir().check();
		assertThat(root()).isEmptyDirectory();
	}

	@Test
	void checkSaysWhatToDoAboutAnUnusableRoot() throws Exception {
		Files.writeString(root(), "a file");
		assertThatIOException().isThrownBy(() -> maildir().check())
			.withMessageContaining(root().toString())
			.withMessageContaining("Make it writable");
	}

	@Test
	void fileNamesEscapeWhatTheConventionUses() {
		assertThat(MaildirFileNames.next("a/b:c,d e", 5)).endsWith(".a\\057b\\072c\\054d\\040e,S=5");
		assertThat(MaildirFileNames.next("x".repeat(1000), Long.MAX_VALUE)).hasSizeLessThan(255);
		assertThat(MaildirFileNames.next("x", 1)).isNotEqualTo(MaildirFileNames.next("x", 1));
	}

	/** Writes down what is done, in paths relative to the test's directory. */
	private final class Recording extends DurableFiles {

		private final List<String> steps;

		Recording(List<String> steps) {
			this.steps = steps;
		}

		@Override
		void write(Path file, byte[] head, InputStream body, long size) throws IOException {
			this.steps.add("write " + file.getParent().getFileName());
			super.write(file, head, body, size);
			this.steps.add("written " + file.getParent().getFileName());
		}

		@Override
		void move(Path from, Path to) throws IOException {
			this.steps.add("move " + from.getParent().getFileName() + " " + to.getParent().getFileName());
			super.move(from, to);
		}

		@Override
		void forceDirectory(Path directory) throws IOException {
			super.forceDirectory(directory);
			String relative = MaildirTests.this.temp.relativize(directory).toString();
			this.steps.add("force " + (relative.isEmpty() ? "." : relative));
		}

	}

}
