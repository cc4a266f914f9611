package io.halftone.safetensors;

import io.halftone.fuzz.Contract;
import io.halftone.ops.CheckpointException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * The reader of safetensors headers. Two bytes say how much data lies behind the header; 65535 says that the rest is a file
 * as it is. Else the rest is a header's text, so that most inputs get past its length.
 */
public final class HeaderFuzz {
    private static final Path PATH = Path.of("x.safetensors");
    private static final int AS_IT_IS = 0xffff;

    private HeaderFuzz() {
    }

    /** Bytes with as many zeros behind. */
    private record Bytes(byte[] bytes, int zeros) implements Header.Source {
        @Override
        public long size() {
            return bytes.length + zeros;
        }

        @Override
        public void read(long position, ByteBuffer window) throws IOException {
            if (position + window.remaining() > size()) {
                throw new EOFException("end at " + size());
            }
            while (window.hasRemaining()) {
                int count = (int) Math.min(window.remaining(), Math.max(0, bytes.length - position));
                if (count == 0) {
                    window.position(window.limit());
                } else {
                    window.put(bytes, (int) position, count);
                    position += count;
                }
            }
        }
    }

    /** Loads classes, which takes longer than any input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(new byte[] {0, 0, '{', '}'});
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 2) {
            return;
        }
        int zeros = (data[0] & 0xff) << 8 | data[1] & 0xff;
        int length = data.length - 2;
        Bytes file;
        if (zeros == AS_IT_IS) {
            byte[] rest = new byte[length];
            System.arraycopy(data, 2, rest, 0, length);
            file = new Bytes(rest, 0);
        } else {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(data, 2, length);
            file = new Bytes(bytes.array(), zeros);
        }
        Contract.check(() -> {
            Header header = Header.read(PATH, file);
            long sum = 0;
            for (Header.Entry entry : header.tensors().values()) {
                if (entry.begin() < 0 || entry.end() - entry.begin() != entry.info().byteLength() || header.dataStart() + entry.end() > file.size()) {
                    throw new AssertionError("found " + entry + " in " + file.size() + " bytes; expected it inside");
                }
                sum += entry.end() - entry.begin();
            }
            if (header.dataStart() + sum != file.size()) {
                throw new AssertionError("found " + sum + " bytes of tensors; expected them to fill the file");
            }
        }, List.of(CheckpointException.class));
    }
}
