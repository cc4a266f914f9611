package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.ExportRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.api.SynthesizeRequest;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that ends before it has written anything leaves no folder that was not there. */
class NoFolderLeftTest {
    private static final String STOP = "the listener has seen enough";

    @TempDir
    Path scratch;
    private final Halftone halftone = Chain.halftone();

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.walk(scratch)) {
            assertEquals(List.of(), left.skip(1).map(scratch::relativize).map(Path::toString).filter(path -> path.startsWith("out")).toList());
        }
    }

    private String out(String name) {
        return scratch.resolve("out").resolve(name).toString();
    }

    /** Fails at the first word of a stage. */
    private static void stopped(String stage, Function<ProgressListener, Job<?>> start) {
        Job<?> job = start.apply(progress -> {
            if (progress.stage().startsWith(stage)) {
                throw new IllegalStateException(STOP);
            }
        });
        assertEquals(STOP, assertThrows(JobException.class, job::await).getCause().getMessage());
    }

    private static CalibrationSettings shortRun() {
        return CalibrationSettings.of(1, 1, 0);
    }

    @Test
    void quantizeThatFailsWhileItCalibrates() {
        var request = QuantizeRequest.of(Chain.TINY, QuantSettings.int8(new QuantLevel("1")), shortRun(), out("a/q.safetensors"), out("b/onnx"));
        stopped("load", listener -> halftone.quantize(request, listener));
    }

    @Test
    void exportThatFailsWhileItWrites() {
        var request = new ExportRequest(Chain.TINY, "", out("a/onnx"), "onnx", Map.of());
        stopped("export", listener -> halftone.export(request, listener));
    }

    @Test
    void generateAndCompareThatFail() {
        Sampling sampling = Sampling.of("a", 0);
        stopped("load", listener -> halftone.generate(new GenerateRequest(Chain.TINY, BackboneChoice.fullPrecision(), sampling, out("a/x.png"),
            out("b/dump.safetensors")), listener));
        stopped("load", listener -> halftone.compare(new CompareRequest(Chain.TINY, BackboneChoice.fullPrecision(), BackboneChoice.fullPrecision(),
            sampling, out("c"), 0), listener));
    }

    @Test
    void buildOfWhatIsNoModel() throws IOException {
        Path model = Files.write(scratch.resolve("backbone.onnx"), new byte[100]);
        Job<?> job = halftone.build(new BuildRequest(model.toString(), "onnxruntime", out("a/b.plan"), Map.of(), Map.of()), ProgressListener.NONE);
        assertThrows(JobException.class, job::await);
    }

    @Test
    void synthesizeThatFailsWhileItWrites() {
        stopped("synthesize", listener -> halftone.synthesize(new SynthesizeRequest("sd2.1", out("a/sd"), "vae", DType.FLOAT16, 0), listener));
    }
}
