package io.halftone.torch.internal;

import io.halftone.files.PathLock;
import io.halftone.ops.DeviceException;
import java.io.File;
import java.io.IOException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** libtorch itself: loaded once in the process, when it is first needed. */
final class Library {
    private static final String CUDA = "libtorch_cuda.so";
    /** The file in JavaCPP's folder that everything of Halftone's locks that loads native libraries through it. */
    private static final String UNPACK_LOCK = "halftone.lock";
    private static boolean loaded;

    private Library() {}

    /**
     * Loads it, where it is not loaded yet.
     *
     * @throws IllegalStateException if it cannot be loaded
     * @throws DeviceException       if another one would be loaded with it
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        OtherLibtorch.folder().ifPresent(folder -> {
            throw new DeviceException("libtorch: found another one in " + folder + ", which " + OtherLibtorch.VARIABLE
                + " names; expected none: a process with both ends when they are loaded");
        });
        try (PathLock alone = alone()) {
            Loader.load(torch.class);
        } catch (IOException e) {
            throw new IllegalStateException("libtorch: found no lock to unpack its libraries under, " + e.getMessage() + "; expected one", e);
        } catch (LinkageError e) {
            throw new IllegalStateException("libtorch: found no library that loads, " + deepest(e).getMessage()
                + "; expected the native libraries for " + Loader.getPlatform(), e);
        }
        // libtorch has threads of its own; those of OpenBLAS would spin against them
        openblas_nolapack.blas_set_num_threads(1);
        loaded = true;
    }

    /**
     * Held by the one process that unpacks native libraries and loads them. JavaCPP writes a library anew that was not there when it
     * looked, even where another process has written it meanwhile; that process ends with SIGBUS if it is just loading it.
     *
     * @throws IOException if JavaCPP has no folder to unpack to, or the thread is interrupted meanwhile
     */
    static PathLock alone() throws IOException {
        return PathLock.alone(Loader.getCacheDir().toPath().resolve(UNPACK_LOCK));
    }

    /**
     * Why libtorch for CUDA computes on the CPU alone: one of the libraries that it needs is not there. JavaCPP passes over that.
     *
     * @return empty where libtorch for the CPU is installed
     */
    static Optional<String> withoutCuda() {
        String folder = Loader.getPlatform() + "-gpu";
        if (torch.class.getResource("/org/bytedeco/pytorch/" + folder + "/" + CUDA) == null) {
            return Optional.empty();
        }
        try {
            File library = new File(new File(Loader.getCacheDir(), folder), CUDA);
            if (library.isFile()) {
                System.load(library.getPath());
            }
            return Optional.of(CUDA + " not loaded");
        } catch (IOException | UnsatisfiedLinkError e) {
            return Optional.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(CUDA));
        }
    }

    static String version() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch", torch.class);
        } catch (IOException e) {
            return "of unknown version";
        }
    }

    private static Throwable deepest(Throwable e) {
        return e.getCause() == null ? e : deepest(e.getCause());
    }
}
