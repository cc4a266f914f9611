package io.halftone.core.internal.calibrate;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Parameters that take no file and little memory, for measurements at true sizes: tensors of as many inputs share their numbers. Products keep the
 * variance of what goes in, so that nothing overflows.
 */
final class RandomParameters implements Parameters {
    /** Elements that differ; the rest of a tensor repeats them. */
    private static final int DRAWN = 1 << 18;

    private final Map<String, Shape> shapes;
    private final DType type;
    private final Map<Double, ByteBuffer> numbers = new HashMap<>();

    RandomParameters(Map<String, Shape> shapes, DType type) {
        this.shapes = shapes;
        this.type = type;
    }

    @Override
    public Set<String> names() {
        return shapes.keySet();
    }

    @Override
    public Info info(String name) {
        return new Info(type, shapes.get(name).sizes());
    }

    @Override
    public TensorView read(String name) {
        Info info = info(name);
        long[] sizes = info.shape();
        double deviation = 0;
        double mean = name.endsWith(".bias") ? 0 : 1;
        if (sizes.length > 1) {
            mean = 0;
            deviation = Math.sqrt(sizes[0] / (double) (info.byteLength() / type.bytes()));
        }
        return TensorView.host(type, sizes, numbers(mean, deviation, Math.toIntExact(info.byteLength())));
    }

    /** The first bytes of what repeats. */
    private ByteBuffer numbers(double mean, double deviation, int bytes) {
        ByteBuffer known = numbers.get(mean + deviation);
        if (known == null || known.capacity() < bytes) {
            known = repeated(drawn(mean, deviation), bytes);
            numbers.put(mean + deviation, known);
        }
        return known.slice(0, bytes);
    }

    private byte[] drawn(double mean, double deviation) {
        ByteBuffer drawn = ByteBuffer.allocate(DRAWN * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        while (drawn.hasRemaining()) {
            float value = (float) (mean + deviation * random.nextGaussian());
            switch (type) {
                case FLOAT16 -> drawn.putShort(Float16.fromFloat(value));
                case BFLOAT16 -> drawn.putShort((short) (Float.floatToRawIntBits(value) >>> Short.SIZE));
                default -> drawn.putFloat(value);
            }
        }
        return drawn.array();
    }

    private static ByteBuffer repeated(byte[] pattern, int bytes) {
        ByteBuffer all = ByteBuffer.allocateDirect(bytes);
        while (all.hasRemaining()) {
            all.put(pattern, 0, Math.min(pattern.length, all.remaining()));
        }
        return all.clear();
    }
}
