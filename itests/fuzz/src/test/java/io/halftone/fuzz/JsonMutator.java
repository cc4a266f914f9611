package io.halftone.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes JSON of one that is read, the same ones from the same seed: whatever comes is JSON, of which parts are others, gone, or there twice. */
final class JsonMutator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Random random;
    private final JsonNode whole;
    private final List<JsonNode> values = new ArrayList<>();

    /**
     * A mutator.
     *
     * @param values JSON that parts are replaced with, beside parts of the whole
     */
    JsonMutator(long seed, byte[] whole, List<String> values) throws IOException {
        this.random = new Random(seed);
        this.whole = JSON.readTree(whole);
        for (String value : values) {
            this.values.add(JSON.readTree(value));
        }
    }

    /** The next text. */
    byte[] next() {
        JsonNode root = whole.deepCopy();
        for (int changes = random.nextInt(3); changes >= 0; changes--) {
            List<ContainerNode<?>> parents = parents(root, new ArrayList<>());
            change(parents.get(random.nextInt(parents.size())), parents);
        }
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<ContainerNode<?>> parents(JsonNode node, List<ContainerNode<?>> found) {
        if (node instanceof ContainerNode<?> container && !container.isEmpty()) {
            found.add(container);
            container.forEach(child -> parents(child, found));
        }
        return found;
    }

    private void change(ContainerNode<?> parent, List<ContainerNode<?>> others) {
        int at = random.nextInt(parent.size());
        boolean goes = random.nextInt(4) == 0;
        JsonNode value = value(others);
        if (parent instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            if (goes) {
                object.remove(names.get(at));
            } else {
                object.set(names.get(at), value);
            }
        } else if (parent instanceof ArrayNode array) {
            if (goes) {
                array.remove(at);
            } else if (random.nextBoolean()) {
                array.set(at, value);
            } else {
                array.insert(at, value);
            }
        }
    }

    private JsonNode value(List<ContainerNode<?>> others) {
        if (random.nextBoolean()) {
            return values.get(random.nextInt(values.size())).deepCopy();
        }
        ContainerNode<?> other = others.get(random.nextInt(others.size()));
        List<JsonNode> children = new ArrayList<>();
        other.forEach(children::add);
        return children.get(random.nextInt(children.size())).deepCopy();
    }
}
