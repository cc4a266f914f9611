package io.halftone.core.internal.calibrate;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files of calibration statistics; a digest that is all zeros is made right, so that inputs get past it. */
public final class StatisticsFuzz {
    private static final Path FILE = Scratch.file("statistics.safetensors");
    private static final String ZEROS = "0".repeat(64);

    private StatisticsFuzz() {
    }

    /** One input: as {@link Scratch#safetensors} has it. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.safetensors(FILE, data);
        String text = new String(data, StandardCharsets.ISO_8859_1);
        if (text.contains(ZEROS)) {
            Contract.check(() -> Scratch.safetensors(FILE, text.replace(ZEROS, digest()).getBytes(StandardCharsets.ISO_8859_1)),
                List.of(CheckpointException.class));
        }
        Contract.check(() -> StatisticsFile.read(FILE), List.of(CheckpointException.class));
    }

    private static String digest() {
        try (SafetensorsFile file = SafetensorsFile.open(FILE)) {
            Map<String, TensorView> tensors = new TreeMap<>();
            file.names().forEach(name -> tensors.put(name, file.read(name)));
            return StatisticsFile.digest(tensors);
        }
    }
}
