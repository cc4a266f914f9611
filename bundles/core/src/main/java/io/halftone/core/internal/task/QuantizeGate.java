package io.halftone.core.internal.task;

import io.halftone.api.QualityGate;
import io.halftone.core.internal.evaluate.Gate;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.metrics.Lpips;
import io.halftone.metrics.LpipsNetwork;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds the pictures of a quantized model, of prompts that were not calibrated with, against what a request asks of them. */
final class QuantizeGate {
    private final TrialJudge judge;
    private final EagerRuntime runtime;
    private final QualityGate asked;

    QuantizeGate(TrialJudge judge, EagerRuntime runtime, QualityGate asked) {
        this.judge = judge;
        this.runtime = runtime;
        this.asked = asked;
        if (!asked.lpips().isEmpty() && !Files.isRegularFile(Path.of(asked.lpips()))) {
            throw new IllegalArgumentException("lpips-weights " + asked.lpips() + ": found no such file; expected one");
        }
    }

    /**
     * Makes the pictures, writes them, and fails if one does not pass.
     *
     * @param folder of the pictures: reference and candidate of each prompt
     * @throws io.halftone.api.QualityException naming the worst
     */
    void judge(QuantizedModel model, Path folder, Monitor monitor) throws IOException {
        List<Picture> expected = judge.expected(monitor);
        List<Picture> found = judge.pictures(model, monitor);
        List<Double> distances = distances(expected, found);
        Gate gate = new Gate(asked);
        for (int i = 0; i < found.size(); i++) {
            Png.write(expected.get(i), folder.resolve("reference_" + i + ".png"), Map.of());
            Path candidate = folder.resolve("candidate_" + i + ".png");
            Png.write(found.get(i), candidate, Map.of());
            gate.judge(candidate.getFileName() + ", prompt \"" + judge.prompts().get(i) + "\"", ImageMetrics.psnr(expected.get(i),
                found.get(i)),
                ImageMetrics.ssim(expected.get(i), found.get(i)), distances.get(i));
        }
        gate.enforce(folder.toString());
    }

    private List<Double> distances(List<Picture> expected, List<Picture> found) throws IOException {
        List<Double> distances = new ArrayList<>();
        if (asked.lpips().isEmpty()) {
            found.forEach(picture -> distances.add(Double.NaN));
            return distances;
        }
        try (Safetensors parameters = SafetensorsFiles.open(Path.of(asked.lpips()))) {
            LpipsNetwork network = LpipsNetwork.of(asked.lpips(), parameters);
            runtime.run(new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) {
                    var lpips = new Lpips<>(context.ops(parameters, DType.FLOAT32), network);
                    for (int i = 0; i < found.size(); i++) {
                        distances.add(lpips.distance(expected.get(i), found.get(i)));
                    }
                    return null;
                }
            });
        }
        return distances;
    }
}
