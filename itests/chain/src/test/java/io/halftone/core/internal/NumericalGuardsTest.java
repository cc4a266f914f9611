package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.GenerateRequest;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not finite is named, never drawn; what is always zero still gives scales. */
class NumericalGuardsTest {
    private static final byte[] NAN = {0, 0x7e};
    private static final String UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
    private static final String VAE = "vae/diffusion_pytorch_model.fp16.safetensors";

    @TempDir
    Path scratch;

    @Test
    void aPictureOfNaNIsRefusedWithItsStep() throws Exception {
        Path copy = copy();
        fill(copy.resolve(UNET), "conv_out.bias", NAN);
        assertEquals("the backbone's output at step 1: found NaN; expected finite values: try another model dtype", refused(copy));
    }

    @Test
    void aPictureThatTheDecoderSpoilsIsRefused() throws Exception {
        Path copy = copy();
        fill(copy.resolve(VAE), "decoder.conv_out.bias", NAN);
        String message = refused(copy);
        assertTrue(message.matches("vae: found NaN in its pictures, of latents up to [0-9.E-]+; expected finite values: try model dtype Float"), message);
    }

    @Test
    void layersThatSeeOnlyZerosStillGetFiniteScales() throws Exception {
        Path copy = copy();
        // the input of the middle block's feed-forward, and with it all of what its last layer sees
        fill(copy.resolve(UNET), "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight", new byte[2]);
        fill(copy.resolve(UNET), "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.bias", new byte[2]);
        Path checkpoint = scratch.resolve("zeros.safetensors");
        for (String algorithm : List.of("max", "smoothquant")) {
            var settings = new QuantSettings("int8", new QuantLevel("3"), "standard", algorithm, java.util.Map.of(), "max", 1, List.of());
            // one prompt, one step: as little as there can be
            Chain.halftone().quantize(QuantizeRequest.of(PipelineSource.of(copy), settings, CalibrationSettings.of(1, 1, 0), checkpoint.toString(), ""),
                ProgressListener.NONE).await();
            try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
                assertEquals(0, file.read("mid_block.attentions.0.transformer_blocks.0.ff.net.2.input_quantizer._amax").toFloats()[0]);
                for (String name : file.names()) {
                    if (name.endsWith("_scale")) {
                        for (float scale : file.read(name).toFloats()) {
                            assertTrue(scale > 0 && Float.isFinite(scale), name + ": found " + scale + " with " + algorithm);
                        }
                    }
                }
            }
        }
    }

    private String refused(Path pipeline) throws IOException {
        Path picture = scratch.resolve("x.png");
        var request = new GenerateRequest(new PipelineSource(pipeline.toString(), "", DType.FLOAT32), BackboneChoice.fullPrecision(),
            new Sampling(List.of("a"), "", 2, Double.NaN, 0, 0, 0, ""), picture.toString(), "");
        String message = assertThrows(JobException.class, () -> Chain.halftone().generate(request, ProgressListener.NONE).await()).getMessage();
        assertTrue(Files.notExists(picture));
        return message;
    }

    private Path copy() throws IOException {
        Path from = Chain.MODELS.resolve("tiny-sdxl");
        Path to = scratch.resolve("copy");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    /** Gives every element of a float16 tensor the same value. */
    private static void fill(Path file, String tensor, byte[] value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            int header = (int) length.getLong(0);
            ByteBuffer json = ByteBuffer.allocate(header);
            channel.read(json, Long.BYTES);
            Matcher place = Pattern.compile("\"" + Pattern.quote(tensor) + "\":\\{[^}]*\"data_offsets\":\\[(\\d+),(\\d+)\\]")
                .matcher(new String(json.array(), StandardCharsets.UTF_8));
            assertTrue(place.find(), tensor);
            long begin = Long.parseLong(place.group(1));
            ByteBuffer bytes = ByteBuffer.allocate((int) (Long.parseLong(place.group(2)) - begin));
            while (bytes.hasRemaining()) {
                bytes.put(value);
            }
            channel.write(bytes.flip(), Long.BYTES + header + begin);
        }
    }
}
