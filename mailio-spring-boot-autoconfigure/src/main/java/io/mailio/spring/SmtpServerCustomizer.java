/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import io.mailio.SmtpServer;

/**
 * Changes the auto-configured server before it is built. Beans of this type are called in
 * their order ({@code @Order}), after the properties have been applied; a server that the
 * application defines itself is not customized.
 */
@FunctionalInterface
public interface SmtpServerCustomizer {

	/**
	 * Changes the builder.
	 * @param builder the builder of the server, with the properties applied
	 */
	void customize(SmtpServer.Builder builder);

}
