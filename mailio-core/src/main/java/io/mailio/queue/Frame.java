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

	static int length(ByteBuffer frame) {
		return length(frame, frame.position());
	}

	/** The length of the record whose frame stands at an index of a buffer. */
	static int length(ByteBuffer octets, int index) {
		return octets.getInt(index + 4);
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

	/** Looks at many frames of one segment and makes no garbage. Used by one thread. */
	static final class Check {

		private final CRC32C checksum = new CRC32C();

		/** Salt, place, length. */
		private final ByteBuffer head = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES);

		Check(long salt) {
			this.head.putLong(0, salt);
		}

		/** Whether the frame at an index of a buffer says the truth about itself. */
		boolean isSound(ByteBuffer octets, int index, long place) {
			int length = length(octets, index);
			if (octets.getInt(index) != MARKER || length <= 0 || length > MAX_RECORD) {
				return false;
			}
			this.head.putLong(Long.BYTES, place).putInt(2 * Long.BYTES, length);
			this.checksum.reset();
			this.checksum.update(this.head.array());
			return octets.getInt(index + 8) == (int) this.checksum.getValue();
		}

		/** Whether the record behind it is what was written. */
		boolean isIntact(ByteBuffer octets, int index) {
			this.checksum.reset();
			this.checksum.update(this.head.array(), 0, Long.BYTES);
			int position = octets.position();
			int limit = octets.limit();
			this.checksum.update(octets.limit(index + SIZE + length(octets, index)).position(index + SIZE));
			octets.limit(limit).position(position);
			return octets.getInt(index + 12) == (int) this.checksum.getValue();
		}

	}

}
