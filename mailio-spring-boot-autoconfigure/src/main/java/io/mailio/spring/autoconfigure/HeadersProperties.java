/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.plugin.queue.HeadersOptions;

import org.springframework.util.unit.DataSize;

/** The properties below {@code mailio.handlers.queue.headers}. */
public class HeadersProperties {

	/**
	 * Whether headers are bounded, and fields removed that only we may have written.
	 */
	private boolean enabled = true;

	/**
	 * Most header fields of a message, 1 to 5000; beyond it 552.
	 */
	private int maxFields = HeadersOptions.defaults().maxFields();

	/**
	 * Largest header field with all its lines; beyond it 552.
	 */
	private DataSize maxFieldSize = DataSize.ofBytes(HeadersOptions.defaults().maxFieldSize());

	/**
	 * How many Received fields a message may have; with more it goes round in a circle
	 * and is refused with 554. Holds for queue/relay, too, even if this handler is
	 * switched off.
	 */
	private int maxHops = HeadersOptions.defaults().maxHops();

	/**
	 * Whether Authentication-Results fields are removed that claim to be written by this
	 * host or within a served domain.
	 */
	private boolean removeForgedResults = HeadersOptions.defaults().removeForgedResults();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public int getMaxFields() {
		return this.maxFields;
	}

	public void setMaxFields(int maxFields) {
		this.maxFields = maxFields;
	}

	public DataSize getMaxFieldSize() {
		return this.maxFieldSize;
	}

	public void setMaxFieldSize(DataSize maxFieldSize) {
		this.maxFieldSize = maxFieldSize;
	}

	public int getMaxHops() {
		return this.maxHops;
	}

	public void setMaxHops(int maxHops) {
		this.maxHops = maxHops;
	}

	public boolean isRemoveForgedResults() {
		return this.removeForgedResults;
	}

	public void setRemoveForgedResults(boolean removeForgedResults) {
		this.removeForgedResults = removeForgedResults;
	}

	HeadersOptions options() {
		return new HeadersOptions(this.maxFields, Math.toIntExact(this.maxFieldSize.toBytes()), this.maxHops,
				this.removeForgedResults);
	}

}
