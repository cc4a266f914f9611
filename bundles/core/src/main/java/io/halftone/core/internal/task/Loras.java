package io.halftone.core.internal.task;

import io.halftone.api.LoraReport;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.run.FusedLora;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.lora.Lora;
import io.halftone.lora.LoraCheck;
import io.halftone.lora.LoraDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The LoRAs of a pipeline folder. */
public final class Loras {
    private static final int LISTED = 5;

    private Loras() {}

    /** Those that are fused, and the layers that others would change. */
    public static LoraReport report(Workplace work, PipelineSource source) throws IOException {
        try (OpenPipeline pipeline = work.open(source)) {
            List<String> unfused = new ArrayList<>();
            for (LoraCheck.Finding finding : LoraCheck.unfused(pipeline.folder().path())) {
                String file = pipeline.folder().path().relativize(finding.file()).toString();
                if (finding.layers().isEmpty()) {
                    unfused.add(file + ": cannot be read");
                }
                finding.layers().forEach(layer -> unfused.add(file + ": " + layer));
            }
            return new LoraReport(pipeline.loras().stream().map(FusedLora::toString).toList(), unfused);
        }
    }

    /**
     * Refuses LoRAs in the folder that are not fused, unless the source says to leave them.
     *
     * @throws IllegalArgumentException naming the files and some of the layers
     */
    static void refuseUnfused(PipelineSource source, OpenPipeline pipeline) throws IOException {
        if (source.leaveLoras()) {
            return;
        }
        for (LoraCheck.Finding finding : LoraCheck.unfused(pipeline.folder().path())) {
            if (pipeline.loras().stream().anyMatch(lora -> lora.digest().equals(LoraDigest.of(new Lora(finding.file(), 1)).sha256()))) {
                continue;
            }
            int layers = finding.layers().size();
            String found = finding.kind() == LoraCheck.Kind.UNREADABLE ? "a LoRA that cannot be read, or is a pickle and never opened"
                : "a LoRA of " + layers + " layers that is not fused, such as " + String.join(", ", finding.layers().subList(0, Math.min(LISTED, layers)));
            throw new IllegalArgumentException(finding.file() + ": found " + found
                + "; expected it fused (fuse-lora), given (--lora), or left aside on purpose (--leave-loras)");
        }
    }
}
