/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.SmtpRelay;
import io.mailio.spring.actuate.MailQueueEndpoint;
import io.mailio.spring.actuate.MailQueueWebExtension;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Shows the queue by an actuator endpoint, where it is exposed. */
@AutoConfiguration(after = MailioAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SmtpRelay.class)
public final class MailQueueEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	MailQueueEndpoint mailQueueEndpoint(ObjectProvider<SmtpRelay> relay) {
		return new MailQueueEndpoint(relay::getObject);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = MailQueueEndpoint.class, exposure = EndpointExposure.WEB)
	MailQueueWebExtension mailQueueWebExtension(MailQueueEndpoint endpoint) {
		return new MailQueueWebExtension(endpoint);
	}

}
