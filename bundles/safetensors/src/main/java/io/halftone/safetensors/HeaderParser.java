package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Turns a header's text into its entries; each is checked by itself, their layout later. */
final class HeaderParser {
    private static final String TYPES = Arrays.stream(DType.values()).map(DType::code).collect(Collectors.joining(", "));

    private final Path path;
    private final SortedMap<String, Header.Entry> tensors = new TreeMap<>();
    private SortedMap<String, String> metadata;

    HeaderParser(Path path) {
        this.path = path;
    }

    Header parse(InputStream text, long dataStart) {
        StrictJson.parse(path + ": header", text, this::object);
        return new Header(dataStart, Collections.unmodifiableSortedMap(tensors),
            Collections.unmodifiableSortedMap(metadata == null ? new TreeMap<>() : metadata));
    }

    private void object(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals(Header.METADATA)) {
                if (metadata != null) {
                    throw twice(name);
                }
                metadata = StrictJson.texts(json, path + ": " + name, Header.METADATA_TEXT);
            } else if (tensors.containsKey(name)) {
                throw twice(name);
            } else if (tensors.size() == Header.TENSORS) {
                throw new CheckpointException(path + ": found more than " + Header.TENSORS + " tensors; expected at most so many in one file");
            } else {
                tensors.put(name, entry(json, name));
            }
        }
    }

    private Header.Entry entry(JsonParser json, String name) throws IOException {
        String where = path + ": " + name;
        StrictJson.expect(json, JsonToken.START_OBJECT, where);
        String code = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            String inner = where + ": " + key;
            json.nextToken();
            switch (key) {
                case "dtype" -> {
                    StrictJson.once(code, inner);
                    StrictJson.expect(json, JsonToken.VALUE_STRING, inner);
                    code = json.getText();
                }
                case "shape" -> {
                    StrictJson.once(shape, inner);
                    shape = extents(json, inner);
                }
                case "data_offsets" -> {
                    StrictJson.once(offsets, inner);
                    offsets = extents(json, inner);
                }
                default -> throw new CheckpointException(where + ": found key " + key + "; expected dtype, shape and data_offsets");
            }
        }
        if (code == null || shape == null || offsets == null) {
            throw new CheckpointException(where + ": found no " + (code == null ? "dtype" : shape == null ? "shape" : "data_offsets")
                + "; expected dtype, shape and data_offsets");
        }
        return entry(where, code, shape, offsets);
    }

    private static Header.Entry entry(String where, String code, long[] shape, long[] offsets) {
        DType dtype = DType.ofCode(code).orElseThrow(() ->
            new CheckpointException(where + ": found dtype " + StrictJson.shown(code) + "; expected one of " + TYPES));
        if (offsets.length != 2 || offsets[1] < offsets[0]) {
            throw new CheckpointException(where + ": found data_offsets " + Arrays.toString(offsets) + "; expected [begin, end]");
        }
        long expected;
        try {
            expected = TensorView.byteLength(dtype, shape);
        } catch (ArithmeticException e) {
            throw new CheckpointException(where + ": found shape " + Arrays.toString(shape) + "; expected less than 2^63 bytes", e);
        }
        long found = offsets[1] - offsets[0];
        if (found != expected) {
            throw new CheckpointException(where + ": found " + found + " bytes; expected " + expected + " for "
                + Arrays.toString(shape) + " " + dtype);
        }
        return new Header.Entry(new Parameters.Info(dtype, shape), offsets[0], offsets[1]);
    }

    private static long[] extents(JsonParser json, String where) throws IOException {
        StrictJson.expect(json, JsonToken.START_ARRAY, where);
        long[] values = new long[Header.AXES];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count == Header.AXES) {
                throw new CheckpointException(where + ": found more than " + Header.AXES + " numbers; expected at most so many");
            }
            StrictJson.expect(json, JsonToken.VALUE_NUMBER_INT, where);
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                throw new CheckpointException(where + ": found " + json.getText() + "; expected an integer from 0 to 2^63 - 1");
            }
            values[count++] = json.getLongValue();
        }
        return Arrays.copyOf(values, count);
    }

    private CheckpointException twice(String name) {
        return new CheckpointException(path + ": " + name + ": found twice; expected once");
    }
}
