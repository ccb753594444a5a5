/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.mailio.SmtpServer;
import io.mailio.auth.Authenticator;
import io.mailio.auth.CredentialStore;
import io.mailio.auth.ScramVerifier;
import io.mailio.handler.Decision;
import io.mailio.handler.SmtpSession;
import io.mailio.handler.User;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.SmtpHandlerExecutor;
import io.mailio.spring.SmtpTestClient;
import io.mailio.spring.autoconfigure.MailioAutoConfiguration;
import io.mailio.spring.handler.HandlerDecorator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2TokenIntrospectionClaimNames;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

import static org.assertj.core.api.Assertions.assertThat;

/** AUTH with Spring Security on the class path, and without. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class MailioSecurityAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(MailioAutoConfiguration.class, MailioSecurityAutoConfiguration.class))
		.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.hostname=mx.example.com",
				"mailio.domains=example.com", "mailio.auth.require-tls=false", "mailio.limits.auth-failure-delay=0s",
				"mailio.handlers.queue.maildir.enabled=false", "mailio.handlers.queue.discard.enabled=true");

	private static SmtpTestClient client(ApplicationContext context) throws IOException {
		SmtpTestClient client = new SmtpTestClient(context.getBean(SmtpServer.class).port());
		client.reply();
		return client;
	}

	private static String mechanisms(ApplicationContext context) throws IOException {
		try (SmtpTestClient client = client(context)) {
			String reply = client.send("EHLO c");
			int auth = reply.indexOf("AUTH ");
			return (auth < 0) ? "" : reply.substring(auth + 5).split("\n")[0];
		}
	}

	private static String plain(String username, String password) {
		return "AUTH PLAIN " + base64("\0" + username + "\0" + password);
	}

	private static String bearer(String username, String token) {
		return "AUTH OAUTHBEARER " + base64("n," + username + ",\1auth=Bearer " + token + "\1\1");
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void withoutAnybodyWhoCanTellAuthIsNotOffered() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(Authenticator.class).hasSingleBean(HandlerDecorator.class);
			assertThat(mechanisms(context)).isEmpty();
		});
	}

	@Test
	void withoutSpringSecurityTheListOfUsersWorks() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withPropertyValues("mailio.auth.users.john.password=doe")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(HandlerDecorator.class);
				assertThat(mechanisms(context)).isEqualTo("SCRAM-SHA-256 PLAIN LOGIN");
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO c");
					assertThat(client.send(plain("john", "roe"))).startsWith("535 5.7.8");
					assertThat(client.send(plain("john", "doe"))).startsWith("235");
				}
			});
	}

	@Test
	void withoutSupportForTokensPasswordsWork() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2"))
			.withUserConfiguration(Manager.class)
			.run((context) -> assertThat(mechanisms(context)).isEqualTo("PLAIN LOGIN"));
	}

	@Test
	void encodedPasswordsAreNotForScram() {
		this.runner.withPropertyValues("mailio.auth.users.john.password=doe",
				"mailio.auth.users.jane.password={bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG")
			.run((context) -> assertThat(mechanisms(context)).isEqualTo("PLAIN LOGIN"));
	}

	@Test
	void anAuthenticationManagerChecksPasswordsAndReplacesTheListOfUsers(CapturedOutput output) {
		this.runner.withUserConfiguration(Manager.class)
			.withPropertyValues("mailio.auth.users.jane.password=doe")
			.run((context) -> {
				assertThat(mechanisms(context)).isEqualTo("PLAIN LOGIN");
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO c");
					assertThat(client.send(plain("jane", "doe"))).startsWith("535 5.7.8");
					assertThat(client.send(plain("away", "doe"))).startsWith("454 4.7.0");
					assertThat(client.send(plain("john", "doe"))).startsWith("235");
				}
			});
		assertThat(output).contains("The users of mailio.auth.users are not used").doesNotContain("doe");
	}

	@Test
	void springSecurityCanBeSwitchedOff() {
		this.runner.withUserConfiguration(Manager.class, Decoder.class)
			.withPropertyValues("mailio.auth.users.jane.password=doe", "mailio.auth.spring-security.enabled=false")
			.run((context) -> assertThat(mechanisms(context)).isEqualTo("SCRAM-SHA-256 PLAIN LOGIN"));
	}

	@Test
	void aUserDetailsServiceAloneLetsNobodyIn() {
		this.runner
			.withBean(org.springframework.security.core.userdetails.UserDetailsService.class,
					() -> (name) -> org.springframework.security.core.userdetails.User.withUsername(name)
						.password("{noop}doe")
						.build())
			.run((context) -> assertThat(mechanisms(context)).isEmpty());
	}

	@Test
	void anAuthenticatorOfTheApplicationReplacesSpringSecurity() {
		this.runner.withUserConfiguration(Manager.class, Decoder.class)
			.withBean(Authenticator.class,
					() -> (credentials, session) -> Optional.of(User.named(credentials.username())))
			.run((context) -> {
				assertThat(context).hasSingleBean(Authenticator.class);
				assertThat(mechanisms(context)).isEqualTo("PLAIN LOGIN");
			});
	}

	@Test
	void aCredentialStoreOfTheApplicationBringsScram() {
		this.runner.withBean(CredentialStore.class, () -> (name) -> Optional.of(ScramVerifier.of("doe", 4096)))
			.withPropertyValues("mailio.auth.users.jane.password=doe")
			.run((context) -> assertThat(mechanisms(context)).isEqualTo("SCRAM-SHA-256 PLAIN LOGIN"));
	}

	@Test
	void aJwtDecoderChecksTokensBesideTheListOfUsers() {
		this.runner.withUserConfiguration(Decoder.class, Watch.class)
			.withPropertyValues("mailio.auth.users.jane.password=doe")
			.run((context) -> {
				assertThat(mechanisms(context)).isEqualTo("SCRAM-SHA-256 OAUTHBEARER XOAUTH2 PLAIN LOGIN");
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO c");
					assertThat(client.send(bearer("a=john", "wrong"))).startsWith("334 ");
					assertThat(client.send("AQ==")).startsWith("535");
					assertThat(client.send(bearer("a=root", "right"))).startsWith("334 ");
					assertThat(client.send("AQ==")).startsWith("535");
					assertThat(client.send(bearer("a=john", "right"))).startsWith("235");
					client.send("NOOP");
				}
				assertThat(context.getBean(Watch.class).seen.get(0)).isInstanceOf(JwtAuthenticationToken.class);
			});
	}

	@Test
	void theBeansThatSpringBootMakesAreThereInTime() {
		ApplicationContextRunner boot = this.runner.withConfiguration(
				AutoConfigurations.of(SecurityAutoConfiguration.class, OAuth2ResourceServerAutoConfiguration.class));
		boot.withPropertyValues("spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:1/keys",
				"spring.security.oauth2.resourceserver.jwt.principal-claim-name=email")
			.run((context) -> {
				assertThat(mechanisms(context)).isEqualTo("OAUTHBEARER XOAUTH2");
				assertThat(context).hasSingleBean(JwtAuthenticationConverter.class);
			});
		boot.withPropertyValues(
				"spring.security.oauth2.resourceserver.opaquetoken.introspection-uri=http://127.0.0.1:1/x",
				"spring.security.oauth2.resourceserver.opaquetoken.client-id=me",
				"spring.security.oauth2.resourceserver.opaquetoken.client-secret=mine")
			.run((context) -> {
				assertThat(mechanisms(context)).isEqualTo("OAUTHBEARER XOAUTH2");
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO c");
					assertThat(client.send(bearer("", "token"))).startsWith("454 4.7.0");
				}
			});
	}

	@Test
	void anIntrospectorChecksTokensWhereThereIsNoDecoder() {
		this.runner.withBean(OpaqueTokenIntrospector.class, () -> (token) -> {
			if (!token.equals("right")) {
				throw new BadOpaqueTokenException("no");
			}
			return new DefaultOAuth2AuthenticatedPrincipal("john",
					Map.of(OAuth2TokenIntrospectionClaimNames.IAT, Instant.now()), List.of());
		}).run((context) -> {
			assertThat(mechanisms(context)).isEqualTo("OAUTHBEARER XOAUTH2");
			try (SmtpTestClient client = client(context)) {
				client.send("EHLO c");
				assertThat(client.send(bearer("", "wrong"))).startsWith("334 ");
				assertThat(client.send("AQ==")).startsWith("535");
				assertThat(client.send(bearer("", "right"))).startsWith("235");
			}
		});
	}

	@Test
	void handlersHaveTheSecurityContextOfTheirSessionDuringTheirCallsOnly() {
		try (OneThread thread = new OneThread()) {
			this.runner.withUserConfiguration(Manager.class, Watch.class)
				.withBean(SmtpHandlerExecutor.class, thread::handlers)
				.run((context) -> {
					Watch watch = context.getBean(Watch.class);
					try (SmtpTestClient client = client(context)) {
						client.send("EHLO c");
						client.send("NOOP");
						client.send("HELP");
						client.send("VRFY x");
						client.send("RSET");
						assertThat(watch.names()).containsExactly("nobody", "nobody", "nobody", "nobody");
						client.send(plain("john", "doe"));
						watch.seen.clear();
						client.send("NOOP");
						client.send("HELP");
						client.send("VRFY x");
						client.send("RSET");
						assertThat(watch.names()).containsExactly("john", "john", "john", "john");
						assertThat(watch.seen).allSatisfy((authentication) -> {
							assertThat(authentication.getAuthorities()).extracting("authority").containsExactly("MAIL");
							assertThat(authentication.getCredentials()).isNull();
						});
						assertThat(thread.authentication()).isNull();
					}
				});
		}
	}

	@Test
	void whatAHandlerLeavesBehindIsNobodys() {
		try (OneThread thread = new OneThread()) {
			this.runner.withUserConfiguration(Litter.class, Watch.class)
				.withBean(SmtpHandlerExecutor.class, thread::handlers)
				.run((context) -> {
					try (SmtpTestClient client = client(context)) {
						client.send("EHLO c");
						client.send("DATA");
						client.send("EXPN");
						assertThat(thread.authentication()).isNull();
						client.send("NOOP");
					}
					assertThat(context.getBean(Watch.class).names()).containsExactly("nobody");
				});
		}
	}

	@Test
	void whatSpringSecurityDeniesIsRefused(CapturedOutput output) {
		this.runner.withUserConfiguration(Manager.class, Denial.class).run((context) -> {
			try (SmtpTestClient client = client(context)) {
				client.send("EHLO c");
				for (String command : List.of("NOOP", "VRFY x", "HELP")) {
					assertThat(client.send(command)).startsWith("530 5.7.0 ");
				}
				client.send(plain("john", "doe"));
				for (String command : List.of("NOOP", "VRFY x", "HELP")) {
					assertThat(client.send(command)).isEqualTo("550 5.7.1 Access denied");
				}
			}
		});
		assertThat(output).doesNotContain("ERROR");
	}

	@Test
	void aUserOfTheListHasANameAndNoAuthorities() {
		this.runner.withUserConfiguration(Watch.class)
			.withPropertyValues("mailio.auth.users.jane.password=doe")
			.run((context) -> {
				Watch watch = context.getBean(Watch.class);
				try (SmtpTestClient client = client(context)) {
					client.send("EHLO c");
					client.send(plain("jane", "doe"));
					client.send("NOOP");
				}
				assertThat(watch.names()).containsExactly("jane");
				assertThat(watch.seen.get(0).getAuthorities()).isEmpty();
			});
	}

	/** A pool with one thread, to look at what is left on it. */
	private static final class OneThread implements AutoCloseable {

		private final ExecutorService executor = Executors.newSingleThreadExecutor();

		SmtpHandlerExecutor handlers() {
			return SmtpHandlerExecutor.of(this.executor);
		}

		Authentication authentication() throws Exception {
			return this.executor.submit(() -> SecurityContextHolder.getContext().getAuthentication()).get();
		}

		@Override
		public void close() {
			this.executor.shutdown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Manager {

		@Bean
		AuthenticationManager authenticationManager() {
			return (login) -> {
				if (login.getName().equals("away")) {
					throw new AuthenticationServiceException("the directory is away");
				}
				if (!login.getName().equals("john") || !"doe".equals(login.getCredentials())) {
					throw new BadCredentialsException("no");
				}
				return UsernamePasswordAuthenticationToken.authenticated("john", "doe",
						AuthorityUtils.createAuthorityList("MAIL"));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Decoder {

		@Bean
		JwtDecoder jwtDecoder() {
			return (token) -> {
				if (!token.equals("right")) {
					throw new BadJwtException("no");
				}
				return Jwt.withTokenValue(token).header("alg", "none").subject("john").build();
			};
		}

	}

	/** Notes who calls: blocking, inline, as a Mono and as a stage. */
	static class Watch {

		private final List<Authentication> seen = new CopyOnWriteArrayList<>();

		private static final Authentication NOBODY = UsernamePasswordAuthenticationToken.unauthenticated("nobody", "");

		List<String> names() {
			return this.seen.stream().map(Authentication::getName).toList();
		}

		private Decision note() {
			Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
			this.seen.add((authentication != null) ? authentication : NOBODY);
			return Decision.accept();
		}

		@SmtpHandler(command = "noop")
		Decision blocking(SmtpSession session) {
			return note();
		}

		@SmtpHandler(command = "help", blocking = false)
		Decision inline() {
			return note();
		}

		@SmtpHandler(command = "vrfy")
		Mono<Decision> mono() {
			return ReactiveSecurityContextHolder.getContext()
				.map((context) -> context.getAuthentication())
				.defaultIfEmpty(NOBODY)
				.map((authentication) -> {
					this.seen.add(authentication);
					return Decision.accept();
				});
		}

		@SmtpHandler(command = "rset")
		CompletionStage<Decision> stage() {
			return CompletableFuture.completedFuture(note());
		}

	}

	/** Denies, as method security does. */
	@Configuration(proxyBeanMethods = false)
	static class Denial {

		@SmtpHandler(command = "noop")
		Decision blocking() {
			throw new AccessDeniedException("never");
		}

		@SmtpHandler(command = "vrfy")
		Mono<Decision> mono() {
			return Mono.error(new AccessDeniedException("never"));
		}

		@SmtpHandler(command = "help")
		CompletionStage<Decision> stage() {
			throw new AuthenticationCredentialsNotFoundException("nobody");
		}

	}

	/** Sets a context and forgets to clear it. */
	@Configuration(proxyBeanMethods = false)
	static class Litter {

		@SmtpHandler(command = "expn")
		Decision litter() {
			SecurityContextHolder.getContext()
				.setAuthentication(UsernamePasswordAuthenticationToken.authenticated("root", null, List.of()));
			return Decision.accept(250, "Done");
		}

	}

}
