package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.Chain;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.RecordedPass;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Preset;
import io.halftone.quant.Collector;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a pass of a preset's backbone costs, plain and with a max observer on the input of each layer of level 3, each as it is and replayed where the device
 * can, with random weights: how long Java takes to give the device its work, and until that is done. On the CPU, on one thread, at true depth and a tiny width, which leave what giving costs; on a GPU
 * at true size. Prints a line of JSON for each figure. Arguments, with their defaults:
 * {@code --model sdxl-1.0 --device cpu --width tiny --dtype FLOAT32 --steps 20 --warm-up 30}; on another device than the CPU
 * {@code --width full --dtype FLOAT16 --warm-up 3}. {@code --batch} is that of the preset unless it is given. The models with a tiny width are sdxl-1.0 and flux-dev.
 */
public final class LaunchCost {
    private static final String MODELS = "halftone.models";
    private static final String MEMORY_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";
    private static final int TINY_EXTENT = 16;
    /** What gives the device nothing to do: the rest counts as an operation. */
    private static final Set<String> FREE = Set.of("shape", "dtype", "computeType", "parameter", "constant", "region", "adopt");

    private final Map<String, String> arguments;
    private final Backbone backbone;
    private final DType type;
    private final int steps;
    private final int warmUp;

    /** A model to measure, and the shapes of its inputs. */
    private record Backbone(ModelAdapter adapter, ModelConfig config, Map<String, Shape> inputs) {
        static Backbone of(String model, boolean tiny, String batch) {
            Preset preset = Chain.PLUGINS.presets().get(model);
            PipelineConfig all = Chain.WORK.opener().configuration("preset " + model, preset.files());
            String component = Chain.PLUGINS.pipelines().get(all.index().className()).spec(all).backbone();
            ModelConfig config = tiny ? tiny(model) : all.component(component);
            ModelAdapter adapter = Chain.PLUGINS.models().get(config.className());
            Map<String, Shape> inputs = new LinkedHashMap<>();
            var signature = adapter.signature(config);
            for (Port port : signature.inputs()) {
                inputs.put(port.name(), Shape.of(port.shape().dims().stream().mapToLong(dim -> dim.evaluate(name -> {
                    if (name.equals("batch_size") && !batch.isEmpty()) {
                        return Long.parseLong(batch);
                    }
                    long usual = tiny ? signature.extents().get(name).usual() : preset.extents().getOrDefault(name, signature.extents().get(name)).usual();
                    return tiny ? Math.min(usual, TINY_EXTENT) : usual;
                })).toArray()));
            }
            return new Backbone(adapter, config, inputs);
        }

        private static ModelConfig tiny(String model) {
            return switch (model) {
                case "sdxl-1.0" -> ModelConfig.of(model, Map.ofEntries(Map.entry("_class_name", "UNet2DConditionModel"),
                    Map.entry("addition_embed_type", "text_time"), Map.entry("addition_time_embed_dim", 8), Map.entry("attention_head_dim", List.of(2, 2, 2)),
                    Map.entry("block_out_channels", List.of(16, 16, 16)), Map.entry("cross_attention_dim", 32), Map.entry("norm_num_groups", 4),
                    Map.entry("down_block_types", List.of("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D")),
                    Map.entry("up_block_types", List.of("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D")),
                    Map.entry("projection_class_embeddings_input_dim", 64), Map.entry("sample_size", 8),
                    Map.entry("transformer_layers_per_block", List.of(1, 2, 10)), Map.entry("use_linear_projection", true)));
                case "flux-dev" -> ModelConfig.of(model, Map.of("_class_name", "FluxTransformer2DModel", "attention_head_dim", 8, "axes_dims_rope",
                    List.of(4, 2, 2), "guidance_embeds", true, "in_channels", 64, "joint_attention_dim", 16, "num_attention_heads", 2, "num_layers", 19,
                    "num_single_layers", 38, "pooled_projection_dim", 16));
                default -> throw new IllegalArgumentException("--model: found " + model + "; expected sdxl-1.0 or flux-dev where --width is tiny");
            };
        }

