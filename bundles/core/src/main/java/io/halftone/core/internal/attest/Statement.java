package io.halftone.core.internal.attest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How artifacts came to be: an in-toto statement (v1) with a SLSA provenance predicate (v1). It lies beside the artifacts and not in
 * them, as it tells of the time, the host and the paths, of which their bytes are independent.
 *
 * @param artifacts what was made
 * @param work      the kind of job: quantize, export ...
 * @param options   everything that was asked for, seeds among it
 * @param inputs    every file that was read
 * @param plugins   the plugins that were there, with their bundles and versions
 * @param host      machine, Java and project's version
 * @param started   time in ISO 8601
 * @param finished  time in ISO 8601
 */
record Statement(List<Resource> artifacts, String work, JsonNode options, List<Resource> inputs, JsonNode plugins, JsonNode host, String started,
                 String finished) {
    static final String TYPE = "https://in-toto.io/Statement/v1";
    static final String PREDICATE = "https://slsa.dev/provenance/v1";
    static final String SUFFIX = ".provenance.json";
    private static final String WORK = "urn:halftone:job:";
    private static final String BUILDER = "urn:halftone:core";
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_DEPTH = 64;
    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    Statement {
        artifacts = List.copyOf(artifacts);
        inputs = List.copyOf(inputs);
    }

    /** The statement's file beside an artifact of that name. */
    static Path file(Path artifact) {
        return artifact.resolveSibling(artifact.getFileName() + SUFFIX);
    }

    /** The statement as it is written: UTF-8, a line for each value. */
    byte[] bytes() {
        ObjectNode root = JSON.createObjectNode();
        root.put("_type", TYPE);
        resources(root.putArray("subject"), artifacts);
        root.put("predicateType", PREDICATE);
        ObjectNode predicate = root.putObject("predicate");
        ObjectNode definition = predicate.putObject("buildDefinition");
        definition.put("buildType", WORK + work);
        definition.set("externalParameters", options);
        ObjectNode internal = definition.putObject("internalParameters");
        internal.set("plugins", plugins);
        internal.set("host", host);
        resources(definition.putArray("resolvedDependencies"), inputs);
        ObjectNode run = predicate.putObject("runDetails");
        run.putObject("builder").put("id", BUILDER).putObject("version").set("halftone", host.path("Halftone"));
        run.putObject("metadata").put("startedOn", started).put("finishedOn", finished);
        try {
            var lines = new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
            return (JSON.writer(lines).writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);   // a tree is always written
        }
    }

    private static void resources(ArrayNode array, List<Resource> resources) {
        for (Resource resource : resources) {
            ObjectNode node = array.addObject().put("name", resource.name());
            if (!resource.place().isEmpty()) {
                node.put("uri", resource.place());
            }
            node.putObject("digest").put("sha256", resource.sha256());
        }
    }

    /**
     * Reads a statement.
     *
     * @throws CheckpointException if the file is not one of ours
     */
    static Statement read(Path file) throws IOException {
        return parse(file.toString(), bytes(file));
    }

    /** A file's bytes, of which there are not more than a statement or its envelope can have. */
    static byte[] bytes(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw new CheckpointException(file + ": found " + bytes + " bytes; expected at most " + MAX_BYTES);
        }
        return Files.readAllBytes(file);
    }

    /** Reads a statement's bytes, of a file that messages call so. */
    static Statement parse(String where, byte[] bytes) {
        JsonNode root = tree(where, bytes, "an in-toto statement");
        expect(where, root, "/_type", TYPE);
        expect(where, root, "/predicateType", PREDICATE);
        JsonNode definition = root.at("/predicate/buildDefinition");
        String type = definition.path("buildType").asText();
        if (!type.startsWith(WORK)) {
            throw new CheckpointException(where + ": buildType: found " + quoted(type) + "; expected one that begins with " + WORK);
        }
        try {
            List<Resource> artifacts = resources(root.path("subject"));
            if (artifacts.isEmpty()) {
                throw new IllegalArgumentException("subject: found none; expected the files that were made");
            }
            return new Statement(artifacts, type.substring(WORK.length()), definition.path("externalParameters"),
                resources(definition.path("resolvedDependencies")), definition.at("/internalParameters/plugins"),
                definition.at("/internalParameters/host"), root.at("/predicate/runDetails/metadata/startedOn").asText(),
                root.at("/predicate/runDetails/metadata/finishedOn").asText());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(where + ": " + e.getMessage(), e);
        }
    }

    /** JSON in a file's bytes. */
    static JsonNode tree(String where, byte[] bytes, String expected) {
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": found " + e.getOriginalMessage() + "; expected " + expected, e);
        } catch (IOException e) {   // no characters, as it makes them out
            throw new CheckpointException(where + ": found " + e.getMessage() + "; expected " + expected, e);
        }
    }

    private static void expect(String where, JsonNode root, String path, String expected) {
        String found = root.at(path).asText();
        if (!found.equals(expected)) {
            throw new CheckpointException(where + ": " + path.substring(1) + ": found " + quoted(found) + "; expected " + expected);
        }
    }

    private static String quoted(String found) {
        return found.isEmpty() ? "none" : found;
    }

    private static List<Resource> resources(JsonNode array) {
        List<Resource> resources = new ArrayList<>();
        for (JsonNode node : array) {
            String name = node.path("name").asText();
            if (name.isBlank()) {
                throw new IllegalArgumentException("found a file without a name; expected one");
            }
            try {
                Path.of(name);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("found a file of the name " + name + ", " + e.getReason() + "; expected a path", e);
            }
            resources.add(new Resource(name, node.path("uri").asText(), node.at("/digest/sha256").asText()));
        }
        return resources;
    }
}
