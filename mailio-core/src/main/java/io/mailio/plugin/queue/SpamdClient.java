/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import io.mailio.message.ReceivedMessage;
import io.mailio.smtp.ReversePath;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/**
 * Speaks with spamd (SPAMC/1.5). It answers once on each connection and closes that, so
 * there is nothing to keep; how many there are at a time is bounded, and others wait.
 * Content is read block by block, away from the event loops, and sent as fast as spamd
 * reads it. Safe for use by several threads.
 */
final class SpamdClient {

	private static final Logger logger = LoggerFactory.getLogger(Spamd.class);

	/** How many messages wait for a connection before others are turned away. */
	private static final int MAX_WAITING = 1000;

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final int BLOCK = 8 * 1024;

	private final SpamdOptions options;

	private final TcpClient client;

	private final Turns<SpamReport> turns;

	SpamdClient(SpamdOptions options) {
		this.options = options;
		this.turns = new Turns<>(options.maxConnections(), MAX_WAITING);
		long patience = Math.min(CONNECT_TIMEOUT.toMillis(), Math.max(1, options.timeout().toMillis()));
		this.client = TcpClient.newConnection()
			.host(options.host())
			.port(options.port())
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience);
	}

	/**
	 * Lets spamd look at a message.
	 * @return its report; fails if there is none in time. Cancelling it closes the
	 * connection
	 */
	Mono<SpamReport> scan(ReversePath from, ReceivedMessage message) {
		return this.turns.inTurn(Mono.defer(() -> connected(from, message))).timeout(this.options.timeout());
	}

	/** Closes also a connection that comes when nobody wants it any more. */
	private Mono<SpamReport> connected(ReversePath from, ReceivedMessage message) {
		Disposable.Swap opened = Disposables.swap();
		return this.client.doOnConnected(opened::update)
			.connect()
			.flatMap((connection) -> exchange(connection, from, message))
			.doOnTerminate(opened::dispose)
			// After the cancellation has gone through: the end of the connection is no
			// failure then.
			.doFinally((signal) -> opened.dispose());
	}

	private Mono<SpamReport> exchange(Connection connection, ReversePath from, ReceivedMessage message) {
		Mono<SpamReport> answer = answer(connection.inbound().receive().asByteArray());
		Mono<SpamReport> sent = connection.outbound()
			.sendByteArray(Flux.concat(Mono.fromSupplier(() -> head(from, message)), content(message)))
			.then()
			.then(Mono.never());
		return Mono.firstWithSignal(answer, sent);
	}

	/**
	 * SpamAssassin looks for the sender where a mailbox has it (RFC 5321 section 4.4).
	 */
	private byte[] head(ReversePath from, ReceivedMessage message) {
		byte[] returnPath = ("Return-Path: <" + from + ">\r\n").getBytes(StandardCharsets.UTF_8);
		String user = (this.options.user() != null) ? "User: " + this.options.user() + "\r\n" : "";
		byte[] request = ("REPORT SPAMC/1.5\r\n" + "Content-length: " + (returnPath.length + message.size()) + "\r\n"
				+ user + "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		byte[] head = Arrays.copyOf(request, request.length + returnPath.length);
		System.arraycopy(returnPath, 0, head, request.length, returnPath.length);
		return head;
	}

	private static Flux<byte[]> content(ReceivedMessage message) {
		return Flux.generate(message::openStream, SpamdClient::read, SpamdClient::close)
			.subscribeOn(Schedulers.boundedElastic());
	}

	private static InputStream read(InputStream in, SynchronousSink<byte[]> sink) {
		try {
			byte[] block = in.readNBytes(BLOCK);
			if (block.length > 0) {
				sink.next(block);
			}
			else {
				sink.complete();
			}
			return in;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void close(@Nullable InputStream in) {
		if (in != null) {
			try {
				in.close();
			}
			catch (IOException ex) {
				logger.debug("Content that was scanned could not be closed", ex);
			}
		}
	}

	private Mono<SpamReport> answer(Flux<byte[]> octets) {
		return Mono.defer(() -> {
			SpamdAnswer answer = new SpamdAnswer(this.options.baseScore());
			return octets.<SpamReport>handle((more, sink) -> {
				try {
					SpamReport report = answer.take(more);
					if (report != null) {
						sink.next(report);
					}
				}
				catch (SpamdException ex) {
					sink.error(ex);
				}
			}).next().switchIfEmpty(Mono.fromCallable(answer::end));
		});
	}

}
