package io.halftone.cluster.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What members say to each other: a coordinator offers a session and ends it; members take units of it, bring results and say that they
 * live. A member names the life that it is in, so that units of one that went are not taken for those of one that came again.
 */
sealed interface Message {
    /** Asks a member about itself; answered with a {@link MemberState}. */
    record Describe() implements Message {}

    /** There is work to be had. */
    record Offer(UUID session, UUID life, String kind, String subject, String digest, String description) implements Message {}

    /** There is no more. */
    record End(UUID session) implements Message {}

    /** A worker has nothing to do; answered with a {@link Grant}. */
    record Take(UUID session, UUID life, int worker) implements Message {}

    /** A worker has a result, of so many calls of the model; 0 if it made none. */
    record Done(UUID session, UUID life, int worker, int unit, int steps, byte[] result) implements Message {}

    /** A unit failed. */
    record Failed(UUID session, UUID life, int worker, int unit, String error) implements Message {}

    /** A member cannot take part. */
    record Refused(UUID session, UUID life, List<String> differences) implements Message {}

    /** A member works on it no more, and gives its units back. */
    record Left(UUID session, UUID life) implements Message {}

    /** A member works. */
    record Alive(UUID session, UUID life, List<Beat> beats) implements Message {}

    /**
     * How far a worker is.
     *
     * @param done  calls of the model so far; 0 before the first
     * @param total calls that the unit has; 0 before the first
     */
    record Beat(int worker, int unit, int done, int total) {}

    /** Its bytes. */
    default byte[] bytes() {
        return written(out -> {
            if (this instanceof Describe) {
                out.writeByte(1);
            } else if (this instanceof Offer it) {
                id(out, 2, it.session());
                id(out, it.life());
                text(out, it.kind());
                text(out, it.subject());
                text(out, it.digest());
                text(out, it.description());
            } else if (this instanceof End it) {
                id(out, 3, it.session());
            } else if (this instanceof Take it) {
                id(out, 4, it.session());
                worker(out, it.life(), it.worker());
            } else if (this instanceof Done it) {
                id(out, 5, it.session());
                worker(out, it.life(), it.worker());
                out.writeInt(it.unit());
                out.writeInt(it.steps());
                bytes(out, it.result());
            } else if (this instanceof Failed it) {
                id(out, 6, it.session());
                worker(out, it.life(), it.worker());
                out.writeInt(it.unit());
                text(out, it.error());
            } else if (this instanceof Refused it) {
                id(out, 7, it.session());
                worker(out, it.life(), it.differences().size());
                for (String difference : it.differences()) {
                    text(out, difference);
                }
            } else if (this instanceof Alive it) {
                id(out, 8, it.session());
                worker(out, it.life(), it.beats().size());
                for (Beat beat : it.beats()) {
                    out.writeInt(beat.worker());
                    out.writeInt(beat.unit());
                    out.writeInt(beat.done());
                    out.writeInt(beat.total());
                }
            } else if (this instanceof Left it) {
                id(out, 9, it.session());
                id(out, it.life());
            }
        });
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Message of(ByteBuffer in) {
        try {
            int kind = in.get();
            Message message = kind == 1 ? new Describe() : of(kind, id(in), in);
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("message: found " + in.remaining() + " bytes behind its end; expected none");
            }
            return message;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("message: found one that is cut off; expected a whole one", e);
        }
    }

    private static Message of(int kind, UUID session, ByteBuffer in) {
        return switch (kind) {
            case 2 -> new Offer(session, id(in), text(in), text(in), text(in), text(in));
            case 3 -> new End(session);
            case 4 -> new Take(session, id(in), in.getInt());
            case 5 -> new Done(session, id(in), in.getInt(), in.getInt(), in.getInt(), bytes(in));
            case 6 -> new Failed(session, id(in), in.getInt(), in.getInt(), text(in));
            case 7 -> new Refused(session, id(in), texts(in));
            case 8 -> {
                UUID life = id(in);
                int count = in.getInt();
                List<Beat> beats = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    beats.add(new Beat(in.getInt(), in.getInt(), in.getInt(), in.getInt()));
                }
                yield new Alive(session, life, beats);
            }
            case 9 -> new Left(session, id(in));
            default -> throw new IllegalArgumentException("message: found kind " + kind + "; expected 1 to 9");
        };
    }

    /** Writes to memory. */
    @FunctionalInterface
    interface Content {
        /** Writes it. */
        void to(DataOutputStream out) throws IOException;
    }

    /** The bytes of what is written. */
    static byte[] written(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            content.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // memory has no such errors
        }
        return bytes.toByteArray();
    }

    private static void id(DataOutputStream out, int kind, UUID id) throws IOException {
        out.writeByte(kind);
        id(out, id);
    }

    private static void id(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID id(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static void worker(DataOutputStream out, UUID life, int worker) throws IOException {
        id(out, life);
        out.writeInt(worker);
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** Writes a text of any length. */
    static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a text. */
    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    /** Writes texts. */
    static void texts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            text(out, text);
        }
    }

    /** Reads texts. */
    static List<String> texts(ByteBuffer in) {
        int count = in.getInt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(in));
        }
        return texts;
    }
}
