/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

import static org.assertj.core.api.Assertions.assertThat;

/** A notification as somebody else's parser sees it. */
record Notified(byte[] octets, Message message, List<Entity> parts) {

	static Notified parse(DeliveryStatusNotification notification) throws IOException {
		byte[] octets;
		try (InputStream in = notification.content().openStream()) {
			octets = in.readAllBytes();
		}
		assertThat(notification.content().size()).isEqualTo(octets.length);
		DefaultMessageBuilder builder = new DefaultMessageBuilder();
		builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
		Message message = builder.parseMessage(new ByteArrayInputStream(octets));
		assertThat(message.getMimeType()).isEqualTo("multipart/report");
		return new Notified(octets, message, ((Multipart) message.getBody()).getBodyParts());
	}

	String type(int part) {
		return this.parts.get(part).getMimeType();
	}

	String encoding(int part) {
		return this.parts.get(part).getContentTransferEncoding();
	}

	/** The decoded octets of a part that is no message. */
	byte[] body(int part) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		((SingleBody) this.parts.get(part).getBody()).writeTo(out);
		return out.toByteArray();
	}

	String text(int part) throws IOException {
		return new String(body(part), StandardCharsets.UTF_8);
	}

	/** A message within, as it stands there. */
	byte[] raw(int part) {
		String all = new String(this.octets, StandardCharsets.ISO_8859_1);
		String boundary = "\r\n--" + this.message.getHeader()
			.getField("Content-Type")
			.getBody()
			.replaceAll("(?s).*boundary=\"([^\"]*)\".*", "$1");
		String one = all.split(Pattern.quote(boundary), -1)[part + 1];
		return one.substring(one.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
	}

	/** What holds for all of them. */
	Notified check(boolean eightBit) {
		int column = 0;
		for (int i = 0; i < this.octets.length; i++) {
			byte octet = this.octets[i];
			boolean pair = octet == '\n' ? i > 0 && this.octets[i - 1] == '\r'
					: octet != '\r' || (i + 1 < this.octets.length && this.octets[i + 1] == '\n');
			column = (octet == '\n') ? 0 : column + 1;
			boolean allowed = octet > 0 || (eightBit && octet != 0);
			if (!pair || !allowed || column > 999) {
				throw new AssertionError("Octet " + octet + " at " + i + ", " + column + " in its line");
			}
		}
		assertThat(this.parts).hasSize(3);
		return this;
	}

}
