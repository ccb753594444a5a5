/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.handler;

import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.mailio.handler.CommandHandler;
import io.mailio.handler.Decision;
import io.mailio.handler.ReactiveCommandHandler;
import io.mailio.handler.SmtpRequest;
import io.mailio.handler.SmtpResponse;
import io.mailio.smtp.Mailbox;
import io.mailio.spring.HandlerSignatureException;
import io.mailio.spring.SmtpHandler;
import io.mailio.spring.handler.scanned.ScanMarker;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class SmtpHandlerProcessorTests {

	private final Registered registered = new Registered();

	private final SmtpRequest req = mock(SmtpRequest.class);

	private final SmtpResponse res = mock(SmtpResponse.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withInitializer((context) -> {
		RootBeanDefinition processor = new RootBeanDefinition(SmtpHandlerProcessor.class,
				() -> new SmtpHandlerProcessor(context.getBeanFactory(), () -> this.registered));
		((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("processor", processor);
	});

	@BeforeEach
	void responseGivesDecisions() {
		given(this.res.accept(anyInt(), anyString()))
			.willAnswer((call) -> Decision.accept(call.<Integer>getArgument(0), call.getArgument(1)));
	}

	@Test
	void componentScanFindsAnAnnotatedClassWithoutComponent() {
		this.runner.withUserConfiguration(ScanConfiguration.class).run((context) -> {
			assertThat(this.registered.names()).containsExactly("rcpt/fooDomainOnly");
			assertThat(replyOf("rcpt/fooDomainOnly")).isEqualTo("250 scanned");
		});
	}

	@Test
	void beanMethodIsNamedLikeItsBeanAndFoundOnce() {
		this.runner.withUserConfiguration(BeanMethodConfiguration.class)
			.run((context) -> assertThat(this.registered.names()).containsExactlyInAnyOrder("mail/polite",
					"mail/hasty"));
	}

	@Test
	void annotationOfTheBeanMethodWinsOverThatOfTheClass() {
		this.runner.withUserConfiguration(OverridingConfiguration.class)
			.run((context) -> assertThat(this.registered.names()).containsExactly("quit/overridden"));
	}

	@Test
	void methodIsNamedLikeItsBeanAndItself() {
		this.runner.withBean("mailRoom", MailRoom.class).run((context) -> {
			assertThat(this.registered.names()).containsExactlyInAnyOrder("auth/mailRoom.john", "mail/mailRoom.both",
					"rcpt/mailRoom.both", "rcpt/named");
			assertThat(this.registered.descriptions())
				.contains("auth/mailRoom.john (" + MailRoom.class.getName() + ".john(SmtpRequest, SmtpResponse))");
			assertThat(replyOf("auth/mailRoom.john")).isEqualTo("235 john");
		});
	}

	@Test
	void reactiveBeanIsRegisteredAsSuch() {
		this.runner.withBean("later", Later.class).run((context) -> {
			assertThat(this.registered.isReactive("data/later")).isTrue();
			assertThat(replyOf("data/later")).isEqualTo("354 later");
		});
	}

	@Test
	void lazyBeanIsMadeByItsFirstCall() {
		Counted.made.set(0);
		this.runner.withUserConfiguration(LazyConfiguration.class).run((context) -> {
			assertThat(this.registered.names()).containsExactlyInAnyOrder("mail/lazy", "rcpt/lazy.method",
					"rcpt/lazy.reactive");
			assertThat(Counted.made).hasValue(0);
			assertThat(replyOf("rcpt/lazy.reactive")).isEqualTo("250 bean 1");
			assertThat(replyOf("mail/lazy")).isEqualTo("250 bean 1");
			assertThat(replyOf("rcpt/lazy.method")).isEqualTo("250 bean 1");
			assertThat(Counted.made).hasValue(1);
		});
	}

	@Test
	void prototypeIsMadeForEachCall() {
		Counted.made.set(0);
		this.runner
			.withBean("prototype", Counted.class, Counted::new,
					(definition) -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
			.run((context) -> {
				assertThat(replyOf("mail/prototype")).isEqualTo("250 bean 1");
				assertThat(replyOf("mail/prototype")).isEqualTo("250 bean 2");
				assertThat(replyOf("rcpt/prototype.reactive")).isEqualTo("250 bean 3");
			});
	}

	@Test
	void scopedBeanIsAskedForAtEachCallAndItsTargetIsNotRegistered() {
		Counted.made.set(0);
		SwitchedScope scope = new SwitchedScope();
		this.runner.withInitializer((context) -> context.getBeanFactory().registerScope("switched", scope))
			.withUserConfiguration(ScopedConfiguration.class)
			.run((context) -> {
				assertThat(this.registered.names()).containsExactlyInAnyOrder("mail/scoped", "rcpt/scoped.method",
						"rcpt/scoped.reactive");
				assertThat(Counted.made).hasValue(0);
				scope.current = "a";
				assertThat(replyOf("mail/scoped")).isEqualTo("250 bean 1");
				assertThat(replyOf("rcpt/scoped.method")).isEqualTo("250 bean 1");
				scope.current = "b";
				assertThat(replyOf("rcpt/scoped.method")).isEqualTo("250 bean 2");
			});
	}

	@Test
	void classProxyIsCalledAsProxy() {
		AtomicInteger advised = new AtomicInteger();
		this.runner.withUserConfiguration(ClassProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(advised))
			.run((context) -> {
				assertThat(context.getBean("advised").getClass()).isNotEqualTo(MailRoom.class);
				assertThat(this.registered.names()).contains("auth/advised.john").hasSize(4);
				assertThat(replyOf("auth/advised.john")).isEqualTo("235 john");
				assertThat(advised).hasValue(1);
			});
	}

	@Test
	void interfaceProxyIsCalledThroughItsInterface() {
		AtomicInteger advised = new AtomicInteger();
		this.runner.withUserConfiguration(InterfaceProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(advised))
			.withBean("advised", GreeterBehindInterface.class)
			.run((context) -> {
				assertThat(replyOf("connect/advised.greet")).isEqualTo("220 welcome");
				assertThat(advised).hasValue(1);
			});
	}

	@Test
	void lazyInterfaceProxyIsCalledThroughItsInterface() {
		AtomicInteger advised = new AtomicInteger();
		this.runner.withUserConfiguration(InterfaceProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(advised))
			.withBean("advised", GreeterBehindInterface.class, GreeterBehindInterface::new,
					(definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertThat(replyOf("connect/advised.greet")).isEqualTo("220 welcome");
				assertThat(advised).hasValue(1);
			});
	}

	@Test
	void annotatedClassBehindInterfaceProxyIsCalled() {
		AtomicInteger advised = new AtomicInteger();
		this.runner.withUserConfiguration(InterfaceProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(advised))
			.withBean("advised", Polite.class)
			.run((context) -> {
				assertThat(Proxy.isProxyClass(context.getBean("advised").getClass())).isTrue();
				assertThat(replyOf("noop/advised")).isEqualTo("250 polite");
				assertThat(advised).hasValue(1);
			});
	}

	@Test
	void methodThatAnInterfaceProxyHidesFailsWithAdvice() {
		this.runner.withUserConfiguration(InterfaceProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(new AtomicInteger()))
			.withBean("advised", HiddenBehindInterface.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(HandlerSignatureException.class, (failure) -> {
					assertThat(failure).hasMessageContaining("HiddenBehindInterface.greet(SmtpResponse)");
					assertThat(failure.advice()).contains("interface").contains("proxy-target-class");
				}));
	}

	@Test
	void privateMethodBehindClassProxyFailsWithAdvice() {
		this.runner.withUserConfiguration(ClassProxyConfiguration.class)
			.withBean("advice", MethodInterceptor.class, () -> counting(new AtomicInteger()))
			.withBean("advisedToo", Secretive.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(HandlerSignatureException.class,
						(failure) -> assertThat(failure.advice()).contains("private")));
	}

	@Test
	void privateMethodWithoutProxyWorks() {
		this.runner.withBean("secretive", Secretive.class)
			.run((context) -> assertThat(replyOf("noop/secretive.quietly")).isEqualTo("250 quiet"));
	}

	@Test
	void metaAnnotationIsFoundOnClassesAndMethods() {
		this.runner.withBean("metaClass", MetaClass.class)
			.withBean("metaMethods", MetaMethods.class)
			.run((context) -> assertThat(this.registered.names()).containsExactlyInAnyOrder("rcpt/metaClass",
					"rcpt/by-alias"));
	}

	@Test
	void orderOfClassAndMethodDecidesThenTheName() {
		this.runner.withBean("beta", OrderedClass.class)
			.withBean("alpha", OrderedMethods.class)
			.withBean("gamma", UnorderedClass.class)
			.run((context) -> assertThat(this.registered.chain("vrfy")).containsExactly("core", "alpha.early", "beta",
					"alpha.late", "alpha.unordered", "gamma"));
	}

	@Test
	void orderOfTheBeanMethodWinsOverThatOfTheClass() {
		this.runner.withUserConfiguration(OrderedBeanMethodConfiguration.class)
			.run((context) -> assertThat(this.registered.chain("vrfy")).containsExactly("core", "first", "second"));
	}

	@Test
	void genericMethodIsFoundOnceInSpiteOfItsBridge() {
		this.runner.withBean("generic", GenericChild.class).run((context) -> {
			assertThat(this.registered.names()).containsExactly("rcpt/generic.decide");
			given(this.req.to()).willReturn(Mailbox.of("a@example.com"));
			assertThat(replyOf("rcpt/generic.decide")).isEqualTo("250 a@example.com");
		});
	}

	@Test
	void inheritedAndOverriddenMethodsAreFoundOnce() {
		this.runner.withBean("child", Child.class).run((context) -> {
			assertThat(this.registered.names()).containsExactlyInAnyOrder("noop/child.inherited",
					"noop/child.overridden");
			assertThat(replyOf("noop/child.overridden")).isEqualTo("250 child");
		});
	}

	@Test
	void placeholdersAreResolved() {
		this.runner.withPropertyValues("my.verb=XFOO", "my.name=from-properties")
			.withBean("placeholders", Placeholders.class)
			.run((context) -> assertThat(this.registered.names()).containsExactly("xfoo/from-properties"));
	}

	@Test
	void nameWithCommandMeansThatCommandOnly() {
		this.runner.withBean("anchored", Anchored.class).run((context) -> {
			assertThat(this.registered.chain("rcpt")).containsExactly("core", "anchored.both");
			assertThat(this.registered.chain("mail")).containsExactly("core", "anchored.both");
		});
	}

	@Test
	void classWithoutHandlerInterfaceFails() {
		fails(NoInterface.class, "neither CommandHandler nor ReactiveCommandHandler", "put @SmtpHandler on a method");
	}

	@Test
	void argumentOfUnknownTypeFails() {
		fails(UnknownArgument.class, "UnknownArgument.handle(String) cannot be called",
				"Available at helo: SmtpRequest, SmtpResponse, SmtpSession, SmtpCommand, ClientInfo.");
	}

	@Test
	void argumentThatIsNotThereAtOneOfTheCommandsFails() {
		fails(MisplacedArgument.class, "Mailbox is not there at 'mail', only at rcpt", "Available at rcpt and mail");
	}

	@Test
	void unusableReturnTypeFails() {
		fails(WrongReturn.class, "returns java.lang.String", "Return Decision");
		fails(WrongMono.class, "returns reactor.core.publisher.Mono<java.lang.String>", "Return Decision");
	}

	@Test
	void methodThatCannotAnswerFails() {
		fails(Speechless.class, "has no SmtpResponse to answer with", "take an SmtpResponse");
	}

	@Test
	void methodWithoutCommandFails() {
		fails(NoCommand.class, "handles no command", "Name at least one");
	}

	@Test
	void unreadableTimeoutFails() {
		fails(Timeless.class, "timeout 'soon'", "30s");
	}

	@Test
	void nothingHappensWithoutServer() {
		SmtpHandlerProcessor processor = new SmtpHandlerProcessor(mock(ConfigurableListableBeanFactory.class),
				() -> null);
		processor.afterSingletonsInstantiated();
		assertThat(this.registered.names()).isEmpty();
	}

	@Test
	void beanThatMentionsAClassThatIsNotThereDoesNotDisturb() throws ClassNotFoundException {
		Class<?> unreadable = new HalfClassLoader().loadClass(MentionsTheMissing.class.getName());
		assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(unreadable::getDeclaredMethods);
		RootBeanDefinition lazy = new RootBeanDefinition(unreadable);
		lazy.setLazyInit(true);
		this.runner
			.withInitializer((context) -> ((BeanDefinitionRegistry) context.getBeanFactory())
				.registerBeanDefinition("unreadable", lazy))
			.withBean("metaClass", MetaClass.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(this.registered.names()).hasSize(1);
			});
	}

	private void fails(Class<?> type, String message, String advice) {
		this.runner.withBean(type)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(HandlerSignatureException.class, (failure) -> {
					assertThat(failure).hasMessageContaining(message).hasMessageContaining(type.getName());
					assertThat(failure.advice()).contains(advice);
				}));
	}

	private String replyOf(String name) throws Exception {
		return String.valueOf(this.registered.call(name, this.req, this.res).reply());
	}

	private static MethodInterceptor counting(AtomicInteger calls) {
		return (invocation) -> {
			calls.incrementAndGet();
			return invocation.proceed();
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ComponentScan(basePackageClasses = ScanMarker.class)
	static class ScanConfiguration {

	}

	@Configuration
	static class BeanMethodConfiguration {

		@Bean
		@SmtpHandler(command = "mail")
		CommandHandler polite() {
			return (req, res) -> res.accept();
		}

		@Bean
		@SmtpHandler(command = "mail")
		ReactiveCommandHandler hasty() {
			return (req, res) -> Mono.just(Decision.accept());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OverridingConfiguration {

		@Bean
		@SmtpHandler(command = "quit")
		Polite overridden() {
			return new Polite();
		}

	}

	@SmtpHandler(command = "noop")
	static class Polite implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept(250, "polite");
		}

	}

	static class MailRoom {

		@SmtpHandler(command = "auth")
		Decision john(SmtpRequest req, SmtpResponse res) {
			return res.accept(235, "john");
		}

		@SmtpHandler(command = { "mail", "rcpt" })
		Decision both() {
			return Decision.accept();
		}

		@SmtpHandler(command = "rcpt", name = "named")
		void named(SmtpResponse res) {
			res.accept();
		}

	}

	@SmtpHandler(command = "data")
	static class Later implements ReactiveCommandHandler {

		@Override
		public Mono<Decision> handle(SmtpRequest req, SmtpResponse res) {
			return Mono.just(Decision.accept(354, "later"));
		}

	}

	@SmtpHandler(command = "mail")
	static class Counted implements CommandHandler {

		static final AtomicInteger made = new AtomicInteger();

		private final int number = made.incrementAndGet();

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return Decision.accept(250, "bean " + this.number);
		}

		@SmtpHandler(command = "rcpt")
		Decision method() {
			return Decision.accept(250, "bean " + this.number);
		}

		@SmtpHandler(command = "rcpt")
		Mono<Decision> reactive() {
			return Mono.just(Decision.accept(250, "bean " + this.number));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyConfiguration {

		@Bean
		@Lazy
		Counted lazy() {
			return new Counted();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConfiguration {

		@Bean
		@org.springframework.context.annotation.Scope(value = "switched", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Counted scoped() {
			return new Counted();
		}

	}

	static final class SwitchedScope implements Scope {

		private final Map<String, Object> beans = new HashMap<>();

		private String current = "";

		@Override
		public Object get(String name, ObjectFactory<?> objectFactory) {
			return this.beans.computeIfAbsent(this.current + name, (key) -> objectFactory.getObject());
		}

		@Override
		public Object remove(String name) {
			return this.beans.remove(this.current + name);
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
		}

		@Override
		public Object resolveContextualObject(String key) {
			return null;
		}

		@Override
		public String getConversationId() {
			return this.current;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxyConfiguration {

		@Bean
		static BeanNameAutoProxyCreator proxies() {
			return proxyCreator(true);
		}

		@Bean
		MailRoom advised() {
			return new MailRoom();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxyConfiguration {

		@Bean
		static BeanNameAutoProxyCreator proxies() {
			return proxyCreator(false);
		}

	}

	private static BeanNameAutoProxyCreator proxyCreator(boolean proxyTargetClass) {
		BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
		creator.setProxyTargetClass(proxyTargetClass);
		creator.setBeanNames("advised*");
		creator.setInterceptorNames("advice");
		return creator;
	}

	interface Greeter {

		Decision greet(SmtpResponse res);

	}

	static class GreeterBehindInterface implements Greeter {

		@Override
		@SmtpHandler(command = "connect")
		public Decision greet(SmtpResponse res) {
			return res.accept(220, "welcome");
		}

	}

	interface Unrelated {

		void unrelated();

	}

	static class HiddenBehindInterface implements Unrelated {

		@Override
		public void unrelated() {
		}

		@SmtpHandler(command = "connect")
		public Decision greet(SmtpResponse res) {
			return res.accept();
		}

	}

	static class Secretive {

		@SmtpHandler(command = "noop")
		private Decision quietly(SmtpResponse res) {
			return res.accept(250, "quiet");
		}

	}

	@Target({ ElementType.TYPE, ElementType.METHOD })
	@Retention(RetentionPolicy.RUNTIME)
	@SmtpHandler(command = "rcpt")
	@interface RecipientHandler {

		@AliasFor(annotation = SmtpHandler.class, attribute = "name")
		String value() default "";

	}

	@RecipientHandler
	static class MetaClass implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept();
		}

	}

	@Component
	static class MetaMethods {

		@RecipientHandler("by-alias")
		Decision handle() {
			return Decision.accept();
		}

	}

	@Order(5)
	@SmtpHandler(command = "vrfy")
	static class OrderedClass implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept();
		}

	}

	static class OrderedMethods {

		@Order(6)
		@SmtpHandler(command = "vrfy")
		Decision late() {
			return Decision.accept();
		}

		@Order(4)
		@SmtpHandler(command = "vrfy")
		Decision early() {
			return Decision.accept();
		}

		@SmtpHandler(command = "vrfy")
		Decision unordered() {
			return Decision.accept();
		}

	}

	@SmtpHandler(command = "vrfy")
	static class UnorderedClass implements CommandHandler {

		@Override
		public Decision handle(SmtpRequest req, SmtpResponse res) {
			return res.accept();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrderedBeanMethodConfiguration {

		@Bean
		@Order(9)
		@SmtpHandler(command = "vrfy")
		OrderedClass second() {
			return new OrderedClass();
		}

		@Bean
		@Order(8)
		@SmtpHandler(command = "vrfy")
		OrderedClass first() {
			return new OrderedClass();
		}

	}

	abstract static class GenericParent<T> {

		@SmtpHandler(command = "rcpt")
		abstract Decision decide(T about);

	}

	static class GenericChild extends GenericParent<Mailbox> {

		@Override
		Decision decide(Mailbox about) {
			return Decision.accept(250, about.toString());
		}

	}

	static class Parent {

		@SmtpHandler(command = "noop")
		Decision inherited() {
			return Decision.accept();
		}

		@SmtpHandler(command = "noop")
		Decision overridden() {
			return Decision.accept(250, "parent");
		}

	}

	static class Child extends Parent {

		@Override
		Decision overridden() {
			return Decision.accept(250, "child");
		}

	}

	static class Placeholders {

		@SmtpHandler(command = "${my.verb}", name = "${my.name}", timeout = "${my.timeout:2s}")
		Decision handle() {
			return Decision.accept();
		}

	}

	static class Anchored {

		@SmtpHandler(command = { "rcpt", "mail" }, before = "rcpt/dnsbl")
		Decision both() {
			return Decision.accept();
		}

	}

	@SmtpHandler(command = "rcpt")
	static class NoInterface {

	}

	static class UnknownArgument {

		@SmtpHandler(command = "helo")
		Decision handle(String name) {
			return Decision.accept();
		}

	}

	static class MisplacedArgument {

		@SmtpHandler(command = { "rcpt", "mail" })
		Decision handle(Mailbox to) {
			return Decision.accept();
		}

	}

	static class WrongReturn {

		@SmtpHandler(command = "rcpt")
		String handle() {
			return "";
		}

	}

	static class WrongMono {

		@SmtpHandler(command = "rcpt")
		Mono<String> handle() {
			return Mono.empty();
		}

	}

	static class Speechless {

		@SmtpHandler(command = "rcpt")
		void handle() {
		}

	}

	static class NoCommand {

		@SmtpHandler(command = {})
		Decision handle() {
			return Decision.accept();
		}

	}

	static class Timeless {

		@SmtpHandler(command = "rcpt", timeout = "soon")
		Decision handle() {
			return Decision.accept();
		}

	}

	static class Missing {

	}

	static class MentionsTheMissing {

		void take(Missing missing) {
		}

	}

	/** Has one of two classes that belong together, as without an optional dependency. */
	static final class HalfClassLoader extends ClassLoader {

		HalfClassLoader() {
			super(SmtpHandlerProcessorTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (name.equals(Missing.class.getName())) {
				throw new ClassNotFoundException(name);
			}
			return name.equals(MentionsTheMissing.class.getName()) ? define(name) : super.loadClass(name, resolve);
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			Class<?> known = findLoadedClass(name);
			if (known != null) {
				return known;
			}
			try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] bytes = in.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
