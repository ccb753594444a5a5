/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.security;

import io.mailio.auth.Authenticator;
import io.mailio.auth.Credentials;
import io.mailio.spring.autoconfigure.MailioAutoConfiguration;
import io.mailio.spring.handler.HandlerDecorator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/**
 * Connects AUTH with Spring Security: an {@link AuthenticationManager} bean checks
 * passwords, a {@link JwtDecoder} or {@link OpaqueTokenIntrospector} bean checks bearer
 * tokens, unless the application has an {@link Authenticator} of its own. Handlers are
 * called with the security context of their session.
 *
 * <p>
 * Users of a {@code UserDetailsService} are let in only if there is an
 * {@code AuthenticationManager} bean for them: the user that Spring Boot makes up for web
 * applications should not be able to send mail by surprise.
 */
@AutoConfiguration(before = MailioAutoConfiguration.class,
		afterName = { "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
				"org.springframework.boot.security.oauth2.server.resource.autoconfigure."
						+ "OAuth2ResourceServerAutoConfiguration" })
@ConditionalOnClass(AuthenticationManager.class)
@ConditionalOnBooleanProperty(name = "mailio.enabled", matchIfMissing = true)
public final class MailioSecurityAutoConfiguration {

	@Bean
	static HandlerDecorator smtpSecurityContextDecorator(ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return new SecurityContextDecorator(strategy.getIfUnique(SecurityContextHolder::getContextHolderStrategy));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(AuthenticationManager.class)
	@ConditionalOnBooleanProperty(name = "mailio.auth.spring-security.enabled", matchIfMissing = true)
	static class PasswordConfiguration {

		@Bean
		@ConditionalOnMissingBean(value = Authenticator.class, ignored = SecurityAuthenticator.class)
		SecurityAuthenticator smtpPasswordAuthenticator(AuthenticationManager manager) {
			return new SecurityAuthenticator(Credentials.Kind.PASSWORD, (credentials, session) -> {
				Credentials.Password login = (Credentials.Password) credentials;
				UsernamePasswordAuthenticationToken token = UsernamePasswordAuthenticationToken
					.unauthenticated(login.username(), login.password());
				token.setDetails(session.client());
				return manager.authenticate(token);
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ JwtDecoder.class, JwtAuthenticationProvider.class })
	@ConditionalOnSingleCandidate(JwtDecoder.class)
	@ConditionalOnBooleanProperty(name = "mailio.auth.spring-security.enabled", matchIfMissing = true)
	static class JwtConfiguration {

		@Bean
		@ConditionalOnMissingBean(value = Authenticator.class, ignored = SecurityAuthenticator.class)
		SecurityAuthenticator smtpTokenAuthenticator(JwtDecoder decoder,
				ObjectProvider<JwtAuthenticationConverter> converter) {
			JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
			converter.ifUnique(provider::setJwtAuthenticationConverter);
			return tokens(provider);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(OpaqueTokenIntrospector.class)
	@ConditionalOnSingleCandidate(OpaqueTokenIntrospector.class)
	@ConditionalOnMissingBean(type = "org.springframework.security.oauth2.jwt.JwtDecoder")
	@ConditionalOnBooleanProperty(name = "mailio.auth.spring-security.enabled", matchIfMissing = true)
	static class OpaqueTokenConfiguration {

		@Bean
		@ConditionalOnMissingBean(value = Authenticator.class, ignored = SecurityAuthenticator.class)
		SecurityAuthenticator smtpTokenAuthenticator(OpaqueTokenIntrospector introspector) {
			return tokens(new OpaqueTokenAuthenticationProvider(introspector));
		}

	}

	private static SecurityAuthenticator tokens(AuthenticationProvider provider) {
		return new SecurityAuthenticator(Credentials.Kind.TOKEN, (credentials, session) -> {
			BearerTokenAuthenticationToken token = new BearerTokenAuthenticationToken(
					((Credentials.Token) credentials).token());
			token.setDetails(session.client());
			return provider.authenticate(token);
		});
	}

}
