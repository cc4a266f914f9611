package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.ops.CheckpointException;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The checkpoint that a new one replaces.
 *
 * @param files its index, its single file, and those of its shards that we wrote
 */
record Predecessor(List<Path> files) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is there before the new checkpoint gets its names. */
    static Predecessor of(Path target, ShardPlan plan) {
        Set<Path> found = new LinkedHashSet<>();
        found.add(plan.index());
        found.add(target);
        for (String name : shards(plan.index())) {
            if (plan.isShardName(name) && isOurs(target.resolveSibling(name))) {
                found.add(target.resolveSibling(name));
            }
        }
        return new Predecessor(found.stream().filter(Files::isRegularFile).toList());
    }

    private static Set<String> shards(Path index) {
        Set<String> names = new LinkedHashSet<>();
        if (Files.isRegularFile(index)) {
            try (InputStream in = Files.newInputStream(index)) {
                for (JsonNode shard : JSON.readTree(in).path("weight_map")) {
                    names.add(shard.asText());
                }
            } catch (IOException e) {
                return Set.of();   // no index that we wrote
            }
        }
        return names;
    }

    private static boolean isOurs(Path shard) {
        try (SafetensorsFile file = SafetensorsFile.open(shard)) {
            return file.metadata().containsKey(Manifest.RECIPE);
        } catch (CheckpointException e) {
            return false;
        }
    }

    /**
     * The names of what the new checkpoint does not replace, the index first, so that none names a shard that is gone.
     *
     * @param kept the new checkpoint's files
     */
    List<String> allBut(Collection<Path> kept) {
        return files.stream().filter(file -> !kept.contains(file)).map(file -> file.getFileName().toString()).toList();
    }
}
