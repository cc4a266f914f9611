package io.halftone.safetensors;

import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Files made by hand, so that a test can make what no writer would. */
final class Samples {
    private Samples() {
    }

    /** A file with that header, not padded, and so many zero bytes of data. */
    static Path file(Path folder, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return file(folder, text.length, text, dataBytes);
    }

    /** A file that claims a header of that length. */
    static Path file(Path folder, long headerBytes, byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(headerBytes).put(header);
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    static byte[] golden(String name) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    static Parameters.Info info(DType dtype, long... shape) {
        return new Parameters.Info(dtype, shape);
    }

    /** Bytes that count up from the seed, modulo 251; truth values of 0 and 1. As make_goldens.py makes them. */
    static TensorView counting(Parameters.Info info, int seed) {
        int modulus = info.dtype() == DType.BOOL ? 2 : 251;
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) info.byteLength());
        for (int i = 0; bytes.hasRemaining(); i++) {
            bytes.put((byte) ((seed + i) % modulus));
        }
        return TensorView.host(info.dtype(), info.shape(), bytes.flip());
    }

    /** A file of float32 tensors; each holds its one value. */
    static void floats(Path file, Map<String, Float> values, Map<String, String> metadata) throws IOException {
        Map<String, Parameters.Info> tensors = new TreeMap<>();
        values.keySet().forEach(name -> tensors.put(name, info(DType.FLOAT32, 1)));
        try (var writer = SafetensorsWriter.create(file, tensors, metadata)) {
            for (var value : values.entrySet()) {
                writer.write(value.getKey(), TensorView.ofFloats(new float[] {value.getValue()}, 1));
            }
            writer.commit();
        }
    }
}
