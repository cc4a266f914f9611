package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvinfer.ProfilingVerbosity;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One build of TensorRT's own. The parser reads the model and its external data from their files: it copies one tensor at a time into
 * memory of its own, which the network refers to, and which is released with it as soon as the engine is made.
 */
final class PlanBuilder {
    /** How often a kernel is run to time it; that of TensorRT's own tool. With one, the library's default, chance chooses among kernels. */
    private static final int TIMINGS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(PlanBuilder.class);
    private static final long MIB = 1L << 20;
    /** The number of TensorRT's severity "warning": what the parser passes on at least. */
    private static final int WARNING = 2;

    private final Path model;
    private final Profile profile;
    private final BuildOptions options;
    private final TimingFile timings;

    /**
     * @param timings where timings are kept between builds; null for nowhere
     */
    PlanBuilder(Path model, Profile profile, BuildOptions options, TimingFile timings) {
        this.model = model;
        this.profile = profile;
        this.options = options;
        this.timings = timings;
    }

    /** Takes an engine's bytes. */
    interface Sink {
        void take(IHostMemory plan) throws IOException;
    }

    /**
     * Builds, and hands the engine's bytes on; they are gone when the sink returns.
     *
     * @throws EngineException if TensorRT does not take the model, with what it says
     */
    void build(Sink sink) throws IOException {
        IHostMemory plan = build();
        try {
            sink.take(plan);
        } finally {
            Destructors.delete(plan);
        }
    }

    private IHostMemory build() throws IOException {
        NativeLog log = NativeLog.get();
        log.clear();
        IBuilder builder = null;
        INetworkDefinition network = null;
        IParser parser = null;
        IBuilderConfig config = null;
        ITimingCache cache = null;
        try (var scope = new PointerScope()) {
            builder = made(nvinfer.createInferBuilder(log), "TensorRT's builder");
            network = made(builder.createNetworkV2(1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value), "TensorRT's network");
            parser = made(nvonnxparser.createParser(network, log), "TensorRT's parser");
            parse(parser);
            config = made(builder.createBuilderConfig(), "TensorRT's builder");
            config.setBuilderOptimizationLevel(options.level());
            config.setAvgTimingIterations(TIMINGS);
            config.setProfilingVerbosity(ProfilingVerbosity.kDETAILED);
            if (options.workspace() > 0) {
                config.setMemoryPoolLimit(MemoryPoolType.kWORKSPACE, options.workspace() * MIB);
            }
            if (profile.inputs().values().stream().anyMatch(window -> !window.isFixed()) || hasDynamic(network)) {
                addProfile(builder, config);
            }
            cache = cache(config);
            IHostMemory plan = made(builder.buildSerializedNetwork(network, config), model.toString());
            try {
                keep(config, cache);
            } catch (IOException | RuntimeException e) {
                Destructors.delete(plan);
                throw e;
            }
            return plan;
        } finally {
            Destructors.delete(cache);
            Destructors.delete(config);
            Destructors.delete(parser);
            Destructors.delete(network);
            Destructors.delete(builder);
        }
    }

    private static <P extends Pointer> P made(P object, String where) {
        if (object == null || object.isNull()) {
            throw NativeLog.get().failed(where);
        }
        return object;
    }

    private void parse(IParser parser) {
        if (parser.parseFromFile(model.toString(), WARNING)) {
            return;
        }
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < parser.getNbErrors(); i++) {
            errors.add(parser.getError(i).nodeName() + " (" + parser.getError(i).nodeOperator() + "): " + parser.getError(i).desc());
        }
        throw errors.isEmpty() ? NativeLog.get().failed(model.toString())
            : new EngineException(model + ": found " + String.join("; ", errors) + "; expected operators that TensorRT has");
    }

    private static boolean hasDynamic(INetworkDefinition network) {
        for (int i = 0; i < network.getNbInputs(); i++) {
            Dims64 dims = network.getInput(i).getDimensions();
            for (int d = 0; d < dims.nbDims(); d++) {
                if (dims.d(d) < 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private void addProfile(IBuilder builder, IBuilderConfig config) {
        IOptimizationProfile made = made(builder.createOptimizationProfile(), "TensorRT's profile");
        profile.inputs().forEach((name, window) -> {
            boolean taken = made.setDimensions(name, OptProfileSelector.kMIN, dims(window.least()))
                && made.setDimensions(name, OptProfileSelector.kOPT, dims(window.usual()))
                && made.setDimensions(name, OptProfileSelector.kMAX, dims(window.greatest()));
            if (!taken) {
                throw NativeLog.get().failed("input " + name + " of " + window);
            }
        });
        if (config.addOptimizationProfile(made) < 0) {
            throw NativeLog.get().failed("shapes " + profile.usual());
        }
    }

    static Dims64 dims(List<Long> extents) {
        Dims64 dims = new Dims64().nbDims(extents.size());
        for (int i = 0; i < extents.size(); i++) {
            dims.d(i, extents.get(i));
        }
        return dims;
    }

    private ITimingCache cache(IBuilderConfig config) throws IOException {
        if (timings == null) {
            return null;
        }
        ITimingCache cache = cache(config, timings.read());
        if (cache != null && config.setTimingCache(cache, false)) {
            return cache;
        }
        LOG.info("{}: timings of another GPU or version of TensorRT; starting anew", timings.path());
        Destructors.delete(cache);
        ITimingCache empty = made(cache(config, new byte[0]), "TensorRT's timing cache");
        config.setTimingCache(empty, false);
        return empty;
    }

    /** A cache of those timings, which it copies; null if TensorRT does not take them. */
    private static ITimingCache cache(IBuilderConfig config, byte[] timings) {
        ITimingCache cache = config.createTimingCache(new BytePointer(timings), timings.length);
        return cache == null || cache.isNull() ? null : cache;
    }

    /** Adds the timings of this build to what other builds have kept meanwhile. */
    private void keep(IBuilderConfig config, ITimingCache cache) throws IOException {
        if (cache == null) {
            return;
        }
        timings.update(kept -> {
            ITimingCache others = kept.length == 0 ? null : cache(config, kept);
            try {
                if (others != null && !cache.combine(others, false)) {
                    LOG.info("{}: timings of another GPU or version of TensorRT; replaced", timings.path());
                }
                return bytes(cache);
            } finally {
                Destructors.delete(others);
            }
        });
    }

    private static byte[] bytes(ITimingCache cache) {
        IHostMemory memory = made(cache.serialize(), "TensorRT's timing cache");
        try {
            byte[] bytes = new byte[Math.toIntExact(memory.size())];
            new BytePointer(memory.data()).get(bytes);
            return bytes;
        } finally {
            Destructors.delete(memory);
        }
    }

    /** Writes an engine's bytes, and returns their digest. */
    static String write(IHostMemory plan, FileChannel channel) throws IOException {
        var digest = new Digest();
        for (long at = 0; at < plan.size(); at += Plans.WINDOW) {
            var window = Plans.window(plan.data(), at, Math.min(Plans.WINDOW, plan.size() - at));
            digest.add(window.duplicate());
            PlanFile.writeAll(channel, window);
        }
        channel.force(true);
        return digest.text();
    }
}
