package io.halftone.cluster.internal;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.concurrent.Callable;

/**
 * A message to a member, which answers with another. Where it arrives, {@link Desk} takes its place.
 *
 * @param sealed the message with its tag, as {@link Seal} makes it
 */
record Call(byte[] sealed) implements Callable<Answer> {
    @Override
    public Answer call() {
        throw new IllegalStateException("call: found one that no member took; expected a member that answers");
    }

    /** Its form on the wire. */
    static final class Form implements CompactSerializer<Call> {
        @Override
        public Call read(CompactReader in) {
            return new Call(in.readArrayOfInt8("sealed"));
        }

        @Override
        public void write(CompactWriter out, Call call) {
            out.writeArrayOfInt8("sealed", call.sealed());
        }

        @Override
        public String getTypeName() {
            return "halftone.call";
        }

        @Override
        public Class<Call> getCompactClass() {
            return Call.class;
        }
    }
}
