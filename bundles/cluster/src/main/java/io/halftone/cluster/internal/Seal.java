package io.halftone.cluster.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts tags on messages and checks them, so that what changes on the way is refused, and what is sent again. A call has the sender's name
 * and a number of its own, and the tag of an answer is over the tag of its call: an answer to one call is none to another. For several
 * threads.
 */
final class Seal {
    private static final int HEAD = 3 * Long.BYTES;

    private final ClusterKey key;
    private final UUID sender = UUID.randomUUID();
    private final AtomicLong calls = new AtomicLong();
    private final CallOrder arrived = new CallOrder();

    Seal(ClusterKey key) {
        this.key = key;
    }

    /** A call to a member: tag, sender, number, content. */
    byte[] call(String member, byte[] content) {
        ByteBuffer body = ByteBuffer.allocate(HEAD + content.length);
        body.putLong(sender.getMostSignificantBits()).putLong(sender.getLeastSignificantBits()).putLong(calls.incrementAndGet()).put(content);
        return joined(key.tag("call " + member, body.array()), body.array());
    }

    /**
     * The content of a call.
     *
     * @throws SecurityException if it has another tag, is for another member, or came before
     */
    ByteBuffer openCall(String member, byte[] sealed) {
        byte[] body = body(sealed);
        if (body.length < HEAD || !key.isTag(tag(sealed), "call " + member, body)) {
            throw new SecurityException("call: found one with a wrong tag; expected one of a member that knows the secret");
        }
        ByteBuffer call = ByteBuffer.wrap(body);
        if (!arrived.add(new UUID(call.getLong(), call.getLong()), call.getLong())) {
            throw new SecurityException("call: found one that came before; expected each once");
        }
        return call.slice();
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
