package io.halftone.onnx.internal;

import java.util.List;

/** The bytes of an initializer, made while they are written: part after part, and each part by several threads. */
interface Content {
    /** What a piece of work takes or makes at a time, in bytes: more than a call costs, and less than a core's cache. */
    int PIECE = 1 << 20;

    /** In bytes. */
    long length();

    /** Parts begin at multiples of so many bytes. */
    int grain();

    /** Whether parts take longer than the whole where that fits into memory. */
    boolean isKeptTogether();

    /** Opens what it is made from, which stays open as long as the result is held. */
    Making open();

    /** What it is made from. */
    @FunctionalInterface
    interface Making {
        /**
         * The work for a part: pieces that any thread may do, in any order.
         *
         * @param from   the part's first byte, a multiple of the grain
         * @param to     one behind its last: a multiple of the grain, or the end
         * @param target takes the part
         * @param at     where the part begins in the target
         */
        List<Piece> pieces(long from, long to, byte[] target, int at);
    }

    /** Some of the work for a part. */
    @FunctionalInterface
    interface Piece {
        /** Does it, with arrays that no other thread uses meanwhile. */
        void make(Scratch scratch);
    }

    /** All of it, made at once by this thread. */
    static byte[] bytes(Content content) {
        byte[] bytes = new byte[Math.toIntExact(content.length())];
        if (bytes.length > 0) {
            Scratch scratch = new Scratch();
            content.open().pieces(0, bytes.length, bytes, 0).forEach(piece -> piece.make(scratch));
        }
        return bytes;
    }

    /**
     * Bytes that are there.
     *
     * @param bytes not copied
     */
    record Given(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public int grain() {
            return 1;
        }

        @Override
        public boolean isKeptTogether() {
            return false;
        }

        @Override
        public Making open() {
            return (from, to, target, at) -> {
                System.arraycopy(bytes, (int) from, target, at, (int) (to - from));
                return List.of();
            };
        }
    }
}