        <T> Values<T> random(EagerOps<T> ops, DType type) {
            Map<String, T> values = new LinkedHashMap<>();
            for (Port port : adapter.signature(config).inputs()) {
                Random random = new Random(port.name().hashCode());
                Shape shape = inputs.get(port.name());
                float[] numbers = new float[Math.toIntExact(shape.count().size())];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) random.nextGaussian();
                }
                values.put(port.name(), ops.cast(ops.load(TensorView.ofFloats(numbers, shape.sizes())), port.type(type)));
            }
            return Values.of(values);
        }

        /** As the denoising loop does. */
        <T> T run(Ops<T> ops, Values<T> in) {
            return ops.region("", () -> List.of(adapter.forward(new Scope<>(ops), config, in).asMap().values().iterator().next())).get(0);
        }
    }

    /**
     * The times of a figure.
     *
     * @param launch milliseconds until all work was given, a step each
     * @param done   milliseconds until it was done
     */
    private record Times(double[] launch, double[] done) {
        Times(int steps) {
            this(new double[steps], new double[steps]);
        }

        static double median(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        static double least(double[] values) {
            return Arrays.stream(values).min().orElseThrow();
        }
    }

    private LaunchCost(Map<String, String> arguments) {
        this.arguments = arguments;
        this.backbone = Backbone.of(arguments.get("--model"), arguments.get("--width").equals("tiny"), arguments.get("--batch"));
        this.type = DType.valueOf(arguments.get("--dtype"));
        this.steps = Integer.parseInt(arguments.get("--steps"));
        this.warmUp = Integer.parseInt(arguments.get("--warm-up"));
    }

    /** Measures. */
    public static void main(String[] args) throws Exception {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            given.put(args[i], args[i + 1]);
        }
        boolean host = given.getOrDefault("--device", "cpu").equals("cpu");
        Map<String, String> arguments = new LinkedHashMap<>(Map.of("--model", "sdxl-1.0", "--device", "cpu", "--width", host ? "tiny" : "full", "--batch", "",
            "--dtype", host ? "FLOAT32" : "FLOAT16", "--steps", "20", "--warm-up", host ? "30" : "3"));
        arguments.putAll(given);
        System.getProperties().putIfAbsent(MODELS, ".");   // no model of this folder is opened here
        System.getProperties().putIfAbsent(MEMORY_LIMIT, "0");   // as in the distribution: with a limit JavaCPP reads a file for each tensor
        EagerRuntime runtime = Chain.RUNTIME.on(arguments.get("--device"));
        LaunchCost cost = new LaunchCost(arguments);
        runtime.run(1, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) {
                cost.measure(context);
                return null;
            }
        });
        System.exit(0);
    }

    private <T> void measure(EagerRuntime.Context<T> context) {
        Scan scan = Scan.of(backbone.adapter(), backbone.config());
        EagerOps<T> ops = context.ops(new RandomParameters(scan.parameters(), type), type);
        Values<T> inputs = backbone.random(ops, type);
        Map<Site, Collector.Fold<T>> folds = folds(ops, scan.layers());
        ObservingOps<T> observing = new ObservingOps<>(ops, folds);
        observing.step(0);
        Map<Site, Collector.Reducing<T>> reducing = new LinkedHashMap<>();
        folds(ops, scan.layers()).forEach((site, fold) -> reducing.put(site, (Collector.Reducing<T>) fold));
        ReducedBackbone<T> reduced = new ReducedBackbone<>(backbone.adapter(), backbone.config(), ops, () -> 0);
        reduced.into(reducing);
        RecordedPass<T> recorded = new RecordedPass<>(ops, in -> List.of(backbone.run(ops, in)));
        int operations = operations(ops, inputs);
        boolean finite = finite(ops, inputs);
        Times none = new Times(1);
        Map<String, Runnable> passes = new LinkedHashMap<>();
        passes.put("plain", () -> backbone.run(ops, inputs));
        passes.put("plain, replayed", () -> recorded.run(inputs));
        passes.put("observed", () -> backbone.run(observing, inputs));
        passes.put("observed, replayed", () -> reduced.run(inputs));
        Map<String, Times> times = new LinkedHashMap<>();
        for (int i = 0; i < warmUp + steps; i++) {
            int at = i - warmUp;
            passes.forEach((figure, pass) -> step(ops, pass, at < 0 ? none : times.computeIfAbsent(figure, its -> new Times(steps)), Math.max(0, at)));
        }
        times.forEach((figure, its) -> print(context, figure, its, operations, figure.startsWith("observed") ? folds.size() : 0, finite));
        Stream.<Collector.Fold<T>>concat(folds.values().stream(), reducing.values().stream()).forEach(fold -> {
            if (finite) {
                fold.statistics();
            }
            fold.close();
        });
    }

    private static <T> Map<Site, Collector.Fold<T>> folds(EagerOps<T> ops, List<Layer> layers) {
        Map<Site, Collector.Fold<T>> folds = new LinkedHashMap<>();
        Collector collector = Chain.PLUGINS.collectors().get("max");
        for (Layer layer : layers) {
            if (Chain.PLUGINS.policies().get("standard").slots(new QuantLevel("3"), layer).contains(Slot.INPUT)) {
                folds.put(new Site(layer.name(), Slot.INPUT), collector.fold(ops, new Collector.Request(Collector.Request.NO_AXIS, 1, 1), 0));
            }
        }
        return folds;
    }

    /** From an idle device to an idle device. */
    private <T> void step(EagerOps<T> ops, Runnable pass, Times times, int at) {
        ops.await();
        ops.region("", () -> {
            long begin = System.nanoTime();
            pass.run();
            long given = System.nanoTime();
            ops.await();
            times.launch[at] = (given - begin) / 1e6;
            times.done[at] = (System.nanoTime() - begin) / 1e6;
            return List.of();
        });
    }

    private <T> boolean finite(EagerOps<T> ops, Values<T> inputs) {
        float[] largest = new float[1];
        ops.region("", () -> {
            largest[0] = ops.toFloats(ops.magnitude(backbone.run(ops, inputs)))[0];
            return List.of();
        });
        return Float.isFinite(largest[0]);
    }

    private <T> int operations(EagerOps<T> ops, Values<T> inputs) {
        int[] count = new int[1];
        @SuppressWarnings("unchecked")
        Ops<T> counting = (Ops<T>) Proxy.newProxyInstance(Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, (proxy, method, given) -> {
            if (!FREE.contains(method.getName())) {
                count[0]++;
            }
            try {
                return method.invoke(ops, given);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        step(ops, () -> backbone.run(counting, inputs), new Times(1), 0);
        return count[0];
    }

    private void print(EagerRuntime.Context<?> context, String figure, Times times, int operations, int sites, boolean finite) {
        double launch = Times.median(times.launch);
        double done = Times.median(times.done);
        System.out.printf(Locale.ROOT, "{\"model\":\"%s\",\"device\":\"%s\",\"width\":\"%s\",\"dtype\":\"%s\",\"figure\":\"%s\",\"operations\":%d,"
            + "\"sites\":%d,\"steps\":%d,\"finite\":%b,\"launch_ms\":%.2f,\"step_ms\":%.2f,\"least_launch_ms\":%.2f,\"least_step_ms\":%.2f,"
            + "\"launch_us_per_operation\":%.2f}%n", arguments.get("--model"), context.device().name(), arguments.get("--width"), type, figure, operations,
            sites, steps, finite, launch, done, Times.least(times.launch), Times.least(times.done), launch * 1000 / operations);
    }
}
