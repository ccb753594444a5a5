/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import java.time.Duration;

import io.mailio.plugin.OnError;
import io.mailio.plugin.queue.SpamdOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/** The properties below {@code mailio.handlers.queue.spamd}. */
public class SpamdProperties {

	/**
	 * Whether SpamAssassin looks at messages. Defaults to true if there is a host.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Host that spamd runs on. Defaults to 127.0.0.1 if enabled is true.
	 */
	private @Nullable String host;

	/**
	 * Port of spamd.
	 */
	private int port = SpamdOptions.defaults().port();

	/**
	 * Score from which on a message is spam.
	 */
	private double baseScore = SpamdOptions.defaults().baseScore();

	/**
	 * Larger messages are not scanned.
	 */
	private DataSize maxSize = DataSize.ofBytes(SpamdOptions.defaults().maxSize());

	/**
	 * How long scanning a message may take, waiting for a connection included.
	 */
	private Duration timeout = SpamdOptions.defaults().timeout();

	/**
	 * How many messages are scanned at a time; others wait. Best not more than spamd has
	 * children.
	 */
	private int maxConnections = SpamdOptions.defaults().maxConnections();

	/**
	 * User whose preferences spamd uses. None by default.
	 */
	private @Nullable String user;

	/**
	 * Whether X-Spam fields are added to messages, and those of clients removed.
	 */
	private boolean addHeaders = SpamdOptions.defaults().addHeaders();

	/**
	 * What becomes of a message if spamd does not answer: it is accepted without a
	 * report, or refused with 451.
	 */
	private OnError onError = SpamdOptions.defaults().onError();

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = host;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public double getBaseScore() {
		return this.baseScore;
	}

	public void setBaseScore(double baseScore) {
		this.baseScore = baseScore;
	}

	public DataSize getMaxSize() {
		return this.maxSize;
	}

	public void setMaxSize(DataSize maxSize) {
		this.maxSize = maxSize;
	}

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public int getMaxConnections() {
		return this.maxConnections;
	}

	public void setMaxConnections(int maxConnections) {
		this.maxConnections = maxConnections;
	}

	public @Nullable String getUser() {
		return this.user;
	}

	public void setUser(@Nullable String user) {
		this.user = user;
	}

	public boolean isAddHeaders() {
		return this.addHeaders;
	}

	public void setAddHeaders(boolean addHeaders) {
		this.addHeaders = addHeaders;
	}

	public OnError getOnError() {
		return this.onError;
	}

	public void setOnError(OnError onError) {
		this.onError = onError;
	}

	/** Whether it is said to be on, or else where it is. */
	boolean isOn() {
		return (this.enabled != null) ? this.enabled : this.host != null;
	}

	SpamdOptions options() {
		String host = (this.host != null) ? this.host : SpamdOptions.defaults().host();
		return new SpamdOptions(host, this.port, this.baseScore, this.maxSize.toBytes(), this.timeout,
				this.maxConnections, this.user, this.addHeaders, this.onError);
	}

}
