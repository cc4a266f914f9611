package io.halftone.core.internal.bench;

import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Exports a pipeline's backbone in its own process and prints the peak of its resident set. Arguments: pipeline folder, output folder, type. */
public final class ExportMemory {
    private ExportMemory() {}

    public static void main(String[] args) throws Exception {
        var source = new PipelineSource(args[0], "", DType.valueOf(args[2]));
        ExportResult result = Chain.halftone().export(new ExportRequest(source, "", args[1], "onnx", Map.of()), ProgressListener.NONE).await();
        String peak = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow();
        System.out.printf("%d bytes in %.1f s, %s%n", result.bytes(), result.seconds(), peak);
        System.exit(0);
    }
}
