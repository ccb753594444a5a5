/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.message;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Header fields by name, of one section or of several that stand behind each other. Lines
 * that are no field are passed over, as the MIME parser does. Values are UTF-8 (RFC 6532)
 * or, if they are not well-formed, ISO-8859-1, so that nothing is lost. Immutable.
 */
final class HeaderFields implements Headers {

	private final List<HeaderSection> sections;

	HeaderFields(HeaderSection... sections) {
		this.sections = List.of(sections);
	}

	static HeaderFields read(InputStream in) throws IOException {
		return new HeaderFields(HeaderSection.read(in));
	}

	@Override
	public Optional<String> first(String name) {
		for (HeaderSection section : this.sections) {
			for (int field = 0; field < section.count(); field++) {
				if (section.isNamed(field, name)) {
					return Optional.of(section.value(field));
				}
			}
		}
		return Optional.empty();
	}

	@Override
	public List<String> all(String name) {
		List<String> values = new ArrayList<>();
		for (HeaderSection section : this.sections) {
			for (int field = 0; field < section.count(); field++) {
				if (section.isNamed(field, name)) {
					values.add(section.value(field));
				}
			}
		}
		return List.copyOf(values);
	}

	@Override
	public int count(String name) {
		int count = 0;
		for (HeaderSection section : this.sections) {
			for (int field = 0; field < section.count(); field++) {
				if (section.isNamed(field, name)) {
					count++;
				}
			}
		}
		return count;
	}

	@Override
	public List<String> names() {
		List<String> names = new ArrayList<>();
		for (HeaderSection section : this.sections) {
			for (int field = 0; field < section.count(); field++) {
				String name = section.name(field);
				if (!name.isEmpty()) {
					names.add(name);
				}
			}
		}
		return List.copyOf(names);
	}

}
