package io.halftone.core.internal.kill;

import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.ExportRequest;
import io.halftone.api.Halftone;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.core.internal.Chain;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Quantizes, exports and builds the tiny SDXL in two variants by turns, each in place of the other, until it is killed. */
final class Victim {
    /** What it says before a stage, with the stage's name behind. */
    static final String STAGE = "stage: ";
    /** What it says of a calibration that went on where another process was killed. */
    static final String RESUMED = "resumed";

    static final List<String> STAGES = List.of("quantize", "export", "build");

    private static final int BATCHES = 4;
    private static final long SHARD_BYTES = 100_000;

    private final Halftone halftone = Chain.halftone();
    private final Path folder;

    Victim(Path folder) {
        this.folder = folder;
    }

    /** The folder, the variant to begin with, 0 or 1, and the stage. */
    public static void main(String[] args) throws Exception {
        var victim = new Victim(Path.of(args[0]));
        int first = STAGES.indexOf(args[2]);
        for (int i = Integer.parseInt(args[1]); ; i++) {
            victim.make(i % 2, first);
            first = 0;
        }
    }

    /** Writes the outputs of a variant, of those stages that come from the first on; what comes before them is there. */
    void make(int variant, int first) throws Exception {
        if (first == 0) {
            say(STAGE + "quantize");
            quantize(variant);
        }
        if (first <= 1) {
            say(STAGE + "export");
            halftone.export(new ExportRequest(Chain.TINY, folder.resolve("checkpoint.safetensors.index.json").toString(),
                folder.resolve("onnx").toString(), "onnx", Map.of()), ProgressListener.NONE).await();
        }
        say(STAGE + "build");
        halftone.build(new BuildRequest(folder.resolve("onnx").toString(), "onnxruntime", folder.resolve("engine/backbone.plan").toString(), Map.of(),
            Map.of("threads", "1")), ProgressListener.NONE).await();
    }

    private void quantize(int variant) throws Exception {
        var form = variant == 0 ? CheckpointTarget.Form.COMPACT : CheckpointTarget.Form.FULL;
        var target = new CheckpointTarget(folder.resolve("checkpoint.safetensors").toString(), form, SHARD_BYTES, folder.resolve("hub").toString());
        // one image of 64 pixels a batch, and noise of its own for each variant
        var runs = new CalibrationSettings(List.of(), "", BATCHES, 1, 2, Double.NaN, 64, 64, variant);
        QuantizeResult result = halftone.quantize(new QuantizeRequest(Chain.TINY, QuantSettings.int8(new QuantLevel("3")), runs,
            CalibrationWork.whole(), 1, target, "", Map.of()), ProgressListener.NONE).await();
        if (result.batches() < BATCHES) {
            say(RESUMED);
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
