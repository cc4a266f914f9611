package io.halftone.tensorrt.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;

/**
 * Times engines on random inputs of their usual shapes that are on the GPU, as the denoising loop has them. Arguments: runs, then
 * engine files. Prints JSON lines: with and without a CUDA graph the time of one run waited for, and of one among many that are
 * not; then the layers that take longest, with what the engine's inspection says of them, and sums by kind. For layers see
 * {@link LayerTimes}.
 */
public final class EngineBenchmark {
    private static final int WARM_UPS = 20;
    private static final int PROFILED = 20;
    private static final int LISTED = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    private EngineBenchmark() {}

    public static void main(String[] args) throws Exception {
        int runs = Integer.parseInt(args[0]);
        for (String argument : Arrays.asList(args).subList(1, args.length)) {
            Path file = Path.of(argument);
            Sidecar described = Sidecar.read(file);
            for (String graph : new String[] {"true", "false"}) {
                try (TensorRtEngine engine = load(file, graph)) {
                    time(file, engine, described, runs, Boolean.parseBoolean(graph));
                }
            }
            try (TensorRtEngine engine = load(file, "false")) {
                profile(file, engine, inputs(engine, described.profile()));
            }
        }
    }

    private static TensorRtEngine load(Path file, String graph) throws IOException {
        return (TensorRtEngine) new TensorRtEngineBuilder().load(file, Map.of(LoadOptions.CUDA_GRAPH, graph));
    }

    private static void time(Path file, TensorRtEngine engine, Sidecar described, int runs, boolean graph) {
        Values<TensorView> inputs = inputs(engine, described.profile());
        double[] millis = new double[runs];
        for (int run = -WARM_UPS; run < runs; run++) {
            long start = System.nanoTime();
            engine.run(inputs, outputs -> null);
            await();
            if (run >= 0) {
                millis[run] = (System.nanoTime() - start) / 1e6;
            }
        }
        long start = System.nanoTime();
        for (int run = 0; run < runs; run++) {
            engine.run(inputs, outputs -> null);
        }
        double given = (System.nanoTime() - start) / 1e6 / runs;
        await();
        double queued = (System.nanoTime() - start) / 1e6 / runs;
        Arrays.sort(millis);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", file.toString());
        line.put("runtime", engine.report().runtime());
        line.put("device", engine.report().device());
        line.put("shapes", described.profile().usual().toString());
        line.put("bytes", described.bytes());
        line.put("lowShare", engine.report().lowShare());
        line.put("cudaGraph", graph);
        line.put("runs", runs);
        line.put("medianMillis", runs % 2 == 0 ? (millis[runs / 2 - 1] + millis[runs / 2]) / 2 : millis[runs / 2]);
        line.put("p95Millis", millis[(int) Math.ceil(0.95 * runs) - 1]);
        line.put("leastMillis", millis[0]);
        line.put("greatestMillis", millis[runs - 1]);
        line.put("queuedMillis", queued);
        line.put("launchMillis", given);
        print(line);
    }

    /** Waits for the default stream, which waits for the engine's. */
    private static void await() {
        Cuda.check("run", cudart.cudaStreamSynchronize(null));
    }

    private static void profile(Path file, TensorRtEngine engine, Values<TensorView> inputs) throws IOException {
        LayerTimes times;
        try {
            times = new LayerTimes();
            times.check();
        } catch (ReflectiveOperationException e) {
            print(Map.of("engine", file.toString(), "layers", "none: found " + e + "; expected --add-modules jdk.incubator.foreign of Java 17"));
            return;
        }
        for (int run = 0; run < WARM_UPS; run++) {
            engine.run(inputs, outputs -> null);
        }
        await();
        engine.profile(times.profiler());
        for (int run = 0; run < PROFILED; run++) {
            engine.run(inputs, outputs -> null);
            await();
        }
        Map<String, EngineLayer> known = new HashMap<>();
        EngineLayer.of(Files.readString(PlanFile.layers(file))).forEach(layer -> known.put(layer.name(), layer));
        double all = times.millis().values().stream().mapToDouble(Double::doubleValue).sum();
        print(Map.of("engine", file.toString(), "layers", times.millis().size(), "millis", all / PROFILED));
        Map<String, Double> kinds = new TreeMap<>();
        times.millis().forEach((name, millis) -> kinds.merge(kind(known.get(name)), millis, Double::sum));
        kinds.forEach((kind, millis) -> print(line(file, "kind", kind, millis, all)));
        times.millis().entrySet().stream().sorted(Map.Entry.<String, Double>comparingByValue().reversed()).limit(LISTED).forEach(entry -> {
            Map<String, Object> line = line(file, "layer", entry.getKey(), entry.getValue(), all);
            EngineLayer layer = known.get(entry.getKey());
            if (layer != null) {
                line.putAll(Map.of("type", layer.type(), "tactic", layer.tactic(), "inputs", layer.inputs(), "operators", List.copyOf(layer.operators())));
            }
            print(line);
        });
    }

    /** What a layer does, and in which type where it multiplies. */
    private static String kind(EngineLayer layer) {
        if (layer == null) {
            return "not in the inspection";
        }
        String what = layer.name().contains("mha") ? "attention" : layer.type();
        return layer.multiplies() ? what + " " + layer.precision() : what;
    }

    private static Map<String, Object> line(Path file, String what, String name, double millis, double all) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("engine", file.toString());
        line.put(what, name);
        line.put("millis", millis / PROFILED);
        line.put("share", millis / all);
        return line;
    }

    private static void print(Map<String, Object> line) {
        try {
            System.out.println(JSON.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Values<TensorView> inputs(TensorRtEngine engine, Profile profile) {
        Random random = new Random(1);
        Map<String, TensorView> inputs = new LinkedHashMap<>();
        engine.inputs().forEach((name, type) -> {
            long[] shape = profile.inputs().get(name).usual().stream().mapToLong(Long::longValue).toArray();
            TensorView host = TensorView.host(type, shape, elements(name, type, TensorView.byteLength(type, shape), random));
            Pointer memory = Cuda.allocate(host.byteLength());
            Cuda.copy(host, memory, null);
            inputs.put(name, TensorView.device(type, shape, memory.address(), engine.device().getAsInt()));
        });
        await();
        return Values.of(inputs);
    }

    private static ByteBuffer elements(String name, DType type, long length, Random random) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            float value = (float) random.nextGaussian();
            switch (type) {
                case FLOAT16 -> bytes.putShort(Float16.fromFloat(value));
                case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                case FLOAT32 -> bytes.putFloat(value);
                case INT64 -> bytes.putLong(1);
                default -> throw new IllegalArgumentException("input " + name + ": found " + type + "; expected FLOAT16, BFLOAT16, FLOAT32 or INT64");
            }
        }
        return bytes.flip();
    }
}
