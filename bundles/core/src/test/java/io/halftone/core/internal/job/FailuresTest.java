package io.halftone.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.export.EngineException;
import io.halftone.export.ExportException;
import io.halftone.ops.CheckpointException;
import io.halftone.quant.CalibrationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void saysOfFilesWhatIsWrongWithThem() {
        assertEquals("a.png: found no such file or folder; expected one", Failures.describe(new NoSuchFileException("a.png")));
        assertEquals("a.png: found no permission; expected to read or write it", Failures.describe(new AccessDeniedException("a.png")));
        assertEquals("out: found a file; expected a folder", Failures.describe(new FileAlreadyExistsException("out")));
        assertEquals("out: found a file; expected a folder", Failures.describe(new NotDirectoryException("out")));
    }

    @Test
    void givesTheMessageOfOurOwnExceptions() {
        String message = "to_q: found X; expected Y";
        for (Throwable e : List.of(new IllegalArgumentException(message), new CheckpointException(message), new CalibrationException(message),
            new ExportException(message), new EngineException(message), new IOException(message), new UncheckedIOException(message, new IOException("disk")))) {
            assertEquals(message, Failures.describe(e), e.getClass().toString());
        }
    }

    @Test
    void namesWhatNobodyExpected() {
        assertEquals("IllegalStateException: no scope", Failures.describe(new IllegalStateException("no scope")));
        assertEquals("OutOfMemoryError: Java heap space", Failures.describe(new OutOfMemoryError("Java heap space")));
        assertEquals("NullPointerException", Failures.describe(new NullPointerException()));
        assertEquals("InterruptedException", Failures.describe(new InterruptedException()));
        assertEquals("IllegalArgumentException", Failures.describe(new IllegalArgumentException()));
        assertEquals("IllegalArgumentException", Failures.describe(new IllegalArgumentException("  ")));
    }

    @Test
    void looksThroughAWrapperThatSaysNothingOfItsOwn() {
        assertEquals("tokenizer.json: found no such file or folder; expected one",
            Failures.describe(new UncheckedIOException(new NoSuchFileException("tokenizer.json"))));
    }

    @Test
    void isOneLineAndNeverEmpty() {
        assertEquals("first", Failures.describe(new CheckpointException("first\nsecond")));
        assertEquals("first", Failures.describe(new CheckpointException("\n first\r\nsecond")));
        assertEquals("RuntimeException: first", Failures.describe(new RuntimeException("first\nsecond")));
        assertEquals("RuntimeException", Failures.describe(new RuntimeException("\n")));
        assertEquals("FailuresTest$1", Failures.describe(new RuntimeException() { }));
    }
}
