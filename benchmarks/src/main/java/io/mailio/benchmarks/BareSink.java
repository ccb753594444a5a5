/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * An SMTP server with no features that accepts every message: the yardstick for
 * {@link EngineSink} if it keeps none, and for {@link EngineQueue} if it appends them to
 * a {@link GroupCommitFile}. It stands on the same ground as the engine, a channel
 * handler in the pipeline of Reactor Netty's {@link TcpServer} that sees the bytes first
 * and keeps them from the reactive bridge, so the distance between the two is what the
 * engine's features cost.
 * <p>
 * Not a server for real mail: it checks only what it needs to follow the dialogue.
 */
public final class BareSink {

	private BareSink() {
	}

	/**
	 * Listens on the loopback address and prints {@code ready <port>} once connections
	 * are accepted. Runs until the process is ended.
	 * @param args the port, 0 for a free one; a directory, if messages are to be kept
	 * @throws IOException if a file cannot be made there
	 */
	public static void main(String[] args) throws IOException {
		GroupCommitFile file = (args.length > 1)
				? new GroupCommitFile(Files.createDirectories(Path.of(args[1])).resolve("messages")) : null;
		int port = Integer.parseInt(args[0]);
		int workers = Math.max(1, Runtime.getRuntime().availableProcessors());
		DisposableServer server = TcpServer.create()
			.childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
			.host("127.0.0.1")
			.port(port)
			.runOn(LoopResources.create("bare", 1, workers, true))
			.doOnChannelInit((observer, channel, address) -> channel.pipeline().addFirst(new BareSinkHandler(file)))
			.bindNow(Duration.ofSeconds(30));
		System.out.println("ready " + server.port());
		server.onDispose().block();
	}

}
