/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Puts the handlers of one command in order: what {@code before} and {@code after} ask
 * for, built-in handlers among themselves as {@link HandlerNames} lists them, and where
 * that leaves a choice by order, then name. The result depends on nothing else.
 */
final class ChainOrder {

	private final String command;

	private final Map<String, Node> nodes = new LinkedHashMap<>();

	private ChainOrder(String command) {
		this.command = command;
	}

	/**
	 * Sorts.
	 * @throws HandlerConfigurationException if a name is unknown, taken twice, or the
	 * wishes contradict each other
	 */
	static HandlerChain of(String command, Collection<HandlerRegistration> handlers) {
		ChainOrder order = new ChainOrder(command);
		order.addAnchors();
		// By name, so that messages do not depend on the order of registration either.
		List<HandlerRegistration> byName = handlers.stream()
			.sorted(Comparator.comparing(HandlerRegistration::name))
			.toList();
		byName.forEach(order::add);
		byName.forEach(order::connect);
		return new HandlerChain(order.sort());
	}

	private void addAnchors() {
		List<String> anchors = new ArrayList<>();
		anchors.add(HandlerNames.CORE);
		anchors.addAll(HandlerNames.builtIn(this.command));
		for (int i = 0; i < anchors.size(); i++) {
			Node node = new Node(anchors.get(i), 0);
			this.nodes.put(node.name, node);
			if (i > 0) {
				this.nodes.get(anchors.get(i - 1)).runsBefore(node);
			}
		}
	}

	private void add(HandlerRegistration handler) {
		Node node = this.nodes.get(handler.name());
		if (node != null && (node.handler != null || !handler.builtIn())) {
			throw duplicate(handler, node);
		}
		if (node == null) {
			node = new Node(handler.name(), handler.order());
			this.nodes.put(node.name, node);
			besideCore(node);
		}
		node.handler = handler;
	}

	/** The engine's part comes first, but of routes it has the last word. */
	private void besideCore(Node node) {
		Node core = this.nodes.get(HandlerNames.CORE);
		if (this.command.equals(HandlerNames.ROUTE)) {
			node.runsBefore(core);
		}
		else {
			core.runsBefore(node);
		}
	}

	private DuplicateHandlerException duplicate(HandlerRegistration handler, Node taken) {
		String holder = (taken.handler != null) ? taken.handler.toString()
				: "the built-in " + this.command + "/" + taken.name;
		return new DuplicateHandlerException(
				"Two handlers have the name " + this.command + "/" + handler.name() + ": " + holder + " and " + handler,
				"Give one of them another name; to replace a built-in handler, switch it off and run yours 'before' it.");
	}

	private void connect(HandlerRegistration handler) {
		Node node = node(handler, handler.name());
		handler.before().forEach((name) -> node.runsBefore(node(handler, name)));
		handler.after().forEach((name) -> node(handler, name).runsBefore(node));
	}

	private Node node(HandlerRegistration asking, String name) {
		Node node = this.nodes.get(HandlerNames.simple(this.command, name));
		if (node == null) {
			String known = String.join(", ", this.nodes.keySet());
			String hint = HandlerNames.nearest(HandlerNames.simple(this.command, name), this.nodes.keySet())
				.map((nearest) -> "Did you mean '" + nearest + "'? ")
				.orElse("");
			throw new UnknownHandlerException(
					"The handler " + asking + " refers to '" + name + "', but " + this.command
							+ " has no handler of that name",
					hint + "The handlers of " + this.command + " are: " + known + ".");
		}
		return node;
	}

	private List<HandlerRegistration> sort() {
		PriorityQueue<Node> ready = new PriorityQueue<>(
				Comparator.comparingInt((Node node) -> node.order).thenComparing((node) -> node.name));
		this.nodes.values().stream().filter((node) -> node.waitsFor == 0).forEach(ready::add);
		List<HandlerRegistration> sorted = new ArrayList<>();
		int done = 0;
		for (Node node = ready.poll(); node != null; node = ready.poll()) {
			done++;
			if (node.handler != null) {
				sorted.add(node.handler);
			}
			node.next.stream().filter((next) -> --next.waitsFor == 0).forEach(ready::add);
		}
		if (done < this.nodes.size()) {
			throw cycle();
		}
		return sorted;
	}

	private HandlerCycleException cycle() {
		Set<Node> path = new LinkedHashSet<>();
		Node node = this.nodes.values().stream().filter((one) -> one.waitsFor > 0).findFirst().orElseThrow();
		while (path.add(node)) {
			node = previous(node);
		}
		List<Node> backwards = new ArrayList<>(path);
		List<String> names = new ArrayList<>();
		names.add(node.name);
		for (int i = backwards.size() - 1; backwards.get(i) != node; i--) {
			names.add(backwards.get(i).name);
		}
		names.add(node.name);
		return new HandlerCycleException(
				"The handlers of " + this.command + " wait for each other: " + String.join(" -> ", names),
				"Each arrow reads 'runs before'. Remove one 'before' or 'after' of the handlers in this circle.");
	}

	private Node previous(Node node) {
		return this.nodes.values()
			.stream()
			.filter((one) -> one.waitsFor > 0 && one.next.contains(node))
			.findFirst()
			.orElseThrow();
	}

	private static final class Node {

		private final String name;

		private final int order;

		private final Set<Node> next = new LinkedHashSet<>();

		private @Nullable HandlerRegistration handler;

		private int waitsFor;

		private Node(String name, int order) {
			this.name = name;
			this.order = order;
		}

		private void runsBefore(Node other) {
			if (this.next.add(other)) {
				other.waitsFor++;
			}
		}

	}

}
