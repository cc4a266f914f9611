package io.halftone.core.internal.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.autoencoder.internal.AutoencoderKlAdapter;
import io.halftone.clip.internal.ClipTextAdapter;
import io.halftone.flux.internal.FluxTransformerAdapter;
import io.halftone.fuzz.Contract;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.sd3.internal.Sd3TransformerAdapter;
import io.halftone.t5.internal.T5EncoderAdapter;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Configurations of every architecture, as far as the shapes of the model: absurd sizes, wrong kinds, lists of any length. */
public final class ModelFuzz {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<ModelAdapter> ADAPTERS = List.of(new UNet2DConditionAdapter(), new FluxTransformerAdapter(),
        new Sd3TransformerAdapter(), new ClipTextAdapter(),
        new T5EncoderAdapter(), new AutoencoderKlAdapter());

    private ModelFuzz() {
    }

    /** One input: the first byte chooses the architecture, the rest is the configuration. */
    public static void fuzzerTestOneInput(byte[] data) {
        Map<?, ?> values;
        try {
            if (data.length == 0 || !(JSON.readValue(data, 1, data.length - 1, Object.class) instanceof Map<?, ?> map)) {
                return;
            }
            values = map;
        } catch (IOException e) {
            return;   // the reader of JSON has a target of its own
        }
        @SuppressWarnings("unchecked")
        ModelConfig config = ModelConfig.of("x", (Map<String, ?>) values);
        ModelAdapter adapter = ADAPTERS.get(Math.floorMod(data[0], ADAPTERS.size()));
        Contract.check(() -> Scan.of(adapter, config), List.of(IllegalArgumentException.class));
    }
}
