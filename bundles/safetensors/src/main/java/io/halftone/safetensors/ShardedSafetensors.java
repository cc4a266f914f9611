package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A checkpoint in several safetensors files, found by an index ({@code *.safetensors.index.json}) that maps tensors to files. */
public final class ShardedSafetensors implements Safetensors {
    /** So many problems are told; a damaged index may have more than a message can hold. */
    private static final int SHOWN = 1000;

    private final Path index;
    private final SortedMap<String, SafetensorsFile> shardOf;
    private final Collection<SafetensorsFile> shards;
    private final Map<String, String> metadata;

    private ShardedSafetensors(Path index, SortedMap<String, SafetensorsFile> shardOf, Collection<SafetensorsFile> shards) {
        this.index = index;
        this.shardOf = Collections.unmodifiableSortedMap(shardOf);
        this.shards = List.copyOf(shards);
        this.metadata = shared(this.shards);
    }

    /**
     * Opens every shard and checks that index and shards name the same tensors, each once. The index's
     * {@code total_size} is not checked: writers disagree on what it counts.
     *
     * @throws CheckpointException if the index or a shard is missing or malformed, if a shard lies outside the index's folder,
     *     or if a tensor is missing from its shard, in two shards, or not in the index
     */
    public static ShardedSafetensors open(Path indexFile) {
        ShardIndex index = ShardIndex.read(indexFile);
        SortedMap<String, SafetensorsFile> shards = new TreeMap<>();
        try {
            SortedMap<String, SafetensorsFile> shardOf = new TreeMap<>();
            index.weightMap().forEach((tensor, name) ->
                shardOf.put(tensor, shards.computeIfAbsent(name, n -> SafetensorsFile.open(index.shard(n)))));
            check(index, shards);
            return new ShardedSafetensors(indexFile, shardOf, shards.values());
        } catch (RuntimeException e) {
            shards.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static void check(ShardIndex index, SortedMap<String, SafetensorsFile> shards) {
        List<String> problems = new ArrayList<>();
        index.weightMap().forEach((tensor, shard) -> {
            if (!shards.get(shard).names().contains(tensor)) {
                problems.add(tensor + " not in " + shard);
            }
        });
        shards.forEach((shard, file) -> {
            for (String tensor : file.names()) {
                String listed = index.weightMap().get(tensor);
                if (listed == null) {
                    problems.add(tensor + " in " + shard + " but not in the index");
                } else if (!listed.equals(shard)) {
                    problems.add(tensor + " in " + shard + " and listed in " + listed);
                }
            }
        });
        if (!problems.isEmpty()) {
            String more = problems.size() > SHOWN ? ", and " + (problems.size() - SHOWN) + " more" : "";
            throw new CheckpointException(index.path() + ": found " + String.join(", ", problems.subList(0, Math.min(SHOWN, problems.size()))) + more
                + "; expected each tensor in the one shard that the index lists");
        }
    }

    private static Map<String, String> shared(Collection<SafetensorsFile> shards) {
        SortedMap<String, String> entries = new TreeMap<>(shards.iterator().next().metadata());
        shards.forEach(shard -> entries.entrySet().retainAll(shard.metadata().entrySet()));
        return Collections.unmodifiableSortedMap(entries);
    }

    /** The path of the index. */
    public Path path() {
        return index;
    }

    @Override
    public List<Path> files() {
        return Stream.concat(Stream.of(index), shards.stream().map(SafetensorsFile::path)).toList();
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Set<String> names() {
        return shardOf.keySet();
    }

    @Override
    public Info info(String name) {
        return shard(name).info(name);
    }

    @Override
    public TensorView read(String name) {
        return shard(name).read(name);
    }

    @Override
    public void read(String name, long offset, ByteBuffer window) {
        shard(name).read(name, offset, window);
    }

    @Override
    public void transfer(String name, WritableByteChannel target) throws IOException {
        shard(name).transfer(name, target);
    }

    @Override
    public void close() {
        shards.forEach(SafetensorsFile::close);
    }

    private SafetensorsFile shard(String name) {
        SafetensorsFile shard = shardOf.get(name);
        if (shard == null) {
            throw new CheckpointException(index + ": " + name + ": found no such tensor; expected one of " + shardOf.size());
        }
        return shard;
    }
}
