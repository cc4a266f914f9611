package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a model file field by field and passes over the bytes of tensors, so that a file of 2 GB takes no more memory than its graph.
 * Fields that it does not know are passed over too.
 */
final class OutlineReader {
    /** Graphs in nodes of graphs: more are no model, and would end the stack. */
    private static final int DEEPEST = 50;
    private static final int MOST_AXES = 64;

    private final CodedInputStream in;
    private int depth;

    private OutlineReader(InputStream in) {
        this.in = CodedInputStream.newInstance(in);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no ONNX model, or cut off
     */
    static Outline read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new OutlineReader(in).model(file);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(file + ": found no ONNX model, or one that is cut off (" + e.getMessage() + "); expected one", e);
        }
    }

    /** What one field of a message means. */
    @FunctionalInterface
    private interface Field {
        /**
         * Reads a field and says so, or leaves it where it is.
         *
         * @param number of the field where it has a length of its own; negated where it is a number
         */
        boolean read(int number) throws IOException;
    }

    /** Reads fields up to the end of a message. */
    private void fields(Field field) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> WireFormat.getTagFieldNumber(tag);
                case WireFormat.WIRETYPE_VARINT -> -WireFormat.getTagFieldNumber(tag);
                default -> 0;   // the number of no field
            };
            if (!field.read(number)) {
                in.skipField(tag);
            }
        }
    }

    /** Reads a message inside this one. */
    private void message(Field field) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        fields(field);
        if (in.getBytesUntilLimit() != 0) {
            throw new InvalidProtocolBufferException("a message ends before its length");
        }
        in.popLimit(limit);
    }

    private <M extends MessageLite> M message(Parser<M> parser) throws IOException {
        return in.readMessage(parser, ExtensionRegistryLite.getEmptyRegistry());
    }

    private Outline model(Path file) throws IOException {
        long[] version = new long[1];
        String[] producer = {"", ""};
        Map<String, Long> opsets = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Outline.Graph> graphs = new ArrayList<>();
        fields(field -> {
            switch (field) {
                case -ModelProto.IR_VERSION_FIELD_NUMBER -> version[0] = in.readInt64();
                case ModelProto.PRODUCER_NAME_FIELD_NUMBER -> producer[0] = in.readString();
                case ModelProto.PRODUCER_VERSION_FIELD_NUMBER -> producer[1] = in.readString();
                case ModelProto.OPSET_IMPORT_FIELD_NUMBER -> {
                    OperatorSetIdProto opset = message(OperatorSetIdProto.parser());
                    opsets.merge(opset.getDomain().equals("ai.onnx") ? "" : opset.getDomain(), opset.getVersion(), Math::max);
                }
                case ModelProto.METADATA_PROPS_FIELD_NUMBER -> {
                    StringStringEntryProto entry = message(StringStringEntryProto.parser());
                    metadata.put(entry.getKey(), entry.getValue());
                }
                case ModelProto.GRAPH_FIELD_NUMBER -> graphs.add(graph());
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (graphs.size() != 1) {
            throw new IllegalArgumentException(file + ": found " + graphs.size() + " graphs; expected an ONNX model, which has one");
        }
        return new Outline(version[0], (producer[0] + " " + producer[1]).strip(), opsets, graphs.get(0), metadata);
    }

    private Outline.Graph graph() throws IOException {
        if (++depth > DEEPEST) {
            throw new InvalidProtocolBufferException("graphs in graphs, " + depth + " deep");
        }
        var graph = new Outline.Graph(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        message(field -> {
            switch (field) {
                case GraphProto.NODE_FIELD_NUMBER -> graph.nodes().add(node());
                case GraphProto.INITIALIZER_FIELD_NUMBER -> graph.initializers().add(tensor());
                case GraphProto.INPUT_FIELD_NUMBER -> graph.inputs().add(message(ValueInfoProto.parser()));
                case GraphProto.OUTPUT_FIELD_NUMBER -> graph.outputs().add(message(ValueInfoProto.parser()));
                default -> {
                    return false;
                }
            }
            return true;
        });
        depth--;
        return graph;
    }

    private Outline.Node node() throws IOException {
        String[] text = {"", "", ""};
        int[] outputType = new int[1];
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<Outline.Tensor> tensors = new ArrayList<>();
        List<Outline.Graph> graphs = new ArrayList<>();
        message(field -> {
            switch (field) {
                case NodeProto.NAME_FIELD_NUMBER -> text[0] = in.readString();
                case NodeProto.OP_TYPE_FIELD_NUMBER -> text[1] = in.readString();
                case NodeProto.DOMAIN_FIELD_NUMBER -> text[2] = in.readString();
                case NodeProto.INPUT_FIELD_NUMBER -> inputs.add(in.readString());
                case NodeProto.OUTPUT_FIELD_NUMBER -> outputs.add(in.readString());
                case NodeProto.ATTRIBUTE_FIELD_NUMBER -> attribute(outputType, tensors, graphs);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return new Outline.Node(text[0], text[1], text[2], inputs, outputs, outputType[0], tensors, graphs);
    }

    private void attribute(int[] outputType, List<Outline.Tensor> tensors, List<Outline.Graph> graphs) throws IOException {
        String[] name = {""};
        long[] value = new long[1];
        message(field -> {
            switch (field) {
                case AttributeProto.NAME_FIELD_NUMBER -> name[0] = in.readString();
                case -AttributeProto.I_FIELD_NUMBER -> value[0] = in.readInt64();
                case AttributeProto.T_FIELD_NUMBER, AttributeProto.TENSORS_FIELD_NUMBER -> tensors.add(tensor());
                case AttributeProto.G_FIELD_NUMBER, AttributeProto.GRAPHS_FIELD_NUMBER -> graphs.add(graph());
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (name[0].equals("output_dtype")) {
            outputType[0] = (int) value[0];
        }
    }

    private Outline.Tensor tensor() throws IOException {
        String[] name = {""};
        int[] type = new int[1];
        long[] inline = new long[1];
        boolean[] is = new boolean[2];   // raw, external
        List<Long> dims = new ArrayList<>();
        Map<String, String> entries = new LinkedHashMap<>();
        message(field -> {
            switch (field) {
                case TensorProto.NAME_FIELD_NUMBER -> name[0] = in.readString();
                case -TensorProto.DATA_TYPE_FIELD_NUMBER -> type[0] = in.readInt32();
                case TensorProto.DIMS_FIELD_NUMBER -> packed(dims);
                case -TensorProto.DIMS_FIELD_NUMBER -> extent(dims);
                case -TensorProto.DATA_LOCATION_FIELD_NUMBER -> is[1] = in.readEnum() == TensorProto.DataLocation.EXTERNAL_VALUE;
                case TensorProto.EXTERNAL_DATA_FIELD_NUMBER -> {
                    StringStringEntryProto entry = message(StringStringEntryProto.parser());
                    entries.put(entry.getKey(), entry.getValue());
                }
                default -> {
                    if (field <= 0 || field == TensorProto.DOC_STRING_FIELD_NUMBER) {
                        return false;
                    }
                    is[0] |= field == TensorProto.RAW_DATA_FIELD_NUMBER;
                    int length = in.readRawVarint32();
                    in.skipRawBytes(length);
                    inline[0] += length;
                }
            }
            return true;
        });
        if (is[1] && !entries.containsKey("location")) {
            entries.put("location", "");
        }
        return new Outline.Tensor(name[0], type[0], dims, inline[0], is[0], is[1] ? entries : Map.of());
    }

    /** Extents, one behind the other. */
    private void packed(List<Long> dims) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
            extent(dims);
        }
        in.popLimit(limit);
    }

    private void extent(List<Long> dims) throws IOException {
        if (dims.size() == MOST_AXES) {
            throw new InvalidProtocolBufferException("a tensor of more than " + MOST_AXES + " axes");
        }
        dims.add(in.readInt64());
    }
}
