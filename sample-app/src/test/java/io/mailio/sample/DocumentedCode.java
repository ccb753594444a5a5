/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The code in a page of the documentation: blocks behind a comment
 * {@code <!-- tested: name -->}.
 */
final class DocumentedCode {

	private static final String IMPORTS = """
			package readme;

			import java.util.*;

			import io.mailio.SmtpServer;
			import io.mailio.auth.*;
			import io.mailio.command.*;
			import io.mailio.handler.*;
			import io.mailio.message.*;
			import io.mailio.smtp.*;
			import io.mailio.spring.*;
			import io.mailio.spring.event.*;
			import org.springframework.boot.SpringApplication;
			import org.springframework.boot.autoconfigure.SpringBootApplication;
			import org.springframework.context.event.EventListener;
			import org.springframework.mail.SimpleMailMessage;
			import org.springframework.mail.javamail.JavaMailSender;
			import org.springframework.stereotype.Component;
			import reactor.core.publisher.Mono;

			""";

	private final Path page;

	private final Path directory;

	DocumentedCode(Path page, Path directory) {
		this.page = page;
		this.directory = directory;
	}

	/** A block of any language. */
	String block(String name) throws IOException {
		Matcher block = Pattern
			.compile("<!-- tested: " + Pattern.quote(name) + " -->\\s+```\\w+\\n(.*?)\\n```", Pattern.DOTALL)
			.matcher(Files.readString(this.page));
		assertThat(block.find()).as("%s has a block '%s'", this.page, name).isTrue();
		return block.group(1);
	}

	/** Compiles a block of Java, whose first class has a name. */
	void compile(String block, String className) throws IOException {
		compile(block, className, block(block));
	}

	/** Compiles what was made of a block. */
	void compile(String block, String className, String code, String... imports) throws IOException {
		Path file = Files.createDirectories(this.directory.resolve("src")).resolve(className + ".java");
		String more = Stream.of(imports).map((name) -> "import " + name + ";\n").collect(Collectors.joining());
		Files.writeString(file, IMPORTS + more + code);
		List<String> arguments = new ArrayList<>(List.of("-d", this.directory.toString(), "-cp",
				System.getProperty("java.class.path") + File.pathSeparator + this.directory, "-parameters",
				"-proc:none", file.toString()));
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
			.as("the block '%s' of %s compiles", block, this.page)
			.isZero();
	}

	/** What was compiled. */
	URLClassLoader classes() throws MalformedURLException {
		return new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, getClass().getClassLoader());
	}

}
