/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** The rooms of the house and who may know whom: the table of the design, as a test. */
class ArchitectureTests {

	/**
	 * Room to the rooms it may import; the root may import all, all may import metrics.
	 */
	private static final Map<String, Set<String>> ROOMS = rooms();

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.mailio");

	private static Map<String, Set<String>> rooms() {
		Map<String, Set<String>> rooms = new LinkedHashMap<>();
		rooms.put("transport", Set.of("codec", "command", "handler", "session", "smtp"));
		rooms.put("command", Set.of("handler", "session", "auth", "message", "smtp"));
		rooms.put("plugin", Set.of("handler", "session", "queue", "message", "dns", "mailauth", "smtp"));
		rooms.put("auth", Set.of("handler", "session", "smtp"));
		rooms.put("handler", Set.of("session", "message", "smtp"));
		rooms.put("session", Set.of("message", "smtp"));
		rooms.put("relay", Set.of("queue", "codec", "message", "dns", "smtp"));
		rooms.put("queue", Set.of("message", "smtp"));
		rooms.put("mailauth", Set.of("message", "dns", "smtp"));
		rooms.put("message", Set.of("smtp"));
		rooms.put("codec", Set.of("smtp"));
		rooms.put("dns", Set.of());
		rooms.put("smtp", Set.of());
		rooms.put("metrics", Set.of());
		return rooms;
	}

	@Test
	void thereAreClassesToLookAt() {
		assertThat(CLASSES.size()).isGreaterThan(80);
	}

	@Test
	void eachClassStandsInARoomOfThePlan() {
		Set<String> rooms = CLASSES.stream()
			.map(ArchitectureTests::room)
			.collect(Collectors.toCollection(TreeSet::new));
		rooms.remove("");
		assertThat(ROOMS.keySet()).containsAll(rooms);
	}

	@Test
	void importsPointDownTheTable() {
		Set<String> upward = CLASSES.stream()
			.filter((from) -> !room(from).isEmpty())
			.flatMap((from) -> from.getDirectDependenciesFromSelf().stream())
			.filter((dependency) -> isOurs(dependency.getTargetClass()))
			.filter((dependency) -> !mayKnow(room(dependency.getOriginClass()), room(dependency.getTargetClass())))
			.map((dependency) -> dependency.getOriginClass().getName() + " knows "
					+ dependency.getTargetClass().getName())
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(upward).isEmpty();
	}

	private static boolean mayKnow(String room, String other) {
		return room.equals(other) || other.equals("metrics") || ROOMS.getOrDefault(room, Set.of()).contains(other);
	}

	/** The table itself has no cycle; with imports that obey it, neither has the code. */
	@Test
	void theTableHasNoCycles() {
		List<String> order = List.copyOf(ROOMS.keySet());
		ROOMS.forEach((room, known) -> assertThat(known).as(room).allSatisfy((other) -> {
			assertThat(order).contains(other);
			assertThat(reachable(other)).doesNotContain(room);
		}));
	}

	private static Set<String> reachable(String room) {
		Set<String> seen = new TreeSet<>();
		ROOMS.get(room).forEach((next) -> {
			seen.add(next);
			seen.addAll(reachable(next));
		});
		return seen;
	}

	@Test
	void nothingHereKnowsSpring() {
		noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..").check(CLASSES);
	}

	@Test
	void theRoomsOfTheProtocolKnowNoNetwork() {
		noClasses().that()
			.resideInAnyPackage("io.mailio.smtp..", "io.mailio.session..", "io.mailio.command..", "io.mailio.handler..",
					"io.mailio.auth..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "reactor.netty..")
			.check(CLASSES);
	}

	@Test
	void theWordsKnowNothingButTheJdk() {
		noClasses().that()
			.resideInAPackage("io.mailio.smtp..")
			.should()
			.dependOnClassesThat()
			.resideOutsideOfPackages("java..", "io.mailio.smtp..", "org.jspecify..")
			.check(CLASSES);
	}

	@Test
	void everyPackageIsNullMarked() {
		Set<String> packages = CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
		assertThat(packages)
			.allSatisfy((name) -> assertThat(Class.forName(name + ".package-info")).as("package-info of " + name)
				.hasAnnotation(NullMarked.class));
	}

	private static boolean isOurs(JavaClass type) {
		return type.getPackageName().equals("io.mailio") || type.getPackageName().startsWith("io.mailio.");
	}

	/** The first word below {@code io.mailio}, empty for the root. */
	private static String room(JavaClass type) {
		String[] words = type.getPackageName().split("\\.");
		return (words.length > 2) ? words[2] : "";
	}

}
