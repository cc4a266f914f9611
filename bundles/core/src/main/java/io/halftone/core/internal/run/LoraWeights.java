package io.halftone.core.internal.run;

import io.halftone.api.LoraSource;
import io.halftone.lora.Lora;
import io.halftone.lora.LoraDigest;
import io.halftone.lora.LoraFolder;
import io.halftone.lora.LoraFusion;
import io.halftone.ops.Parameters;
import io.halftone.pipeline.Fingerprint;
import io.halftone.pipeline.PipelineFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A folder's weights with LoRAs fused in as they are read; without any, the folder's own. */
final class LoraWeights implements AutoCloseable {
    private final PipelineFolder folder;
    private final List<FusedLora> fused;
    private final LoraFusion fusion;
    /** By component; each is computed once. */
    private final Map<String, String> fingerprints = new ConcurrentHashMap<>();

    private LoraWeights(PipelineFolder folder, List<FusedLora> fused, LoraFusion fusion) {
        this.folder = folder;
        this.fused = List.copyOf(fused);
        this.fusion = fusion;
    }

    /**
     * Matches the LoRAs with the components.
     *
     * @throws IllegalArgumentException if the folder has LoRAs fused already
     */
    static LoraWeights open(PipelineFolder folder, List<String> components, List<LoraSource> loras) {
        List<FusedLora> fused = new ArrayList<>();
        LoraFolder.fused(folder.path()).forEach(lora -> fused.add(fused(lora)));
        if (loras.isEmpty()) {
            return new LoraWeights(folder, fused, null);
        }
        if (!fused.isEmpty()) {
            throw new IllegalArgumentException(folder.path() + ": found LoRAs fused already, " + fused.get(0)
                + "; expected the base pipeline: take them out (unfuse-lora), and fuse all at once");
        }
        Map<String, Parameters> weights = new LinkedHashMap<>();
        components.forEach(component -> weights.put(component, folder.parameters(component)));
        LoraFusion fusion = LoraFusion.open(loras.stream().map(lora -> new Lora(Path.of(lora.file()), lora.scale())).toList(), weights);
        fusion.digests().forEach(lora -> fused.add(fused(lora)));
        return new LoraWeights(folder, fused, fusion);
    }

    private static FusedLora fused(LoraDigest lora) {
        return new FusedLora(lora.file(), lora.sha256(), lora.scale());
    }

    List<FusedLora> fused() {
        return fused;
    }

    Parameters parameters(String component) {
        return fusion == null ? folder.parameters(component) : fusion.parameters(component);
    }

    /** As the folder has it, or would have it with the LoRAs fused into its files. */
    String fingerprint(String component) {
        if (fusion == null || !fusion.touched().contains(component)) {
            return folder.fingerprint(component);
        }
        return fingerprints.computeIfAbsent(component, name -> Fingerprint.of(parameters(name)));
    }

    @Override
    public void close() {
        if (fusion != null) {
            fusion.close();
        }
    }
}
