package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which file holds which tensors, named as Hugging Face names shards.
 *
 * @param files  in order
 * @param units  of each file
 * @param index  the index of several files; where it would be for one
 */
record ShardPlan(List<Path> files, List<List<Unit>> units, Path index) {
    private static final String SUFFIX = ".safetensors";
    private static final String INDEX = ".index.json";
    private static final Pattern NUMBERS = Pattern.compile("-\\d{5}-of-\\d{5}");

    static ShardPlan of(List<Unit> units, Path target, long maxBytes) {
        List<List<Unit>> shards = new ArrayList<>();
        List<Unit> shard = new ArrayList<>();
        long bytes = 0;
        for (Unit unit : units) {
            if (maxBytes > 0 && !shard.isEmpty() && bytes + unit.byteLength() > maxBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(unit);
            bytes += unit.byteLength();
        }
        shards.add(shard);
        Path index = target.resolveSibling(target.getFileName() + INDEX);
        String stem = stem(target.getFileName().toString());
        List<Path> files = new ArrayList<>();
        for (int i = 1; i <= shards.size(); i++) {
            String shardName = String.format("%s-%05d-of-%05d%s", stem, i, shards.size(), SUFFIX);
            files.add(shards.size() == 1 ? target : target.resolveSibling(shardName));
        }
        return new ShardPlan(files, shards, index);
    }

    private static String stem(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** Whether a shard of any number of shards of this target has the name. */
    boolean isShardName(String name) {
        String indexName = index.getFileName().toString();
        String start = stem(indexName.substring(0, indexName.length() - INDEX.length()));
        return name.startsWith(start) && name.endsWith(SUFFIX) && name.length() >= start.length() + SUFFIX.length()
            && NUMBERS.matcher(name.substring(start.length(), name.length() - SUFFIX.length())).matches();
    }

    boolean isSharded() {
        return files.size() > 1;
    }

    /** The text of the index. */
    String indexJson() {
        ObjectNode root = new ObjectMapper().createObjectNode();
        long total = 0;
        Map<String, String> fileOf = new TreeMap<>();
        for (int i = 0; i < files.size(); i++) {
            for (Unit unit : units.get(i)) {
                total += unit.byteLength();
                String file = files.get(i).getFileName().toString();
                unit.tensors().keySet().forEach(tensor -> fileOf.put(tensor, file));
            }
        }
        root.putObject("metadata").put("total_size", total);
        fileOf.forEach(root.putObject("weight_map")::put);
        return root.toPrettyString() + "\n";
    }
}
