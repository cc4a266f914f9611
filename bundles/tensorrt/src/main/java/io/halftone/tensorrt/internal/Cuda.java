package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** Calls of the CUDA runtime whose failures are exceptions. */
final class Cuda {
    private static final int NAME_BYTES = 256;

    private Cuda() {}

    /** What CUDA says of a code. */
    static String text(int code) {
        try (var scope = new PointerScope()) {
            BytePointer text = cudart.cudaGetErrorString(code);
            return "CUDA error " + code + (text == null ? "" : ", " + text.getString());
        }
    }

    /** Throws where a call failed. */
    static void check(String where, int code) {
        if (code != cudart.cudaSuccess) {
            throw new EngineException(where + ": found " + text(code) + "; expected success");
        }
    }

    /** The device, which there is. */
    static int existing(int device) {
        int[] count = new int[1];
        check("GPU", cudart.cudaGetDeviceCount(count));
        if (device >= count[0]) {
            throw new IllegalArgumentException("option device: found " + device + "; expected one of the " + count[0] + " devices, from 0");
        }
        return device;
    }

    /** Makes the device that of this thread, and returns the one before: libtorch goes by it as well. */
    static int enter(int device) {
        int[] before = new int[1];
        check("device", cudart.cudaGetDevice(before));
        if (before[0] != device) {
            check("device " + device, cudart.cudaSetDevice(device));
        }
        return before[0];
    }

    /** Ends what {@link #enter} began. */
    static void leave(int before, int device) {
        if (before != device) {
            check("device " + before, cudart.cudaSetDevice(before));
        }
    }

    static String name(int device) {
        byte[] name = new byte[NAME_BYTES];
        check("device " + device, cudart.cuDeviceGetName(name, NAME_BYTES, device));
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8);
    }

    static int attribute(int device, int attribute) {
        int[] value = new int[1];
        check("device " + device, cudart.cudaDeviceGetAttribute(value, attribute, device));
        return value[0];
    }

    /** The runtime's version, as {@code 13.0}. */
    static String version() {
        int[] version = new int[1];
        check("CUDA", cudart.cudaRuntimeGetVersion(version));
        return versionText(version[0]);
    }

    /** CUDA's number of a version as text. */
    static String versionText(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** Memory on this thread's device. */
    static Pointer allocate(long bytes) {
        Pointer memory = new Pointer();
        check("memory of " + bytes + " bytes", cudart.cudaMalloc(memory, Math.max(bytes, 1)));
        return memory;
    }

    static void free(Pointer memory) {
        check("memory", cudart.cudaFree(memory));
    }

    /** A stream that does not wait for others by itself. */
    static CUstream_st stream() {
        CUstream_st stream = new CUstream_st();
        check("stream", cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking));
        return stream;
    }

    static CUevent_st event() {
        CUevent_st event = new CUevent_st();
        check("event", cudart.cudaEventCreateWithFlags(event, cudart.cudaEventDisableTiming));
        return event;
    }

    /** Lets the stream wait for what the device's default stream has been given so far. */
    static void awaitDefault(CUstream_st stream, CUevent_st event) {
        check("event", cudart.cudaEventRecord(event, null));
        check("stream", cudart.cudaStreamWaitEvent(stream, event, 0));
    }

    /** Lets the device's default stream wait for what the stream has been given so far. */
    static void letDefaultAwait(CUstream_st stream, CUevent_st event) {
        check("event", cudart.cudaEventRecord(event, stream));
        check("stream", cudart.cudaStreamWaitEvent(null, event, 0));
    }

    /** Copies a tensor to device memory; it may be on the host. */
    static void copy(TensorView from, Pointer to, CUstream_st stream) {
        try (var scope = new PointerScope()) {
            Pointer source = from.isHost() ? new BytePointer(direct(from)) : new Address(from.address());
            int kind = from.isHost() ? cudart.cudaMemcpyHostToDevice : cudart.cudaMemcpyDeviceToDevice;
            check("copy of " + from, cudart.cudaMemcpyAsync(to, source, from.byteLength(), kind, stream));
        }
    }

    /** Copies device memory into what is left of a direct buffer. */
    static void copy(Pointer from, ByteBuffer to, CUstream_st stream) {
        try (var scope = new PointerScope()) {
            check("copy to the host", cudart.cudaMemcpyAsync(new BytePointer(to), from, to.remaining(), cudart.cudaMemcpyDeviceToHost, stream));
        }
    }

    private static ByteBuffer direct(TensorView view) {
        ByteBuffer bytes = view.bytes();
        return bytes.isDirect() ? bytes : ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    static void await(CUstream_st stream) {
        check("run", cudart.cudaStreamSynchronize(stream));
    }

    static void release(CUstream_st stream) {
        check("stream", cudart.cudaStreamDestroy(stream));
    }

    static void release(CUevent_st event) {
        check("event", cudart.cudaEventDestroy(event));
    }

    static void release(CUgraphExec_st graph) {
        check("graph", cudart.cudaGraphExecDestroy(graph));
    }

    /**
     * Records what a body launches into a stream, without running it.
     *
     * @return null if the body launches something that no graph may have
     */
    static CUgraphExec_st record(CUstream_st stream, BooleanSupplier body) {
        check("stream", cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal));
        CUgraph_st graph = new CUgraph_st();
        boolean launched = body.getAsBoolean();
        int code = cudart.cudaStreamEndCapture(stream, graph);
        CUgraphExec_st executable = new CUgraphExec_st();
        boolean recorded = launched && code == cudart.cudaSuccess && !graph.isNull()
            && cudart.cudaGraphInstantiate(executable, graph, 0) == cudart.cudaSuccess;
        if (!graph.isNull()) {
            check("graph", cudart.cudaGraphDestroy(graph));
        }
        if (!recorded) {
            cudart.cudaGetLastError();       // it is told of by this method's result
            return null;
        }
        return executable;
    }

    static void launch(CUgraphExec_st graph, CUstream_st stream) {
        check("graph", cudart.cudaGraphLaunch(graph, stream));
    }

    /** An address that somebody else owns. */
    static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
