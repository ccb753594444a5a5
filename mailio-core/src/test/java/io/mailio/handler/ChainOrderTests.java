/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ChainOrderTests {

	private static final CommandHandler ANY = (req, res) -> res.accept();

	@Test
	void runsBuiltInHandlersInTheirOwnOrder() {
		assertThat(rcpt(builtIn("relay"), builtIn("dnsbl"), builtIn("mailbox"))).containsExactly("core", "dnsbl",
				"mailbox", "relay");
	}

	@Test
	void runsOthersAfterTheBuiltInOnes() {
		assertThat(rcpt(handler("aaa"), builtIn("dnsbl"), builtIn("relay"))).containsExactly("core", "dnsbl", "relay",
				"aaa");
	}

	@Test
	void sendsHandlersOfBdatToData() {
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> HandlerRegistration.of("bdat", "mine", (spec) -> {
			}, (CommandHandler) (req, res) -> res.accept()))
			.withMessageContaining("BDAT")
			.satisfies((ex) -> assertThat(ex.advice()).contains("data"));
	}

	@Test
	void obeysBeforeAndAfter() {
		assertThat(rcpt(handler("mine", (spec) -> spec.before("dnsbl")), builtIn("dnsbl"))).containsExactly("core",
				"mine", "dnsbl");
		assertThat(rcpt(handler("mine", (spec) -> spec.after("dnsbl").before("relay")), builtIn("dnsbl"),
				builtIn("relay")))
			.containsExactly("core", "dnsbl", "mine", "relay");
		assertThat(rcpt(handler("a", (spec) -> spec.after("b", "c")), handler("b", (spec) -> spec.after("c")),
				handler("c")))
			.containsExactly("core", "c", "b", "a");
	}

	@Test
	void takesTheFullNameOfAHandler() {
		assertThat(rcpt(handler("mine", (spec) -> spec.before("rcpt/dnsbl")), builtIn("dnsbl"))).containsExactly("core",
				"mine", "dnsbl");
	}

	@Test
	void usesTheNamesOfBuiltInHandlersThatDoNotExistAsAnchors() {
		assertThat(rcpt(handler("last", (spec) -> spec.after("relay").order(1)),
				handler("first", (spec) -> spec.before("dnsbl").order(2))))
			.containsExactly("core", "first", "last");
	}

	@Test
	void keepsSwitchedOffHandlersAsAnchors() {
		HandlerChains chains = HandlerChains.of(List.of(handler("a", (spec) -> spec.after("off")),
				handler("b", (spec) -> spec.before("off")), handler("off")), "default", Set.of("rcpt/off"));
		assertThat(chains.names()).containsEntry("rcpt", List.of("core", "b", "a"));
	}

	@Test
	void settlesTiesByOrderThenName() {
		assertThat(rcpt(handler("z"), handler("y"), handler("b", (spec) -> spec.order(5)),
				handler("c", (spec) -> spec.order(5)), handler("first", (spec) -> spec.order(-1)), builtIn("dnsbl")))
			.containsExactly("core", "first", "dnsbl", "b", "c", "y", "z");
	}

	@Test
	void dependsOnNothingElse() {
		List<HandlerRegistration> handlers = new ArrayList<>(List.of(builtIn("dnsbl"), builtIn("relay"), handler("a"),
				handler("b", (spec) -> spec.before("a")), handler("c", (spec) -> spec.order(3)),
				handler("d", (spec) -> spec.order(3).after("relay")), handler("e", (spec) -> spec.before("mailbox"))));
		List<String> expected = rcpt(handlers.toArray(HandlerRegistration[]::new));
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 200; i++) {
			Collections.shuffle(handlers, random);
			assertThat(rcpt(handlers.toArray(HandlerRegistration[]::new))).as("seed %d", seed).isEqualTo(expected);
		}
	}

	@Test
	void suggestsTheNearestName() {
		HandlerRegistration asking = handler("mine", (spec) -> spec.before("dnsbll").description("com.example.Mine"));
		assertThatExceptionOfType(UnknownHandlerException.class).isThrownBy(() -> rcpt(asking))
			.withMessage(
					"The handler rcpt/mine (com.example.Mine) refers to 'dnsbll', but rcpt has no handler of that name")
			.satisfies((ex) -> assertThat(ex.advice())
				.isEqualTo("Did you mean 'dnsbl'? The handlers of rcpt are: core, dnsbl, mailbox, relay, mine."));
	}

	@Test
	void suggestsNothingWhereNothingIsNear() {
		assertThatExceptionOfType(UnknownHandlerException.class)
			.isThrownBy(() -> rcpt(handler("mine", (spec) -> spec.after("something-completely-else"))))
			.satisfies((ex) -> assertThat(ex.advice()).startsWith("The handlers of rcpt are"));
	}

	@Test
	void knowsTheHandlersOfItsOwnCommandOnly() {
		assertThatExceptionOfType(UnknownHandlerException.class)
			.isThrownBy(() -> rcpt(handler("mine", (spec) -> spec.after("queue/maildir"))));
	}

	@Test
	void refusesANameGivenTwice() {
		HandlerRegistration one = handler("mine", (spec) -> spec.description("One"));
		HandlerRegistration other = handler("mine", (spec) -> spec.description("Other"));
		assertThatExceptionOfType(DuplicateHandlerException.class).isThrownBy(() -> rcpt(one, other))
			.withMessageContaining("rcpt/mine")
			.withMessageContaining("One")
			.withMessageContaining("Other");
	}

	@Test
	void refusesTheNameOfABuiltInHandler() {
		assertThatExceptionOfType(DuplicateHandlerException.class).isThrownBy(() -> rcpt(handler("dnsbl")))
			.withMessageContaining("the built-in rcpt/dnsbl");
	}

	@Test
	void drawsACircleTheSameWayHoweverItIsRegistered() {
		HandlerRegistration a = handler("a", (spec) -> spec.before("b"));
		HandlerRegistration b = handler("b", (spec) -> spec.before("a"));
		for (List<HandlerRegistration> handlers : List.of(List.of(a, b), List.of(b, a))) {
			assertThatExceptionOfType(HandlerCycleException.class)
				.isThrownBy(() -> rcpt(handlers.toArray(HandlerRegistration[]::new)))
				.withMessage("The handlers of rcpt wait for each other: a -> b -> a")
				.satisfies((ex) -> assertThat(ex.advice()).contains("Remove one"));
		}
	}

	@Test
	void drawsNothingButTheCircle() {
		assertThatExceptionOfType(HandlerCycleException.class)
			.isThrownBy(() -> rcpt(handler("a", (spec) -> spec.after("x")), handler("x", (spec) -> spec.before("y")),
					handler("y", (spec) -> spec.before("z")), handler("z", (spec) -> spec.before("x")),
					handler("before-all", (spec) -> spec.before("x"))))
			.withMessageEndingWith(": x -> y -> z -> x");
	}

	@Test
	void drawsAHandlerThatWaitsForItself() {
		assertThatExceptionOfType(HandlerCycleException.class)
			.isThrownBy(() -> rcpt(handler("a", (spec) -> spec.after("a"))))
			.withMessageEndingWith(": a -> a");
	}

	@Test
	void letsNothingRunBeforeCore() {
		assertThatExceptionOfType(HandlerCycleException.class)
			.isThrownBy(() -> rcpt(handler("a", (spec) -> spec.before("core"))))
			.withMessageEndingWith(": core -> a -> core");
		assertThat(rcpt(handler("a", (spec) -> spec.after("core")))).containsExactly("core", "a");
	}

	@Test
	void contradictionsWithTheBuiltInOrderAreCirclesToo() {
		assertThatExceptionOfType(HandlerCycleException.class)
			.isThrownBy(() -> rcpt(handler("a", (spec) -> spec.before("dnsbl").after("relay"))))
			.withMessageContaining("dnsbl -> mailbox -> relay -> a -> dnsbl");
	}

	@Test
	void runsOnItsListenersOnly() {
		List<HandlerRegistration> handlers = List.of(handler("a", (spec) -> spec.listeners("inner")), handler("b"));
		assertThat(HandlerChains.of(handlers, "inner", Set.of()).names()).containsEntry("rcpt",
				List.of("core", "a", "b"));
		assertThat(HandlerChains.of(handlers, "outer", Set.of()).names()).containsEntry("rcpt", List.of("core", "b"));
		assertThat(HandlerChains.of(handlers, "outer", Set.of()).chain("mail").isEmpty()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "RCPT", "Rcpt", "rcpt ", "9x", "-x", "a/b", "r\u00e9" })
	void refusesWhatCannotBeACommand(String command) {
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> HandlerRegistration.of(command, "x", (spec) -> {
			}, ANY))
			.satisfies((ex) -> assertThat(ex.advice()).contains("lower case"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a/b", "core" })
	void refusesWhatCannotBeAName(String name) {
		assertThatExceptionOfType(HandlerConfigurationException.class).isThrownBy(() -> handler(name));
	}

	@Test
	void aSpecTakesPositiveTimeoutsOnly() {
		HandlerSpec spec = new HandlerSpec();
		assertThatIllegalArgumentException().isThrownBy(() -> spec.timeout(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> spec.timeout(Duration.ofMillis(-1)));
		assertThat(spec.timeout(Duration.ofNanos(1)).timeout()).isEqualTo(Duration.ofNanos(1));
	}

	@Test
	void aSpecHasDefaultsAndCollects() {
		HandlerSpec spec = new HandlerSpec();
		assertThat(spec.order()).isEqualTo(HandlerSpec.LAST);
		assertThat(spec.timeout()).isNull();
		assertThat(spec.blocking()).isTrue();
		spec.before("a").before("b", "c").after("d").listeners("e").listeners("f").config(Map.of("k", "v"));
		assertThat(spec.before()).containsExactly("a", "b", "c");
		assertThat(spec.after()).containsExactly("d");
		assertThat(spec.listeners()).containsExactly("e", "f");
		assertThat(spec.config()).containsExactly(Map.entry("k", "v"));
	}

	@Test
	void aRegistrationIsNamedAfterItsClassUnlessDescribed() {
		assertThat(handler("x")).hasToString("rcpt/x (" + ANY.getClass().getName() + ")");
		assertThat(handler("x", (spec) -> spec.description("MailRoom.check"))).hasToString("rcpt/x (MailRoom.check)");
	}

	@Test
	void theConfigurationHasTheLastWordOfRoutes() {
		HandlerChains chains = HandlerChains.of(List.of(route("b", (spec) -> spec.before("core")),
				route("a", (spec) -> spec.after("b")), route("c", (spec) -> spec.order(1))), null, Set.of());
		assertThat(chains.names()).containsEntry("route", List.of("c", "b", "a", "core"));
	}

	@Test
	void nobodyRoutesAfterTheConfiguration() {
		assertThatExceptionOfType(HandlerCycleException.class)
			.isThrownBy(() -> ChainOrder.of("route", List.of(route("late", (spec) -> spec.after("core")))))
			.withMessageContaining("late -> core");
	}

	@Test
	void routesAreGivenByRouteHandlersOnly() {
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> HandlerRegistration.of("route", "mine", (spec) -> {
			}, ANY))
			.withMessageContaining("route/mine")
			.satisfies((ex) -> assertThat(ex.advice()).contains("RouteHandler", "RouteDecision"));
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> HandlerRegistration.of("rcpt", "mine", (spec) -> {
			}, (RouteHandler) (req) -> RouteDecision.pass()))
			.withMessageContaining("rcpt/mine")
			.satisfies((ex) -> assertThat(ex.advice()).contains("route"));
		assertThatExceptionOfType(HandlerConfigurationException.class)
			.isThrownBy(() -> route("mine", (spec) -> spec.listeners("mx")))
			.withMessageContaining("listener 'mx'");
	}

	private static HandlerRegistration route(String name, Consumer<HandlerSpec> spec) {
		return HandlerRegistration.of("route", name, spec, (RouteHandler) (req) -> RouteDecision.pass());
	}

	private static List<String> rcpt(HandlerRegistration... handlers) {
		return ChainOrder.of("rcpt", List.of(handlers)).names("rcpt");
	}

	private static HandlerRegistration handler(String name) {
		return handler(name, (spec) -> {
		});
	}

	private static HandlerRegistration handler(String name, Consumer<HandlerSpec> spec) {
		return HandlerRegistration.of("rcpt", name, spec, ANY);
	}

	private static HandlerRegistration builtIn(String name) {
		return HandlerRegistration.builtIn("rcpt", name, (spec) -> {
		}, ANY);
	}

}
