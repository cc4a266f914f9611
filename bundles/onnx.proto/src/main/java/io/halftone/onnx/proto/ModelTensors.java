package io.halftone.onnx.proto;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Message;
import java.util.List;
import java.util.function.Consumer;

/** The tensors of a model, wherever they stand. */
final class ModelTensors {
    private ModelTensors() {
    }

    /** Hands on every tensor: initializers, sparse ones too, and attributes, of the graph, of graphs inside and of functions. */
    static void forEach(ModelProto model, Consumer<TensorProto> action) {
        visit(model, action);   // no deeper than the parser goes, which is 100
    }

    private static void visit(Message message, Consumer<TensorProto> action) {
        if (message instanceof TensorProto tensor) {
            action.accept(tensor);
            return;
        }
        for (Object value : message.getAllFields().values()) {
            if (value instanceof Message inner) {
                visit(inner, action);
            } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Message) {
                list.forEach(inner -> visit((Message) inner, action));
            }
        }
    }
}
