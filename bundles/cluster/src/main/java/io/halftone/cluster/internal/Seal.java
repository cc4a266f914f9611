package io.halftone.cluster.internal;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Puts tags on messages and checks them, so that what changes on the way is refused. A call has a number of its own, and the tag of
 * an answer is over the tag of its call: an answer to one call is none to another. For several threads.
 */
final class Seal {
    private static final int NUMBER = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClusterKey key;

    Seal(ClusterKey key) {
        this.key = key;
    }

    /** A call to a member: tag, number, content. */
    byte[] call(String member, byte[] content) {
        byte[] body = new byte[NUMBER + content.length];
        byte[] number = new byte[NUMBER];
        RANDOM.nextBytes(number);
        System.arraycopy(number, 0, body, 0, NUMBER);
        System.arraycopy(content, 0, body, NUMBER, content.length);
        return joined(key.tag("call " + member, body), body);
    }

    /**
     * The content of a call.
     *
     * @throws SecurityException if it has another tag, or is for another member
     */
    ByteBuffer openCall(String member, byte[] sealed) {
        byte[] body = body(sealed);
        if (body.length < NUMBER || !key.isTag(tag(sealed), "call " + member, body)) {
            throw new SecurityException("call: found one with a wrong tag; expected one of a member that knows the secret");
        }
        return ByteBuffer.wrap(body, NUMBER, body.length - NUMBER).slice();
    }

    /** An answer to a call: tag, content. */
    byte[] answer(byte[] call, byte[] content) {
        return joined(key.tag("answer", tag(call), content), content);
    }

    /**
     * The content of an answer.
     *
     * @throws SecurityException if it has another tag, or answers another call
     */
    ByteBuffer openAnswer(byte[] call, byte[] sealed) {
        byte[] content = body(sealed);
        if (!key.isTag(tag(sealed), "answer", tag(call), content)) {
            throw new SecurityException("answer: found one with a wrong tag; expected one of a member that knows the secret");
        }
        return ByteBuffer.wrap(content);
    }

    private static byte[] tag(byte[] sealed) {
        return Arrays.copyOf(sealed, ClusterKey.TAG);   // a short one is filled up, and is no tag
    }

    private static byte[] body(byte[] sealed) {
        return sealed.length < ClusterKey.TAG ? new byte[0] : Arrays.copyOfRange(sealed, ClusterKey.TAG, sealed.length);
    }

    private static byte[] joined(byte[] tag, byte[] body) {
        byte[] all = Arrays.copyOf(tag, tag.length + body.length);
        System.arraycopy(body, 0, all, tag.length, body.length);
        return all;
    }
}
