package io.halftone.torch.internal;

import java.util.List;
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
 * Work that a CUDA device was given once and does again by one call. It reads and writes the memory that it was recorded with, which is its own: a pool of
 * libtorch's allocator that nothing else is given memory from.
 */
final class CudaGraph {
    /** Numbers of pools, beyond those that libtorch gives itself. */
    private static final AtomicLong POOLS = new AtomicLong(1L << 40);

    private final Place place;
    private final long pool;
    private final CUgraphExec_st executable;
    private final List<Tensor> results;

    private CudaGraph(Place place, long pool, CUgraphExec_st executable, List<Tensor> results) {
        this.place = place;
        this.pool = pool;
        this.executable = executable;
        this.results = results;
    }

    /**
     * Records what a body gives the device to do, without its being done.
     *
     * @throws RuntimeException if the body does what cannot be recorded; the device is as it was
     */
    static CudaGraph record(Place place, Supplier<List<Tensor>> body) {
        place.await();
        long pool = POOLS.incrementAndGet();
        try (var scope = new PointerScope()) {
            byte device = (byte) place.index();
            CUDAStream before = torch_cuda.getCurrentCUDAStream(device);
            CUDAStream stream = torch_cuda.getStreamFromPool(false, device);
            CUstream_st handle = stream.stream();
            CUDAAllocator allocator = torch_cuda.getAllocator();
            Pointer filter = new OnStream(handle.address());
            allocator.beginAllocateToPool(device, id(pool), (StreamFilter) filter);
            torch_cuda.setCurrentCUDAStream(stream);
            try {
                return captured(place, pool, handle, body);
            } catch (RuntimeException e) {
                cudart.cudaGetLastError();   // it is told of by the exception
                throw e;
            } finally {
                torch_cuda.setCurrentCUDAStream(before);
                allocator.endAllocateToPool(device, id(pool));
            }
        } catch (RuntimeException e) {
            release(place, pool);
            throw e;
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

    /** Gives the device all of it, behind what it was given before. */
    void launch() {
        try (var scope = new PointerScope()) {
            check("graph", cudart.cudaGraphLaunch(executable, torch_cuda.getCurrentCUDAStream((byte) place.index()).stream()));
        }
    }

    /** What the body made; each launch writes it anew. */
    List<Tensor> results() {
        return results;
    }

    /** Waits for the device, and gives all of this back. */
    void release() {
        place.await();
        check("graph", cudart.cudaGraphExecDestroy(executable));
        results.forEach(Tensor::releaseReference);
        release(place, pool);
    }

    private static void release(Place place, long pool) {
        try (var scope = new PointerScope()) {
            torch_cuda.getAllocator().releasePool((byte) place.index(), id(pool));
        }
    }

    private static void check(String where, int code) {
        if (code != cudart.cudaSuccess) {
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
