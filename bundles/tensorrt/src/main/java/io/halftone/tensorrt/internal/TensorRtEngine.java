package io.halftone.tensorrt.internal;

import io.halftone.export.Engine;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.tensorrt.global.nvinfer.TensorIOMode;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IProfiler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine on one GPU. Inputs are copied into buffers of its own, so that the addresses it works with stay: what is on the
 * device is copied there, what is on the host comes from there; outputs are on the device, or on the host where no input was
 * on the device. Its stream waits for the device's default stream, which libtorch works on, and that one for it: a run with all
 * tensors on the device only gives work to the GPU and returns. While shapes stay the same nothing is allocated, and from the
 * third run on the launches are replayed as one graph.
 */
final class TensorRtEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(TensorRtEngine.class);
    /** How often a recording is tried. */
    private static final int RECORDINGS = 3;

    private final String name;
    private final ICudaEngine engine;
    private final IExecutionContext context;
    private final Sidecar described;
    private final EngineReport report;
    private final LoadOptions options;
    private final Ports ports;
    private final Map<String, DType> outputs;
    private final CUstream_st stream;
    private final CUevent_st ready;
    private final CUevent_st done;
    private final AtomicBoolean running = new AtomicBoolean();
    private final Releases releases = new Releases();
    private final Map<String, Buffer> buffers = new LinkedHashMap<>();
    private Map<String, List<Long>> bound = Map.of();
    private CUgraphExec_st graph;
    private int runs;
    private boolean graphs;
    private boolean closed;

    /** Memory of a tensor, which grows and never shrinks. */
    private static final class Buffer {
        private Pointer memory;
        private long capacity;
        private long[] shape;
        private ByteBuffer host = ByteBuffer.allocate(0);

        /** Has no memory afterwards, also where the next that is asked for is not to be had. */
        private void free() {
            if (memory != null) {
                Pointer freed = memory;
                memory = null;
                capacity = 0;
                Cuda.free(freed);
            }
        }

        /** The elements in host memory, once the stream is done. */
        private ByteBuffer copied(long bytes, CUstream_st stream) {
            if (host.capacity() < bytes) {
                host = ByteBuffer.allocateDirect(Math.toIntExact(bytes));
            }
            host.clear().limit(Math.toIntExact(bytes));
            Cuda.copy(memory, host, stream);
            return host;
        }
    }

    TensorRtEngine(String name, ICudaEngine engine, Sidecar described, EngineReport report, LoadOptions options) {
        this.name = name;
        this.engine = engine;
        this.described = described;
        this.report = report;
        this.options = options;
        this.graphs = options.cudaGraph();
        this.ports = new Ports(types(TensorIOMode.kINPUT), described.profile(), options.device());
        this.outputs = types(TensorIOMode.kOUTPUT);
        CUstream_st itsStream;
        CUevent_st itsReady, itsDone;
        IExecutionContext itsContext;
        try {
            itsStream = Cuda.stream();
            releases.add(itsStream, () -> Cuda.release(itsStream));
            itsReady = Cuda.event();
            releases.add(itsReady, () -> Cuda.release(itsReady));
            itsDone = Cuda.event();
            releases.add(itsDone, () -> Cuda.release(itsDone));
            itsContext = engine.createExecutionContext();
            if (itsContext == null || itsContext.isNull()) {
                throw NativeLog.get().failed(name);
            }
        } catch (RuntimeException e) {
            releases.runAfter(e);
            throw e;
        }
        stream = itsStream;
        ready = itsReady;
        done = itsDone;
        context = itsContext;
    }

    private Map<String, DType> types(TensorIOMode mode) {
        Map<String, DType> types = new LinkedHashMap<>();
        for (int i = 0; i < engine.getNbIOTensors(); i++) {
            String tensor = engine.getIOTensorName(i);
            if (engine.getTensorIOMode(tensor).value == mode.value) {
                types.put(tensor, Types.of(tensor, engine.getTensorDataType(tensor).value));
            }
        }
        return types;
    }

    @Override
    public Map<String, DType> inputs() {
        return ports.types();
    }

    @Override
    public Map<String, String> metadata() {
        return described.metadata();
    }

    @Override
    public EngineReport report() {
        return report;
    }

    @Override
    public OptionalInt device() {
        return OptionalInt.of(options.device());
    }

    @Override
    public <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result) {
        if (!running.compareAndSet(false, true)) {
            throw new IllegalStateException(name + ": found a run in progress; expected one at a time");
        }
        try {
            if (closed) {
                throw new IllegalStateException(name + ": found a closed engine; expected an open one");
            }
            ports.verify(inputs);
            int before = Cuda.enter(options.device());
            try {
                return result.apply(Values.of(outputs(inputs)));
            } finally {
                Cuda.leave(before, options.device());
            }
        } finally {
            running.set(false);
        }
    }

    private Map<String, TensorView> outputs(Values<TensorView> inputs) {
        Collection<TensorView> given = inputs.asMap().values();
        boolean toHost = given.stream().allMatch(TensorView::isHost);
        Map<String, TensorView> views = new LinkedHashMap<>();
        try (var scope = new PointerScope()) {
            bind(inputs);
            Cuda.awaitDefault(stream, ready);
            ports.types().keySet().forEach(input -> Cuda.copy(inputs.get(input), buffers.get(input).memory, stream));
            launch();
            outputs.forEach((output, type) -> {
                Buffer buffer = buffers.get(output);
                views.put(output, toHost
                    ? TensorView.host(type, buffer.shape, buffer.copied(TensorView.byteLength(type, buffer.shape), stream))
                    : TensorView.device(type, buffer.shape, buffer.memory.address(), options.device()));
            });
            if (given.stream().anyMatch(TensorView::isHost)) {
                Cuda.await(stream);                  // the caller may change its memory once this returns
            } else {
                Cuda.letDefaultAwait(stream, done);
            }
        }
        return views;
    }

    /**
     * The first run of new shapes lets the engine prepare; the second is as the others, and recorded where it can be. Another thread that waits for
     * the whole GPU spoils a recording, so that the runs behind it try again.
     */
    private void launch() {
        if (graphs && graph == null && runs >= 1) {
            graph = Cuda.record(stream, () -> context.enqueueV3(stream));
            if (graph == null) {
                NativeLog.get().clear();             // said while recording, and no failure of a run
            }
            if (graph == null && runs == RECORDINGS) {
                graphs = false;
                LOG.info("{}: no CUDA graph can be recorded of this engine; its launches are given one by one", name);
            }
        }
        if (graph != null) {
            Cuda.launch(graph, stream);
        } else if (!context.enqueueV3(stream)) {
            throw NativeLog.get().failed(name);
        }
        runs++;
    }

    /** Has the time of every layer told from the next run on. Runs then wait for the GPU, and their launches are given one by one. */
    void profile(IProfiler profiler) {
        graphs = false;
        forget();
        context.setProfiler(profiler);
    }

    private void bind(Values<TensorView> inputs) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        ports.types().keySet().forEach(input -> shapes.put(input, extents(inputs.get(input).shape())));
        if (shapes.equals(bound)) {
            return;
        }
        NativeLog.get().clear();
        Cuda.await(stream);                          // nothing changes under a run
        bound = Map.of();
        runs = 0;
        forget();
        shapes.forEach((input, extents) -> {
            if (!context.setInputShape(input, PlanBuilder.dims(extents))) {
                throw NativeLog.get().failed("input " + input + " of " + Shapes.text(extents));
            }
            allocate(input, inputs.get(input).dtype(), inputs.get(input).shape());
        });
        outputs.forEach((output, type) -> allocate(output, type, shape(output)));
        bound = shapes;
    }

    private long[] shape(String output) {
        Dims64 dims = context.getTensorShape(output);
        long[] shape = new long[dims.nbDims()];
        Arrays.setAll(shape, dims::d);
        if (Arrays.stream(shape).anyMatch(extent -> extent < 0)) {
            throw new EngineException("output " + output + ": found " + Arrays.toString(shape) + "; expected a shape that follows from the inputs'");
        }
        return shape;
    }

    private void allocate(String tensor, DType type, long... shape) {
        Buffer buffer = buffers.computeIfAbsent(tensor, absent -> new Buffer());
        long bytes = TensorView.byteLength(type, shape);
        if (buffer.memory == null || buffer.capacity < bytes) {
            buffer.free();
            buffer.memory = Cuda.allocate(bytes);
            buffer.capacity = bytes;
        }
        buffer.shape = shape.clone();
        if (!context.setTensorAddress(tensor, buffer.memory)) {
            throw NativeLog.get().failed("tensor " + tensor);
        }
    }

    private static List<Long> extents(long... shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    private void forget() {
        if (graph != null) {
            Cuda.release(graph);
            graph = null;
        }
    }

    @Override
    public void close() {
        if (!running.compareAndSet(false, true)) {
            throw new IllegalStateException(name + ": found a run in progress; expected it to be over before the engine is closed");
        }
        try {
            if (!closed) {
                closed = true;
                release();
            }
        } finally {
            running.set(false);
        }
    }

    private void release() {
        int before = Cuda.enter(options.device());
        // once nothing runs: the graph, the context and its engine, and then what they worked on
        buffers.values().forEach(buffer -> releases.add(buffer, buffer::free));
        releases.add(engine, () -> Destructors.delete(engine));
        releases.add(context, () -> Destructors.delete(context));
        releases.add(this, this::forget);
        releases.add(stream, () -> Cuda.await(stream));
        try {
            releases.run();
        } finally {
            buffers.clear();
            Cuda.leave(before, options.device());
        }
    }
}
