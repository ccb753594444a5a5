/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Makes a bean or a method of a bean a handler of SMTP commands or session events.
 *
 * <p>
 * It stands
 * <ul>
 * <li>on a class that implements {@link io.mailio.handler.CommandHandler} or
 * {@link io.mailio.handler.ReactiveCommandHandler}, for {@code route}
 * {@link io.mailio.handler.RouteHandler} or
 * {@link io.mailio.handler.ReactiveRouteHandler}: component scanning finds the class as
 * it finds a {@link Component};</li>
 * <li>on a {@code @Bean} method that gives such an object;</li>
 * <li>on any method of any bean.</li>
 * </ul>
 *
 * <p>
 * <b>Methods</b> take arguments by type, in any order:
 * <table>
 * <caption>Argument types</caption>
 * <tr>
 * <th>type</th>
 * <th>at</th>
 * </tr>
 * <tr>
 * <td>{@code SmtpRequest}, {@code SmtpResponse}, {@code SmtpSession},
 * {@code SmtpCommand}, {@code ClientInfo}</td>
 * <td>every command</td>
 * </tr>
 * <tr>
 * <td>{@code ReversePath}: the sender</td>
 * <td>{@code mail}, {@code rcpt}, {@code data}, {@code queue}</td>
 * </tr>
 * <tr>
 * <td>{@code Mailbox}: the recipient</td>
 * <td>{@code rcpt}</td>
 * </tr>
 * <tr>
 * <td>{@code Parameters}: those of the command</td>
 * <td>{@code mail}, {@code rcpt}</td>
 * </tr>
 * <tr>
 * <td>{@code Envelope}: what was accepted so far</td>
 * <td>{@code rcpt}, {@code data}, {@code queue}</td>
 * </tr>
 * <tr>
 * <td>{@code ReceivedMessage}, {@code Headers}</td>
 * <td>{@code queue}</td>
 * </tr>
 * <tr>
 * <td>{@code User}: who wants to log in</td>
 * <td>{@code auth}</td>
 * </tr>
 * <tr>
 * <td>{@code RouteRequest}, {@code ReversePath}, {@code Mailbox}, {@code Parameters},
 * {@code ReceivedMessage}, {@code Headers}: there is no session any more</td>
 * <td>{@code route}</td>
 * </tr>
 * </table>
 * They return {@code Decision}, {@code Mono<Decision>} or
 * {@code CompletionStage<Decision>}; or {@code void} or {@code Mono<Void>}, if they take
 * an {@code SmtpResponse} and answer before they return or complete; at {@code route}
 * {@code RouteDecision}, or a {@code Mono} or {@code CompletionStage} of it. Anything
 * else fails at start.
 *
 * <p>
 * <b>Threads.</b> Methods that return a value or {@code void}, and {@code CommandHandler}
 * beans, run on the handler executor and may block, unless {@link #blocking()} is
 * {@code false}. Methods that return a {@code Mono} or {@code CompletionStage}, and
 * {@code ReactiveCommandHandler} beans, run on the event loop and must not block. One
 * bean serves all sessions at once.
 *
 * <p>
 * <b>Beans.</b> Lazy beans are made by the first command that needs them, scoped beans
 * are asked for at each command, proxies are called as proxies. {@link Order} on the
 * method, the {@code @Bean} method or the class decides among handlers that
 * {@link #before()} and {@link #after()} leave free; lower runs first, then the names
 * decide.
 *
 * <p>
 * Text attributes may hold placeholders ({@code ${…}}).
 *
 * @see io.mailio.handler.SmtpReplyException
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
@Component
public @interface SmtpHandler {

	/**
	 * The commands or events to handle, in lower case, for example {@code rcpt} or
	 * {@code queue}; a verb of your own works too.
	 */
	String[] command();

	/**
	 * The name of the handler: other handlers refer to it in {@code before} and
	 * {@code after}, its properties lie below {@code mailio.handlers.<command>.<name>}
	 * (there {@code mail-room} and {@code mailRoom} are the same), and it stands in the
	 * log. The default is the name of the bean, for example {@code fooDomainOnly}; for a
	 * method it is the name of the bean, a dot and the name of the method, for example
	 * {@code mailRoom.johnOnly}.
	 */
	String name() default "";

	/**
	 * Runs before the handlers with these names. {@code dnsbl} and {@code rcpt/dnsbl} are
	 * the same; with several commands, only the second form is for one of them alone. A
	 * name that does not exist fails at start.
	 */
	String[] before() default {};

	/** Runs after the handlers with these names, as {@link #before()}. */
	String[] after() default {};

	/** The listeners on which the handler runs; none named means all of them. */
	String[] listeners() default {};

	/**
	 * How long one call may take, for example {@code 30s} or {@code 2m}; the default is
	 * {@code mailio.limits.handler-timeout}, at {@code queue}
	 * {@code mailio.limits.queue-timeout}. After it the command is answered with 451 and
	 * the call is cancelled.
	 */
	String timeout() default "";

	/**
	 * {@code false} promises that the handler never blocks: it then runs on the event
	 * loop, which saves a change of threads. It has no effect on reactive handlers, which
	 * always run there, and on beans that are lazy or not singletons, since making a bean
	 * may block.
	 */
	boolean blocking() default true;

}
