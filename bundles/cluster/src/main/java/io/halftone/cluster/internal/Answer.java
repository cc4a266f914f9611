package io.halftone.cluster.internal;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;

/**
 * What a member answers.
 *
 * @param sealed the message with its tag, as {@link Seal} makes it; empty where the call itself had a wrong one
 */
record Answer(byte[] sealed) {
    /** Its form on the wire. */
    static final class Form implements CompactSerializer<Answer> {
        @Override
        public Answer read(CompactReader in) {
            return new Answer(in.readArrayOfInt8("sealed"));
        }

        @Override
        public void write(CompactWriter out, Answer answer) {
            out.writeArrayOfInt8("sealed", answer.sealed());
        }

        @Override
        public String getTypeName() {
            return "halftone.answer";
        }

        @Override
        public Class<Answer> getCompactClass() {
            return Answer.class;
        }
    }
}
