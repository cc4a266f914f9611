package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.export.ExtentFacts;
import io.halftone.model.ModelSignature.Extent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The engines of NVIDIA Model Optimizer's diffusers example (README, "Build the TRT engine", and diffusion_trt.py, release 0.21 and
 * 0.23): the same shapes by its command lines and by what an export stores.
 */
class PublishedEnginesTest {
    /** Inputs as exports have them, extents as exports store them, and the shapes of the published engine. */
    private enum Engine {
        SDXL("sample:batch_size,4,height,width timestep:steps encoder_hidden_states:batch_size,sequence_length,2048 "
            + "text_embeds:batch_size,1280 time_ids:batch_size,6",
            "{\"batch_size\":[2,16,16],\"height\":[128,128,128],\"sequence_length\":[77,77,77],\"steps\":[1,1,1],\"width\":[128,128,128]}",
            "sample:2x4x128x128,timestep:1,encoder_hidden_states:2x77x2048,text_embeds:2x1280,time_ids:2x6",
            "sample:16x4x128x128,timestep:1,encoder_hidden_states:16x77x2048,text_embeds:16x1280,time_ids:16x6"),
        SD21("sample:batch_size,4,height,width timestep:steps encoder_hidden_states:batch_size,sequence_length,1024",
            "{\"batch_size\":[2,16,16],\"height\":[96,96,96],\"sequence_length\":[77,77,77],\"steps\":[1,1,1],\"width\":[96,96,96]}",
            "sample:2x4x96x96,timestep:1,encoder_hidden_states:2x77x1024", "sample:16x4x96x96,timestep:1,encoder_hidden_states:16x77x1024"),
        SD21_BASE("sample:batch_size,4,height,width timestep:steps encoder_hidden_states:batch_size,sequence_length,1024",
            "{\"batch_size\":[2,16,16],\"height\":[64,64,64],\"sequence_length\":[77,77,77],\"steps\":[1,1,1],\"width\":[64,64,64]}",
            "sample:2x4x64x64,timestep:1,encoder_hidden_states:2x77x1024", "sample:16x4x64x64,timestep:1,encoder_hidden_states:16x77x1024"),
        SD3("hidden_states:batch_size,16,height,width encoder_hidden_states:batch_size,sequence_length,4096 "
            + "pooled_projections:batch_size,2048 timestep:steps",
            "{\"batch_size\":[2,16,16],\"height\":[128,128,128],\"sequence_length\":[333,333,333],\"steps\":[2,16,16],\"width\":[128,128,128]}",
            "hidden_states:2x16x128x128,timestep:2,encoder_hidden_states:2x333x4096,pooled_projections:2x2048",
            "hidden_states:16x16x128x128,timestep:16,encoder_hidden_states:16x333x4096,pooled_projections:16x2048"),
        FLUX("hidden_states:batch_size,latent_dim,64 encoder_hidden_states:batch_size,sequence_length,4096 "
            + "pooled_projections:batch_size,768 timestep:batch_size img_ids:latent_dim,3 txt_ids:sequence_length,3 guidance:batch_size",
            "{\"batch_size\":[1,1,1],\"latent_dim\":[4096,4096,4096],\"sequence_length\":[512,512,512]}",
            "hidden_states:1x4096x64,img_ids:4096x3,encoder_hidden_states:1x512x4096,txt_ids:512x3,timestep:1,pooled_projections:1x768,"
                + "guidance:1", ""),
        FLUX_WITH_BATCHES_OF_PLACES("hidden_states:batch_size,latent_dim,64 encoder_hidden_states:batch_size,sequence_length,4096 "
            + "pooled_projections:batch_size,768 timestep:batch_size img_ids:batch_size,latent_dim,3 txt_ids:batch_size,sequence_length,3 "
            + "guidance:batch_size", FLUX.stored,
            "hidden_states:1x4096x64,img_ids:1x4096x3,encoder_hidden_states:1x512x4096,txt_ids:1x512x3,timestep:1,pooled_projections:1x768,"
                + "guidance:1", "");

        private final String inputs;
        private final String stored;
        private final String least;
        private final String greatest;

        Engine(String inputs, String stored, String least, String greatest) {
            this.inputs = inputs;
            this.stored = stored;
            this.least = least;
            this.greatest = greatest.isEmpty() ? least : greatest;
        }

        private OnnxFile model(Map<String, String> metadata) {
            Map<String, List<String>> ports = new LinkedHashMap<>();
            for (String port : inputs.split(" ")) {
                ports.put(port.split(":")[0], List.of(port.split(":")[1].split(",")));
            }
            return new OnnxFile(Path.of("backbone.onnx"), ports, metadata, Map.of(), List.of(), Set.of());
        }

        private OnnxFile exported() {
            return model(Map.of(ExtentFacts.KEY, stored));
        }
    }

    private static Map<String, List<Long>> shapes(String text) {
        return Shapes.parse("shapes", text).byName();
    }

    @ParameterizedTest
    @EnumSource
    void isBuiltOfWhatAnExportStores(Engine engine) {
        Profile profile = Profile.of(engine.exported(), Map.of(), BuildOptions.of(Map.of()));
        assertEquals(shapes(engine.least), profile.least().byName());
        assertEquals(shapes(engine.greatest), profile.usual().byName());
        assertEquals(shapes(engine.greatest), profile.greatest().byName());
    }

    @ParameterizedTest
    @EnumSource
    void isBuiltByItsCommandLine(Engine engine) {
        BuildOptions options = BuildOptions.of(Map.of("builderOptimizationLevel", "4", "stronglyTyped", "true", "minShapes", engine.least,
            "optShapes", engine.greatest, "maxShapes", engine.greatest));
        assertEquals(4, options.level());
        assertEquals(Profile.of(engine.exported(), Map.of(), BuildOptions.of(Map.of())), Profile.of(engine.model(Map.of()), Map.of(), options));
    }

    @ParameterizedTest
    @EnumSource
    void extentsCountBeforeThoseStoredAndShapesBeforeExtents(Engine engine) {
        Map<String, Extent> extents = Map.of("batch_size", new Extent(3, 3, 3));
        String input = engine.inputs.split(":")[0];
        assertEquals(3, Profile.of(engine.exported(), extents, BuildOptions.of(Map.of())).usual().byName().get(input).get(0));
        assertEquals(shapes(engine.least).get(input),
            Profile.of(engine.exported(), extents, BuildOptions.of(Map.of("opt-shapes", engine.least))).usual().byName().get(input));
    }

    @ParameterizedTest
    @EnumSource
    void needsExtentsFromSomewhere(Engine engine) {
        String first = engine.inputs.split(" ")[0];
        assertEquals("input " + first.split(":")[0] + ": found no extent of batch_size in ["
            + first.split(":")[1].replace(",", ", ") + "]; expected one, or min-shapes, opt-shapes and max-shapes with " + first.split(":")[0],
            assertThrows(IllegalArgumentException.class, () -> Profile.of(engine.model(Map.of()), Map.of(), BuildOptions.of(Map.of()))).getMessage());
    }
}
