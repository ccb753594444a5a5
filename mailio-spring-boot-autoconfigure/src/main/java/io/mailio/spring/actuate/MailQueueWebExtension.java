/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.actuate;

import java.io.IOException;

import io.mailio.spring.actuate.MailQueueEndpoint.Action;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** Says over HTTP that what is to be changed is not there: 404, and otherwise 204. */
@EndpointWebExtension(endpoint = MailQueueEndpoint.class)
public final class MailQueueWebExtension {

	private final MailQueueEndpoint endpoint;

	/**
	 * Changes things by an endpoint.
	 * @param endpoint the endpoint
	 */
	public MailQueueWebExtension(MailQueueEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Changes what becomes of a message or a destination.
	 * @see MailQueueEndpoint#change
	 */
	@WriteOperation
	public WebEndpointResponse<Void> change(@Selector String what, @Selector String name, Action action)
			throws IOException {
		return response(this.endpoint.change(what, name, action));
	}

	/**
	 * Removes a message.
	 * @see MailQueueEndpoint#delete
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> delete(@Selector String what, @Selector String name) {
		return response(this.endpoint.delete(what, name));
	}

	private static WebEndpointResponse<Void> response(boolean found) {
		return new WebEndpointResponse<>(
				found ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
