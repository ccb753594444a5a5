/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Hears what a logger and all below it log, and keeps it from being printed. */
public final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final Logger logger;

	private final Level before;

	private final boolean wasAdditive;

	private LogWatch(Logger logger, Level level) {
		this.logger = logger;
		this.before = logger.getLevel();
		this.wasAdditive = logger.isAdditive();
		logger.setLevel(level);
		logger.setAdditive(false);
		start();
		logger.addAppender(this);
		silent().forEach((other) -> other.addAppender(this));
	}

	/** Loggers below that keep to themselves what they log. */
	private List<Logger> silent() {
		return this.logger.getLoggerContext()
			.getLoggerList()
			.stream()
			.filter((other) -> !other.isAdditive() && other.getName().startsWith(this.logger.getName() + "."))
			.toList();
	}

	/** Listens from this level on. */
	public static LogWatch of(String logger, Level level) {
		return new LogWatch((Logger) LoggerFactory.getLogger(logger), level);
	}

	@Override
	protected void append(ILoggingEvent event) {
		// Copies what changes with the thread that logs.
		event.prepareForDeferredProcessing();
		this.events.add(event);
	}

	/** What was heard. */
	public List<ILoggingEvent> events() {
		return this.events;
	}

	/** What was heard, as text. */
	public List<String> lines() {
		return this.events.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	/** The same, beginning with the level. */
	public List<String> linesWithLevels() {
		return this.events.stream().map((event) -> event.getLevel() + " " + event.getFormattedMessage()).toList();
	}

	/** The key-value pairs of an event. */
	public static Map<String, Object> pairs(ILoggingEvent event) {
		return (event.getKeyValuePairs() == null) ? Map.of()
				: event.getKeyValuePairs().stream().collect(Collectors.toMap((pair) -> pair.key, (pair) -> pair.value));
	}

	/** Every text of an event that an appender could print, but for stack traces. */
	public static Stream<String> texts(ILoggingEvent event) {
		Stream<String> failures = Stream.iterate(event.getThrowableProxy(), Objects::nonNull, IThrowableProxy::getCause)
			.map((failure) -> failure.getClassName() + ": " + failure.getMessage());
		Stream<String> pairs = Stream
			.concat(pairs(event).entrySet().stream(), event.getMDCPropertyMap().entrySet().stream())
			.map((pair) -> pair.getKey() + "=" + pair.getValue());
		return Stream.of(Stream.of(event.getFormattedMessage()), pairs, failures).flatMap((texts) -> texts);
	}

	/** Whether a text shows as what it is, in one line. */
	public static boolean isPrintable(String text) {
		return text.codePoints()
			.allMatch((point) -> !Character.isISOControl(point) && Character.getType(point) != Character.FORMAT
					&& (point == ' ' || !Character.isSpaceChar(point)) && Character.isDefined(point)
					&& Character.getType(point) != Character.SURROGATE);
	}

	@Override
	public void close() {
		silent().forEach((other) -> other.detachAppender(this));
		this.logger.detachAppender(this);
		this.logger.setLevel(this.before);
		this.logger.setAdditive(this.wasAdditive);
	}

}
