package io.halftone.tensorrt.internal;

import io.halftone.export.Engine;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Times engines on random inputs of their usual shapes, with the way to the host and back. Arguments: runs, then engine files.
 * Prints median, 95th percentile, least and greatest, in milliseconds.
 */
public final class EngineBenchmark {
    private static final int WARM_UPS = 20;

    private EngineBenchmark() {}

    public static void main(String[] args) throws Exception {
        for (int i = 1; i < args.length; i++) {
            for (String graph : new String[] {"true", "false"}) {
                Path file = Path.of(args[i]);
                Profile profile = Sidecar.read(file).profile();
                try (Engine engine = new TensorRtEngineBuilder().load(file, Map.of(LoadOptions.CUDA_GRAPH, graph))) {
                    double[] millis = time(engine, profile, Integer.parseInt(args[0]));
                    System.out.printf("%s, cuda-graph %s, %s, %s: median %.3f p95 %.3f least %.3f greatest %.3f%n", file, graph,
                        engine.report().runtime(), engine.report().device(), millis[millis.length / 2],
                        millis[(int) Math.ceil(0.95 * millis.length) - 1], millis[0], millis[millis.length - 1]);
                }
            }
        }
    }

    private static double[] time(Engine engine, Profile profile, int runs) {
        Values<TensorView> inputs = inputs(engine, profile);
        double[] millis = new double[runs];
        for (int run = -WARM_UPS; run < runs; run++) {
            long start = System.nanoTime();
            engine.run(inputs, outputs -> null);
            if (run >= 0) {
                millis[run] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis;
    }

    private static Values<TensorView> inputs(Engine engine, Profile profile) {
        Random random = new Random(1);
        Map<String, TensorView> inputs = new LinkedHashMap<>();
        engine.inputs().forEach((name, type) -> {
            long[] shape = profile.inputs().get(name).usual().stream().mapToLong(Long::longValue).toArray();
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(TensorView.byteLength(type, shape))).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                float value = (float) random.nextGaussian();
                switch (type) {
                    case FLOAT16 -> bytes.putShort(Float16.fromFloat(value));
                    case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                    case FLOAT32 -> bytes.putFloat(value);
                    case INT64 -> bytes.putLong(1);
                    default -> throw new IllegalArgumentException("input " + name + ": found " + type + "; expected " + DType.FLOAT16 + " ...");
                }
            }
            inputs.put(name, TensorView.host(type, shape, bytes.flip()));
        });
        return Values.of(inputs);
    }
}
