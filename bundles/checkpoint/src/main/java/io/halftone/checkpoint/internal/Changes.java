package io.halftone.checkpoint.internal;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What an algorithm made of a weight, told from the weight before and after. */
final class Changes {
    private Changes() {}

    /** Whether the weight is the base's, as the compute type holds it. */
    static boolean isUnchanged(TensorView base, TensorView now, DType computeType) {
        return same(base, now, computeType, null, false);
    }

    /** Whether the weight is the base's with its columns divided by factors, in float32, and then rounded to the compute type. */
    static boolean isDivided(TensorView base, TensorView now, DType computeType, float[] factors, boolean roundedFirst) {
        return same(base, now, computeType, factors, roundedFirst);
    }

    private static boolean same(TensorView base, TensorView now, DType computeType, float[] factors, boolean roundedFirst) {
        if (now.dtype() != computeType || !Numbers.isFloat(base.dtype()) || base.count() != now.count()) {
            return base.dtype() == now.dtype() && factors == null && base.bytes().equals(now.bytes());
        }
        ByteBuffer from = base.bytes(), to = now.bytes();
        int count = Math.toIntExact(base.count());
        for (int i = 0; i < count; i++) {
            float value = divided(from, base.dtype(), i, computeType, factors, roundedFirst);
            if (Float.floatToIntBits(value) != Float.floatToIntBits(Numbers.get(to, computeType, i))) {
                return false;
            }
        }
        return true;
    }

    private static float divided(ByteBuffer from, DType type, int i, DType computeType, float[] factors, boolean roundedFirst) {
        float value = Numbers.get(from, type, i);
        if (factors == null) {
            return Float16.rounded(value, computeType);
        }
        return Float16.rounded((roundedFirst ? Float16.rounded(value, computeType) : value) / factors[i % factors.length], computeType);
    }

    /**
     * The weight that {@link #isDivided} was true of.
     *
     * @throws CheckpointException if it is not the one with that digest
     */
    static TensorView divide(String name, Parameters base, DType computeType, float[] factors, boolean roundedFirst, String digest) {
        TensorView weight = base.read(name);
        if (!Numbers.isFloat(weight.dtype()) || weight.shape().length != 2 || weight.shape()[1] != factors.length) {
            throw new CheckpointException(name + ": found " + weight + " in the base; expected (out, " + factors.length + ")");
        }
        ByteBuffer from = weight.bytes();
        int count = Math.toIntExact(weight.count());
        ByteBuffer to = ByteBuffer.allocateDirect(Math.multiplyExact(count, computeType.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            Numbers.put(to, computeType, i, divided(from, weight.dtype(), i, computeType, factors, roundedFirst));
        }
        TensorView changed = TensorView.host(computeType, weight.shape(), to);
        String found = sha256(changed.bytes());
        if (!found.equals(digest)) {
            throw new CheckpointException(name + ": found a base whose weight gives the digest " + found + "; expected " + digest
                + ", that of the base this was calibrated from");
        }
        return changed;
    }

    static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java", e);
        }
    }
}
