package io.halftone.torch.internal;

import io.halftone.files.PathLock;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/** Whether what {@link CudaGraph} is made of is there; looked for once, where there is a CUDA device. */
final class Recorder {
    /** The classes and the JNI of CUDA's runtime, and of what libtorch has of CUDA. */
    static final boolean THERE = load("org.bytedeco.cuda.global.cudart") && load("org.bytedeco.pytorch.global.torch_cuda");

    private Recorder() {}

    private static boolean load(String name) {
        try (PathLock alone = Library.alone()) {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException | LinkageError | IOException e) {
            LoggerFactory.getLogger(Recorder.class).warn("passes are not recorded as CUDA graphs: {}", e.toString());
            return false;
        }
    }
}
