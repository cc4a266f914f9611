package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.LayerInformationFormat;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IEngineInspector;
import org.bytedeco.tensorrt.nvinfer.IRuntime;

/** Engines from their bytes. */
final class Plans {
    /** A buffer holds less than 2 GB, an engine may be larger. */
    static final long WINDOW = 1L << 28;

    private static IRuntime runtime;

    private Plans() {}

    /**
     * What TensorRT this is and what device: loads the library.
     *
     * @throws IllegalArgumentException if there is no such device
     */
    static Platform platform(int device) {
        Cuda.existing(device);
        String version = nvinfer.getInferLibMajorVersion() + "." + nvinfer.getInferLibMinorVersion() + "." + nvinfer.getInferLibPatchVersion();
        String capability = Cuda.attribute(device, cudart.cudaDevAttrComputeCapabilityMajor) + "."
            + Cuda.attribute(device, cudart.cudaDevAttrComputeCapabilityMinor);
        return new Platform(version, Cuda.version(), Cuda.name(device), capability);
    }

    /** A part of native memory as a buffer. */
    static ByteBuffer window(Pointer memory, long from, long length) {
        return new BytePointer(new Cuda.Address(memory.address() + from)).capacity(length).asByteBuffer();
    }

    /**
     * Loads an engine file onto this thread's device.
     *
     * @throws EngineException if the file is not the one described, or TensorRT refuses it
     */
    static ICudaEngine load(Path file, Sidecar described) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size != described.bytes()) {
                throw other(file);
            }
            Pointer bytes = Pointer.malloc(Math.max(size, 1));     // outside of JavaCPP's own limits, which follow the heap's
            if (bytes == null || bytes.isNull()) {
                throw new EngineException(file + ": found no memory for its " + size + " bytes; expected as much free host memory");
            }
            try {
                var digest = new Digest();
                for (long at = 0; at < size; at += WINDOW) {
                    ByteBuffer window = window(bytes, at, Math.min(WINDOW, size - at));
                    PlanFile.readAll(channel, window);
                    digest.add(window.flip());
                }
                if (!digest.text().equals(described.plan())) {
                    throw other(file);
                }
                return deserialize(file.toString(), bytes, size);
            } finally {
                Pointer.free(bytes);
            }
        }
    }

    private static EngineException other(Path file) {
        return new EngineException(file + ": found other bytes than " + Sidecar.file(file).getFileName()
            + " describes; expected the engine built with it: build it again");
    }

    /** Makes an engine of its bytes, which it does not keep. */
    static synchronized ICudaEngine deserialize(String where, Pointer bytes, long size) {
        NativeLog.get().clear();
        if (runtime == null) {
            runtime = nvinfer.createInferRuntime(NativeLog.get());
            if (runtime == null || runtime.isNull()) {
                throw NativeLog.get().failed("TensorRT's runtime");
            }
        }
        ICudaEngine engine = runtime.deserializeCudaEngine(bytes, size);
        if (engine == null || engine.isNull()) {
            throw NativeLog.get().failed(where);
        }
        return engine;
    }

    /** TensorRT's own list of an engine's layers, as JSON. */
    static String inspect(ICudaEngine engine) {
        IEngineInspector inspector = engine.createEngineInspector();
        if (inspector == null || inspector.isNull()) {
            throw NativeLog.get().failed("engine inspection");
        }
        try {
            return inspector.getEngineInformation(LayerInformationFormat.kJSON);
        } finally {
            Destructors.delete(inspector);
        }
    }
}
