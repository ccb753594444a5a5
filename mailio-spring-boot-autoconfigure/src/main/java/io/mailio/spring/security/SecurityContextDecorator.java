/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.security;

import java.util.List;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpReplyException;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.handler.SmtpSession;
import io.mailio.smtp.EnhancedStatusCode;
import io.mailio.smtp.Replies;
import io.mailio.smtp.Reply;
import io.mailio.spring.handler.HandlerDecorator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Calls handlers with the security context of their session, and with nobody else's: it
 * is there during the call only, whatever the handler does with it. A reactive handler
 * finds it in the Reactor context as well. Where Spring Security denies the call, the
 * command is refused: with 530 if nobody is logged in, else with 550.
 */
final class SecurityContextDecorator implements HandlerDecorator {

	private static final Reply DENIED = new Reply(550, new EnhancedStatusCode(7, 1), "Access denied");

	private final SecurityContextHolderStrategy holder;

	SecurityContextDecorator(SecurityContextHolderStrategy holder) {
		this.holder = holder;
	}

	@Override
	public CommandHandler decorate(CommandHandler handler) {
		return (req, res) -> {
			SecurityContext before = enter(authentication(req.session()));
			try {
				return handler.handle(req, res);
			}
			catch (AccessDeniedException | AuthenticationCredentialsNotFoundException ex) {
				throw denied(req.session());
			}
			finally {
				leave(before);
			}
		};
	}

	@Override
	public ReactiveCommandHandler decorateReactive(ReactiveCommandHandler handler) {
		return (req, res) -> {
			Authentication authentication = authentication(req.session());
			Mono<Decision> decision = call(handler, req, res, authentication);
			if (decision == null) {
				return decision;
			}
			Mono<Decision> secured = decision.onErrorMap(AccessDeniedException.class, (denial) -> denied(req.session()))
				.onErrorMap(AuthenticationCredentialsNotFoundException.class, (denial) -> denied(req.session()));
			return (authentication == null) ? secured
					: secured.contextWrite(ReactiveSecurityContextHolder.withAuthentication(authentication));
		};
	}

	private static SmtpReplyException denied(SmtpSession session) {
		return new SmtpReplyException(session.authenticated() ? DENIED : Replies.AUTH_REQUIRED);
	}

	private Mono<Decision> call(ReactiveCommandHandler handler, SmtpRequest req, SmtpResponse res,
			@Nullable Authentication authentication) {
		SecurityContext before = enter(authentication);
		try {
			return handler.handle(req, res);
		}
		catch (AccessDeniedException | AuthenticationCredentialsNotFoundException ex) {
			return Mono.error(denied(req.session()));
		}
		finally {
			leave(before);
		}
	}

	private SecurityContext enter(@Nullable Authentication authentication) {
		SecurityContext before = this.holder.getContext();
		SecurityContext own = this.holder.createEmptyContext();
		own.setAuthentication(authentication);
		this.holder.setContext(own);
		return before;
	}

	private void leave(SecurityContext before) {
		if (before.getAuthentication() == null) {
			this.holder.clearContext();
		}
		else {
			this.holder.setContext(before);
		}
	}

	/** A user whom somebody else has let in has a name and no authorities. */
	private static @Nullable Authentication authentication(SmtpSession session) {
		if (!session.authenticated()) {
			return null;
		}
		return session.user()
			.principal()
			.filter(Authentication.class::isInstance)
			.map(Authentication.class::cast)
			.orElseGet(() -> UsernamePasswordAuthenticationToken.authenticated(session.user().username(), null,
					List.of()));
	}

}
