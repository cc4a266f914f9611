package io.halftone.onnx.internal;

import static io.halftone.onnx.internal.OnnxVerifier.require;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A model's initializers as a file has them, in the model or in the data beside it. Trusts nothing that the file says. */
final class Tensors {
    private final Map<String, TensorProto> byName = new LinkedHashMap<>();
    private final Path folder;

    /**
     * @param folder the folder of the model, which external data must not leave
     */
    Tensors(List<TensorProto> initializers, Path folder) {
        this.folder = folder;
        for (TensorProto tensor : initializers) {
            require(byName.put(tensor.getName(), tensor) == null, "initializer " + tensor.getName(), "two of that name", "one");
        }
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** The initializer of that name; null if there is none. */
    TensorProto find(String name) {
        return byName.get(name);
    }

    TensorProto get(String name, String where) {
        TensorProto tensor = byName.get(name);
        require(tensor != null, where, name.isEmpty() ? "none" : name, "an initializer");
        return tensor;
    }

    /** Each tensor has the bytes of its shape; those in a data file lie inside it, and apart from each other. */
    void verify() throws IOException {
        Map<String, TreeMap<Long, TensorProto>> byFile = new TreeMap<>();
        for (TensorProto tensor : byName.values()) {
            long expected = expected(tensor);
            if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
                require(length(tensor) == expected, tensor.getName(), length(tensor) + " bytes", expected);
                TensorProto twin = byFile.computeIfAbsent(location(tensor), f -> new TreeMap<>()).put(offset(tensor), tensor);
                require(twin == null, tensor.getName(), "the offset of " + (twin == null ? "" : twin.getName()), "one of its own");
            } else {
                require(tensor.getRawData().size() == expected, tensor.getName(), tensor.getRawData().size() + " bytes", expected);
            }
        }
        for (var file : byFile.entrySet()) {
            Path path = folder.resolve(file.getKey());
            require(Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS), file.getKey(), "no such file beside the model",
                "the external data");
            long end = 0;
            String before = "";
            for (var entry : file.getValue().entrySet()) {
                TensorProto tensor = entry.getValue();
                require(entry.getKey() >= end, tensor.getName(), "offset " + entry.getKey(), "at least " + end + ", the end of " + before);
                end = entry.getKey() + length(tensor);
                before = tensor.getName();
                require(end <= Files.size(path), tensor.getName(), "bytes up to " + end, "at most " + Files.size(path) + ", the size of "
                    + file.getKey());
            }
        }
    }

    /** The elements as they are stored. */
    byte[] bytes(TensorProto tensor) throws IOException {
        if (tensor.getDataLocation() != DataLocation.EXTERNAL) {
            return tensor.getRawData().toByteArray();
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length(tensor)));
        try (FileChannel channel = FileChannel.open(folder.resolve(location(tensor)))) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset(tensor) + bytes.position()) < 0) {
                    throw new EOFException(tensor.getName() + ": found the end of " + location(tensor) + "; expected " + bytes.remaining()
                        + " more bytes");
                }
            }
        }
        return bytes.array();
    }

    /** The elements of a tensor of a compute type. */
    float[] floats(TensorProto tensor) throws IOException {
        DType type = switch (DataType.forNumber(tensor.getDataType())) {
            case FLOAT -> DType.FLOAT32;
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            default -> null;
        };
        require(type != null, tensor.getName(), DataType.forNumber(tensor.getDataType()), "FLOAT, FLOAT16 or BFLOAT16");
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        return TensorView.host(type, shape, ByteBuffer.wrap(bytes(tensor))).toFloats();
    }

    private static long expected(TensorProto tensor) {
        long bits = Elements.bits(tensor.getDataType());
        require(bits > 0, tensor.getName(), "type " + Elements.name(tensor.getDataType()), "a type of numbers that this exporter writes");
        for (long extent : tensor.getDimsList()) {
            require(extent >= 0, tensor.getName(), tensor.getDimsList(), "extents >= 0");
            bits = Math.multiplyExact(bits, extent);
        }
        return (bits + 7) / 8;
    }

    private static String location(TensorProto tensor) {
        String location = entry(tensor, "location");
        boolean sibling = !location.isEmpty() && !location.contains("/") && !location.contains("\\") && !location.equals("..");
        require(sibling, tensor.getName(), "location " + location, "the name of a file beside the model");
        return location;
    }

    private static long offset(TensorProto tensor) {
        return number(tensor, "offset");
    }

    private static long length(TensorProto tensor) {
        return number(tensor, "length");
    }

    private static long number(TensorProto tensor, String key) {
        String text = entry(tensor, key);
        require(text.matches("\\d{1,18}"), tensor.getName(), key + " " + text, "a whole number >= 0");
        return Long.parseLong(text);
    }

    private static String entry(TensorProto tensor, String key) {
        return tensor.getExternalDataList().stream().filter(e -> e.getKey().equals(key))
            .map(StringStringEntryProto::getValue).findFirst().orElse("");
    }
}
