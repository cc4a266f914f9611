package io.halftone.checkpoint.internal;

import io.halftone.checkpoint.CheckpointWriter.Progress;
import io.halftone.checkpoint.CheckpointWriter.Written;
import io.halftone.files.Staging;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads every tensor once and writes it to its file; files get their names when all are whole and proved, an index last. */
public final class OnePass {
    /** Looks at a checkpoint before its files have their names; what it throws keeps them from getting them. */
    @FunctionalInterface
    public interface Proof {
        /** Reads the staged file, or the index of staged shards. */
        void of(Path checkpoint) throws IOException;
    }

    /** Weights that turned out not to fit into codes. */
    private static final class Unfit extends RuntimeException {
        private final transient Set<String> weights;

        Unfit(Set<String> weights) {
            super(null, null, false, false);
            this.weights = weights;
        }
    }

    private final Contents contents;
    private final Path target;
    private final long maxShardBytes;
    private final Proof proof;
    private final Progress progress;

    public OnePass(Contents contents, Path target, long maxShardBytes, Proof proof, Progress progress) {
        this.contents = contents;
        this.target = target;
        this.maxShardBytes = maxShardBytes;
        this.proof = proof;
        this.progress = progress;
    }

    /**
     * Writes the checkpoint. Should a weight turn out not to fit into codes, which the format's arithmetic makes rare, what was
     * written is discarded, the other weights are looked at, and a second pass keeps those that do not fit as they are.
     */
    public Written write() throws IOException {
        Set<String> kept = new TreeSet<>();
        for (;;) {
            try (Staging staging = Staging.beside(target)) {
                try {
                    return attempt(staging, kept);
                } catch (IOException e) {
                    throw staging.named(e, target.getFileName().toString());
                }
            } catch (Unfit e) {
                if (!kept.addAll(e.weights)) {
                    throw new IllegalStateException(target + ": found the same weights unfit again; expected them kept as they are", e);
                }
            }
        }
    }

    private Written attempt(Staging staging, Set<String> kept) throws IOException {
        ShardPlan plan = ShardPlan.of(contents.units(kept), target, maxShardBytes);
        List<String> notes = new ArrayList<>();
        Map<String, String> metadata = contents.metadata(kept, notes);
        Optional<String> config = contents.config(kept, notes);
        tensors(staging, plan, metadata);
        List<Path> files = new ArrayList<>(plan.files());
        // readers find a checkpoint by its index, or by the file that holds all: that one comes last
        List<String> names = new ArrayList<>(plan.files().stream().map(OnePass::name).toList());
        if (config.isPresent()) {
            files.add(target.resolveSibling("config.json"));
            text(staging, files.get(files.size() - 1), config.get());
            names.add(0, name(files.get(files.size() - 1)));
        }
        if (plan.isSharded()) {
            files.add(plan.index());
            text(staging, plan.index(), plan.indexJson());
            names.add(name(plan.index()));
        }
        proof.of(staging.file(name(plan.isSharded() ? plan.index() : target)));
        staging.publish(names, Predecessor.of(target, plan).allBut(files));
        return new Written(files, kept, notes);
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static void text(Staging staging, Path file, String text) throws IOException {
        staging.write(name(file), StandardCharsets.UTF_8.encode(text));
    }

    private void tensors(Staging staging, ShardPlan plan, Map<String, String> metadata) throws IOException {
        int done = 0;
        int of = plan.units().stream().mapToInt(List::size).sum();
        for (int i = 0; i < plan.files().size(); i++) {
            List<Unit> units = plan.units().get(i);
            try (SafetensorsWriter writer = SafetensorsWriter.create(staging.file(name(plan.files().get(i))), infos(units), metadata)) {
                for (int u = 0; u < units.size(); u++) {
                    Optional<Map<String, TensorView>> tensors = units.get(u).source().get();
                    if (tensors.isEmpty()) {
                        throw new Unfit(unfit(plan, i, u));
                    }
                    for (Map.Entry<String, TensorView> tensor : tensors.get().entrySet()) {
                        writer.write(tensor.getKey(), tensor.getValue());
                    }
                    progress.at(++done, of);
                }
                writer.commit();
            }
        }
    }

    private static Map<String, Info> infos(List<Unit> units) {
        Map<String, Info> infos = new TreeMap<>();
        units.forEach(unit -> infos.putAll(unit.tensors()));
        return infos;
    }

    /** The weight that turned out unfit, and every one behind it. */
    private static Set<String> unfit(ShardPlan plan, int file, int first) {
        Set<String> found = new TreeSet<>();
        for (int i = file; i < plan.units().size(); i++) {
            List<Unit> units = plan.units().get(i);
            for (Unit unit : units.subList(i == file ? first : 0, units.size())) {
                if (unit.tensors().size() > 1 && unit.source().get().isEmpty()) {
                    found.add(unit.name());
                }
            }
        }
        return found;
    }
}
