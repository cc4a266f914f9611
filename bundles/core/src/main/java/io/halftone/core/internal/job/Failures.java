package io.halftone.core.internal.job;

import io.halftone.api.QualityException;
import io.halftone.export.EngineException;
import io.halftone.export.ExportException;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DeviceException;
import io.halftone.quant.CalibrationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** One line for users of what went wrong. */
public final class Failures {
    private Failures() {}

    /** Never empty, never more than one line. */
    public static String describe(Throwable e) {
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + ": found no such file or folder; expected one";
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": found no permission; expected to read or write it";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + ": found a file; expected a folder";
        }
        if (e instanceof NotDirectoryException not) {
            return not.getFile() + ": found a file; expected a folder";
        }
        if (e instanceof UncheckedIOException wrapper && e.getCause().toString().equals(e.getMessage())) {
            return describe(wrapper.getCause());
        }
        boolean known = e instanceof IllegalArgumentException || e instanceof CheckpointException || e instanceof CalibrationException
            || e instanceof DeviceException || e instanceof QualityException || e instanceof ExportException
            || e instanceof EngineException || e instanceof IOException || e instanceof UncheckedIOException;
        String line = e.getMessage() == null ? "" : firstLine(e.getMessage());
        if (known && !line.isEmpty()) {
            return line;
        }
        String name = e.getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1) + (line.isEmpty() ? "" : ": " + line);
    }

    private static String firstLine(String message) {
        return message.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
    }
}
