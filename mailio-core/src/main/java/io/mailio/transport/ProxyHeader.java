/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the header of the PROXY protocol, version 1 or 2, that a trusted proxy sends
 * before anything else, and says who the client is. Without a proper header in time the
 * connection is closed: what came instead could be anything.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(ProxyHeader.class);

	private static final String DECODER = "mailio.proxy.decoder";

	/** More than all known extensions of version 2 need. */
	private static final int MAX_EXTENSIONS = 4096;

	private final BiConsumer<InetSocketAddress, InetSocketAddress> begin;

	private final Future<?> patience;

	private ProxyHeader(ChannelHandlerContext connection, Duration patience,
			BiConsumer<InetSocketAddress, InetSocketAddress> begin) {
		this.begin = begin;
		this.patience = connection.executor()
			.schedule(() -> giveUp(connection, "no PROXY header in time"), patience.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Waits.
	 * @param connection the handler of the connection; nothing reaches it before the
	 * header is there
	 * @param patience how long
	 * @param begin is told the client's and the server's end
	 */
	static void await(ChannelHandlerContext connection, Duration patience,
			BiConsumer<InetSocketAddress, InetSocketAddress> begin) {
		connection.pipeline()
			.addBefore(connection.name(), DECODER, new HAProxyMessageDecoder(MAX_EXTENSIONS))
			.addBefore(connection.name(), "mailio.proxy", new ProxyHeader(connection, patience, begin));
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HAProxyMessage header) {
			try {
				this.patience.cancel(false);
				tell(context, header);
			}
			finally {
				header.release();
				context.pipeline().remove(this);
			}
		}
		else {
			context.fireChannelRead(message);
		}
	}

	/** LOCAL and UNKNOWN: the proxy speaks for itself, for example to see if we live. */
	private void tell(ChannelHandlerContext context, HAProxyMessage header) {
		HAProxyProxiedProtocol protocol = header.proxiedProtocol();
		boolean tcp = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
		if (header.command() == HAProxyCommand.PROXY && tcp) {
			this.begin.accept(end(header.sourceAddress(), header.sourcePort()),
					end(header.destinationAddress(), header.destinationPort()));
		}
		else {
			this.begin.accept((InetSocketAddress) context.channel().remoteAddress(),
					(InetSocketAddress) context.channel().localAddress());
		}
	}

	/** The decoder has checked the address; it is never looked up. */
	private static InetSocketAddress end(String address, int port) {
		return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.patience.cancel(false);
		context.fireChannelInactive();
	}

	/** Proxies see if we live by connections that they reset: nothing to tell. */
	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		boolean first = this.patience.cancel(false);
		if (first && !(cause instanceof IOException)) {
			giveUp(context, "no proper PROXY header");
		}
		else {
			context.close();
		}
	}

	private static void giveUp(ChannelHandlerContext context, String why) {
		logger.warn("Connection from the proxy {} closed: {}", context.channel().remoteAddress(), why);
		context.close();
	}

}
