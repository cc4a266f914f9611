package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What TensorRT says: passed on, and its errors kept for the exception that follows them. One for the process. */
final class NativeLog extends ILogger {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLog.class);
    private static final int KEPT = 8;
    private static final int ERROR = 1;
    private static final int INFORMATION = 3;

    private final List<String> errors = new ArrayList<>();

    /** Holds the one there is; made with the first use, when the library is loaded. */
    private static final class Only {
        private static final NativeLog LOG = new NativeLog().retainReference();
    }

    private NativeLog() {}

    /** The one there is. */
    static NativeLog get() {
        return Only.LOG;
    }

    /** Called by TensorRT, on any thread. Its severities are numbers here: they come from native code. */
    @Override
    public void log(Severity severity, String message) {
        if (severity.value <= ERROR) {
            synchronized (errors) {
                if (errors.size() < KEPT) {
                    errors.add(message);
                }
            }
        } else if (severity.value <= INFORMATION) {
            LOG.debug("{}", message);
        } else {
            LOG.trace("{}", message);
        }
    }

    /** Forgets the errors so far. */
    void clear() {
        synchronized (errors) {
            errors.clear();
        }
    }

    /** The exception for a call that failed, with what TensorRT said since {@link #clear}. */
    EngineException failed(String where) {
        synchronized (errors) {
            String said = errors.isEmpty() ? "a failure without a message" : String.join("; ", errors);
            return new EngineException(where + ": found " + said + "; expected TensorRT to take it");
        }
    }
}
