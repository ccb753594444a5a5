/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.plugin.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.mailio.handler.Decision;
import io.mailio.handler.KeepsNoMail;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.message.HeaderSection;
import io.mailio.message.StoredMessage;
import io.mailio.metrics.MeterName;
import io.mailio.metrics.Meters;
import io.mailio.plugin.OnError;
import io.mailio.plugin.queue.SpamReport.Status;
import io.mailio.smtp.Replies;
import reactor.core.publisher.Mono;

/**
 * {@code queue/spamd}: asks SpamAssassin how much a message looks like spam, and gives
 * the {@link SpamReport} to the handlers behind it. It refuses nothing by itself, but if
 * it is to do so when spamd does not answer: then with 451 4.3.0. On request it tells in
 * {@code X-Spam} fields what it has found, and removes those that the client has put
 * there.
 *
 * <p>
 * Safe for use by several threads; does not block the session's event loop.
 */
public final class Spamd implements ReactiveCommandHandler, KeepsNoMail {

	private final SpamdOptions options;

	private final SpamdClient client;

	private final SpamdTroubles troubles;

	private final Meters meters;

	/**
	 * Asks SpamAssassin.
	 * @param options how
	 * @param meters are told of each message
	 */
	public Spamd(SpamdOptions options, Meters meters) {
		this.options = options;
		this.client = new SpamdClient(options);
		this.troubles = new SpamdTroubles(options, System::nanoTime);
		this.meters = meters;
	}

	@Override
	public Mono<Decision> handle(SmtpRequest req, SmtpResponse res) {
		try {
			removeForged(req);
		}
		catch (IOException ex) {
			return Mono.error(ex);
		}
		long started = System.nanoTime();
		return report(req).map((report) -> decision(report, started, req, res));
	}

	private Mono<SpamReport> report(SmtpRequest req) {
		if (req.message().size() > this.options.maxSize()) {
			return Mono.just(SpamReport.notScanned(Status.TOO_LARGE, this.options.baseScore()));
		}
		return this.client.scan(req.from(), req.message()).onErrorResume((failure) -> {
			this.troubles.failed(failure);
			return Mono.just(SpamReport.notScanned(Status.UNAVAILABLE, this.options.baseScore()));
		});
	}

	private Decision decision(SpamReport report, long started, SmtpRequest req, SmtpResponse res) {
		res.set(report);
		this.meters.time(MeterName.SPAMD_SCAN, System.nanoTime() - started, outcome(report));
		if (report.status() == Status.UNAVAILABLE && this.options.onError() == OnError.TEMPFAIL) {
			return res.reject(Replies.LOCAL_ERROR);
		}
		if (this.options.addHeaders() && report.isScanned() && req.message() instanceof StoredMessage message) {
			message.addFirst(SpamFields.of(report).getBytes(StandardCharsets.US_ASCII));
		}
		return res.accept();
	}

	private static String outcome(SpamReport report) {
		return switch (report.status()) {
			case SCANNED -> report.isSpam() ? "spam" : "ham";
			case TOO_LARGE, UNAVAILABLE -> report.logText();
		};
	}

	/** Also from messages that are not scanned, or their fields would pass for ours. */
	private void removeForged(SmtpRequest req) throws IOException {
		if (this.options.addHeaders() && req.message() instanceof StoredMessage message) {
			HeaderSection fields = message.clientFields();
			message.removeClientFields((field) -> fields.isNamedLike(field, SpamFields.PREFIX));
		}
	}

}
