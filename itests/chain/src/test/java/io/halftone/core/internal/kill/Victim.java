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

/**
 * Writes outputs of the tiny SDXL in two variants by turns, each in place of the other, until it is killed. A stage has a folder of its
 * own; what it begins with are the whole outputs of the stage before, of both variants.
 */
final class Victim {
    static final List<String> STAGES = List.of("quantize", "export", "build");
    /** Folders of outputs, each of which is whole by itself: quantizing writes two, one after the other. */
    static final List<String> OUTPUTS = List.of("quantize", "quantize/hub", "export", "build");
    /** What it says of a calibration that went on where another process was killed. */
    static final String RESUMED = "resumed";

    private static final int BATCHES = 4;
    private static final long SHARD_BYTES = 100_000;

    private final Halftone halftone = Chain.halftone();
    private final Path folder;

    Victim(Path folder) {
        this.folder = folder;
    }

    /** The folder, and the variant to begin with, 0 or 1: all stages at once. */
    public static void main(String[] args) {
        var victim = new Victim(Path.of(args[0]));
        for (String stage : STAGES) {
            new Thread(() -> {
                try {
                    for (int i = Integer.parseInt(args[1]); ; i++) {
                        say(stage);
                        victim.make(stage, i % 2);
                    }
                } catch (Exception e) {
                    e.printStackTrace(System.out);
                    Runtime.getRuntime().halt(1);
                }
            }).start();
        }
    }

    /** Writes a stage's outputs of a variant into its folder. */
    void make(String stage, int variant) throws Exception {
        Path out = folder.resolve(stage);
        switch (stage) {
            case "quantize" -> quantize(out, variant);
            case "export" -> halftone.export(new ExportRequest(Chain.TINY, folder.resolve("checkpoint" + variant + ".safetensors").toString(),
                out.toString(), "onnx", Map.of()), ProgressListener.NONE).await();
            default -> halftone.build(new BuildRequest(folder.resolve("onnx" + variant).toString(), "onnxruntime",
                out.resolve("backbone.plan").toString(), Map.of(), Map.of("threads", "1")), ProgressListener.NONE).await();
        }
    }

    /** Whole outputs of a variant, for the stages behind. */
    void prepare(int variant) throws Exception {
        String checkpoint = folder.resolve("checkpoint" + variant + ".safetensors").toString();
        quantize(CheckpointTarget.compact(checkpoint), variant);
        halftone.export(new ExportRequest(Chain.TINY, checkpoint, folder.resolve("onnx" + variant).toString(), "onnx", Map.of()),
            ProgressListener.NONE).await();
    }

    private void quantize(Path out, int variant) throws Exception {
        var form = variant == 0 ? CheckpointTarget.Form.COMPACT : CheckpointTarget.Form.FULL;
        quantize(new CheckpointTarget(out.resolve("checkpoint.safetensors").toString(), form, SHARD_BYTES, out.resolve("hub").toString()), variant);
    }

    private void quantize(CheckpointTarget target, int variant) throws Exception {
        // one image of 64 pixels a batch, and noise of its own for each variant
        var runs = new CalibrationSettings(List.of(), "", BATCHES, 1, 2, Double.NaN, 64, 64, variant);
        QuantizeResult result = halftone.quantize(new QuantizeRequest(Chain.TINY, QuantSettings.int8(new QuantLevel("3")), runs,
            CalibrationWork.whole(), 1, target, "", Map.of()), ProgressListener.NONE).await();
        if (result.batches() < BATCHES) {
            say(RESUMED);
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
