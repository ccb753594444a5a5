/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.queue;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What stands around each record of a segment: a marker to find the next record behind a
 * damaged one, the length of the record, and two checksums. Both begin with the salt of
 * the segment, which nobody outside knows: a message cannot hold what passes for a
 * record. The first covers the length and the place in the file, so that neither a wrong
 * length nor a record in a wrong place is believed; the second covers the record.
 */
final class Frame {

	/** Marker, length, checksum of both and the place, checksum of the record. */
	static final int SIZE = 16;

	/** No record is longer: a greater length is damage. */
	static final int MAX_RECORD = 256 * 1024 * 1024;

	static final int MARKER = 0xa76d7172;

	private Frame() {
	}

	/** The frame of a record that stands at a place, in one piece or two. */
	static ByteBuffer around(long salt, long place, byte[] first, byte[] second) {
		int length = first.length + second.length;
		CRC32C checksum = salted(salt);
		checksum.update(first, 0, first.length);
		checksum.update(second, 0, second.length);
		ByteBuffer frame = ByteBuffer.allocate(SIZE);
		frame.putInt(MARKER).putInt(length).putInt(headChecksum(salt, place, length)).putInt((int) checksum.getValue());
		return frame.flip();
	}

	/** Whether a frame says the truth about itself. */
	static boolean isSound(long salt, long place, ByteBuffer frame) {
		int at = frame.position();
		int length = frame.getInt(at + 4);
		return frame.getInt(at) == MARKER && length > 0 && length <= MAX_RECORD
				&& frame.getInt(at + 8) == headChecksum(salt, place, length);
	}

	static int length(ByteBuffer frame) {
		return frame.getInt(frame.position() + 4);
	}

	/** The checksum that the record must have. */
	static int checksum(ByteBuffer frame) {
		return frame.getInt(frame.position() + 12);
	}

	/** A checksum to which the octets of a record are to be added. */
	static CRC32C salted(long salt) {
		CRC32C checksum = new CRC32C();
		checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(salt).flip());
		return checksum;
	}

	private static int headChecksum(long salt, long place, int length) {
		CRC32C checksum = salted(salt);
		checksum.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(place).putInt(length).flip());
		return (int) checksum.getValue();
	}

}
