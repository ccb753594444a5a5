/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;

import io.mailio.SmtpServer;
import io.mailio.plugin.connect.RdnsOptions;
import io.mailio.plugin.rcpt.DnsblOptions;
import io.mailio.session.Limits;
import io.mailio.transport.Tls;
import io.mailio.transport.TlsEngine;

/**
 * The complete engine with every core handler, those for strangers, which let loopback
 * clients pass without a question, and a relay, which has nothing to send on, with TLS if
 * it is given a key; messages are accepted and forgotten by {@code queue/discard}.
 * Everything is as a user gets it but for one limit: all load comes from one address, so
 * that address may have as many connections as all together.
 */
public final class EngineSink {

	private static final int MAX_CONNECTIONS = 20_000;

	private static final char[] PASSWORD = "changeit".toCharArray();

	private EngineSink() {
	}

	/**
	 * Listens on the loopback address and prints {@code ready <port>} once connections
	 * are accepted. Runs until the process is ended.
	 * @param args the port, 0 for a free one; the directory of the queue; for STARTTLS
	 * also the name of a {@link TlsEngine} and a PKCS #12 file with the password
	 * {@code changeit}
	 * @throws InterruptedException if the main thread is interrupted
	 * @throws GeneralSecurityException if the key cannot be used
	 * @throws IOException if it cannot be read
	 */
	public static void main(String[] args) throws InterruptedException, GeneralSecurityException, IOException {
		SmtpServer.Builder builder = SmtpServer.builder()
			.address(InetAddress.getLoopbackAddress())
			.port(Integer.parseInt(args[0]))
			.hostname("bench.example")
			.domains("example.com")
			.limits(Limits.builder().maxConnections(MAX_CONNECTIONS).maxConnectionsPerAddress(MAX_CONNECTIONS).build())
			.rdns(RdnsOptions.defaults())
			.dnsbl(DnsblOptions.defaults())
			.relay((relay) -> relay.directory(Path.of(args[1])))
			.discard();
		if (args.length > 2) {
			builder.tls(tls(TlsEngine.valueOf(args[2]), Path.of(args[3])));
		}
		SmtpServer server = builder.build();
		server.start();
		System.out.println("ready " + server.port());
		Thread.currentThread().join();
	}

	private static Tls tls(TlsEngine engine, Path file) throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD);
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD);
		return Tls.builder(keys).engine(engine).build();
	}

}
