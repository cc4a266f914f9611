package io.halftone.torch.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.cuda.CUDAAllocator;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.cuda.DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair;
import org.bytedeco.pytorch.cuda.StreamFilter;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A recording of a CUDA device. It reads and writes the memory that it was recorded with, which is its own: a pool of libtorch's allocator that nothing
 * else is given memory from.
 */
final class CudaGraph implements Recording {
    /** Numbers of pools, beyond those that libtorch gives itself. */
    private static final AtomicLong POOLS = new AtomicLong(1L << 40);
    /** A recording's memory serves nothing else as long as it is there. Where less than this part of the device's is free, others need it. */
    private static final int FREE_PART = 3;
    /**
     * What is recorded into, one of each device. cuBLAS keeps scratch memory for each stream that it was ever called with, out of the pool that is
     * recorded to then: with a stream for each recording, memory of pools that are long gone would pile up. Guarded by {@link CaptureLock}.
     */
    private static final Map<Integer, CUDAStream> STREAMS = new HashMap<>();

    private final Place place;
    private final long pool;
    private final CUgraphExec_st executable;
    private final List<Tensor> results;

    /** One of several things to give back, each whether or not those before could be. */
    private interface Part extends AutoCloseable {
        @Override
        void close();
    }

    private CudaGraph(Place place, long pool, CUgraphExec_st executable, List<Tensor> results) {
        this.place = place;
        this.pool = pool;
        this.executable = executable;
        this.results = results;
    }

    /** As {@link Recording.Maker} has it. */
    static CudaGraph record(Place place, Supplier<List<Tensor>> body) {
        return CaptureLock.recording(() -> {
            place.await();
            expectRoom(place);
            try (Part device = on(place); var scope = new PointerScope()) {
                long pool = POOLS.incrementAndGet();
                CUDAStream stream = STREAMS.computeIfAbsent(place.index(), index -> {
                    CUDAStream made = torch_cuda.getStreamFromPool(false, (byte) place.index());
                    return made.retainReference();
                });
                Pointer filter = new OnStream(stream.stream().address());
                torch_cuda.getAllocator().beginAllocateToPool((byte) place.index(), id(pool), (StreamFilter) filter);
                try {
                    return recorded(place, pool, stream, body);
                } catch (RuntimeException e) {
                    cudart.cudaGetLastError();   // it is told of by the exception
                    try {
                        release(place, pool);
                    } catch (RuntimeException also) {
                        e.addSuppressed(also);
                    }
                    throw e;
                }
            }
        });
    }

    private static void expectRoom(Place place) {
        long[] freeAndAll = place.memory();
        if (FREE_PART * freeAndAll[0] < freeAndAll[1]) {
            torch_cuda.getAllocator().emptyCache();   // what libtorch keeps for other work, a recording is not given
            freeAndAll = place.memory();
        }
        if (FREE_PART * freeAndAll[0] < freeAndAll[1]) {
            throw new IllegalStateException("found " + freeAndAll[0] + " bytes of the device free; expected a third of " + freeAndAll[1]);
        }
    }

    private static CudaGraph recorded(Place place, long pool, CUDAStream stream, Supplier<List<Tensor>> body) {
        CUDAStream before = torch_cuda.getCurrentCUDAStream((byte) place.index());
        torch_cuda.setCurrentCUDAStream(stream);
        try {
            return captured(place, pool, stream.stream(), body);
        } finally {
            torch_cuda.setCurrentCUDAStream(before);
            torch_cuda.getAllocator().endAllocateToPool((byte) place.index(), id(pool));
        }
    }

    private static CudaGraph captured(Place place, long pool, CUstream_st stream, Supplier<List<Tensor>> body) {
        check("capture", cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal));
        CUgraph_st graph = new CUgraph_st();
        List<Tensor> results = List.of();
        try (var temporaries = new Lifetime()) {
            int code;
            try {
                results = List.copyOf(body.get());
                results.forEach(Tensor::retainReference);
            } finally {
                code = cudart.cudaStreamEndCapture(stream, graph);
            }
            check("end of capture", code);
            CUgraphExec_st executable = new CUgraphExec_st();
            check("graph", cudart.cudaGraphInstantiate(executable, graph, 0));
            return new CudaGraph(place, pool, executable, results);
        } catch (RuntimeException e) {
            results.forEach(Tensor::releaseReference);
            throw e;
        } finally {
            if (!graph.isNull()) {
                cudart.cudaGraphDestroy(graph);
            }
        }
    }

    /** {@inheritDoc} */
    @Override
    public void launch() {
        try (Part device = on(place); var scope = new PointerScope()) {
            check("graph", cudart.cudaGraphLaunch(executable, torch_cuda.getCurrentCUDAStream((byte) place.index()).stream()));
        }
    }

    @Override
    public List<Tensor> results() {
        return results;
    }

    @Override
    public void release() {
        try (Part memory = () -> release(place, pool);
             Part values = () -> results.forEach(Tensor::releaseReference);
             Part graph = () -> check("graph", cudart.cudaGraphExecDestroy(executable))) {
            place.await();
        }
    }

    /** Gives a pool's memory back to the device: nothing else is given memory from it. */
    private static void release(Place place, long pool) {
        CaptureLock.waiting(() -> {
            try (var scope = new PointerScope()) {
                CUDAAllocator allocator = torch_cuda.getAllocator();
                allocator.releasePool((byte) place.index(), id(pool));
                allocator.emptyCache(id(pool));
            }
        });
    }

    /** Makes it the thread's device, whose default stream a stream without an address stands for, until it is closed. */
    private static Part on(Place place) {
        byte before = torch_cuda.ExchangeDevice((byte) place.index());
        return () -> torch_cuda.ExchangeDevice(before);
    }

    private static void check(String where, int code) {
        if (code != cudart.cudaSuccess) {
            cudart.cudaGetLastError();   // libtorch would take it for a failure of what it does next
            try (var scope = new PointerScope()) {
                throw new IllegalStateException(where + ": found CUDA error " + code + ", " + cudart.cudaGetErrorString(code).getString()
                    + "; expected success");
            }
        }
    }

    /** A pool's number as libtorch takes it, two numbers of 64 bits; the presets have another name for such a pair. */
    private static DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair id(long pool) {
        return new DeviceAssertionsDataVectorCUDAKernelLaunchInfoVectorPair(new LongPointer(0, pool));
    }

    /** Lets the pool serve one stream. */
    private static final class OnStream extends StreamFilter {
        private final long stream;

        OnStream(long stream) {
            this.stream = stream;
        }

        @Override
        public boolean call(Pointer asking) {
            return asking != null && asking.address() == stream;
        }
    }
}
