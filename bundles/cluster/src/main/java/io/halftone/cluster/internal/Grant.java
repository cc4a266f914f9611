package io.halftone.cluster.internal;

import io.halftone.distribute.Unit;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** What a worker gets that asks for a unit. */
sealed interface Grant {
    /** A unit to run. */
    record Lent(Unit unit) implements Grant {}

    /** None now: the worker asks again after that many milliseconds. */
    record Later(int millis) implements Grant {}

    /** None any more. */
    record Over() implements Grant {}

    /** Its bytes. */
    default byte[] bytes() {
        return Message.written(out -> {
            if (this instanceof Lent it) {
                out.writeByte(1);
                out.writeInt(it.unit().id());
                Message.text(out, it.unit().argument());
            } else if (this instanceof Later it) {
                out.writeByte(2);
                out.writeInt(it.millis());
            } else {
                out.writeByte(3);
            }
        });
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Grant of(ByteBuffer in) {
        try {
            int kind = in.get();
            return switch (kind) {
                case 1 -> new Lent(new Unit(in.getInt(), Message.text(in)));
                case 2 -> new Later(in.getInt());
                case 3 -> new Over();
                default -> throw new IllegalArgumentException("grant: found kind " + kind + "; expected 1 to 3");
            };
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("grant: found one that is cut off; expected a whole one", e);
        }
    }
}
