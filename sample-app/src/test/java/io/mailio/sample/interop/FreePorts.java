/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.sample.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ports of 127.0.0.1 that nobody listens on at present. */
final class FreePorts {

	private FreePorts() {
	}

	/** A port. */
	static int one() throws IOException {
		return forNames(List.of("")).get("");
	}

	/** A port for each name, no two of them the same. */
	static Map<String, Integer> forNames(Collection<String> names) throws IOException {
		Map<String, Integer> ports = new HashMap<>();
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (String name : names) {
				ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(Sending.HOST));
				sockets.add(socket);
				ports.put(name, socket.getLocalPort());
			}
		}
		finally {
			for (ServerSocket socket : sockets) {
				socket.close();
			}
		}
		return ports;
	}

}
