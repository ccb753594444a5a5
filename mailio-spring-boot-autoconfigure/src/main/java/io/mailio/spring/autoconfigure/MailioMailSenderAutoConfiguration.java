/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.autoconfigure;

import io.mailio.SmtpRelay;
import io.mailio.spring.mail.MailioMailSender;
import jakarta.activation.MimeType;
import jakarta.mail.internet.MimeMessage;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.mail.MailSender;
import org.springframework.mail.javamail.JavaMailSender;

/**
 * Sends what {@link JavaMailSender} is given through the queue, unless the application
 * has another mail server for that, or a sender of its own.
 */
@AutoConfiguration(after = MailioAutoConfiguration.class,
		afterName = "org.springframework.boot.mail.autoconfigure.MailSenderAutoConfiguration")
@ConditionalOnClass({ MimeMessage.class, MimeType.class, JavaMailSender.class })
@ConditionalOnMissingBean(MailSender.class)
@ConditionalOnBean(SmtpRelay.class)
@Conditional(MailioMailSenderAutoConfiguration.NoOtherServer.class)
public final class MailioMailSenderAutoConfiguration {

	@Bean
	MailioMailSender mailSender(ObjectProvider<SmtpRelay> relay, MailioProperties properties) {
		return new MailioMailSender(relay::getObject, ServerFactory.content(properties.getContent()));
	}

	/** What Spring Boot makes a sender for. */
	static final class NoOtherServer extends NoneNestedConditions {

		NoOtherServer() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnProperty("spring.mail.host")
		static final class HostProperty {

		}

		@ConditionalOnProperty("spring.mail.jndi-name")
		static final class JndiNameProperty {

		}

	}

}
