package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.EvaluateRequest;
import io.halftone.core.internal.distribute.Intake;
import io.halftone.core.internal.distribute.Tally;
import io.halftone.core.internal.evaluate.EvaluationFolder;
import io.halftone.core.internal.evaluate.EvaluationRun;
import io.halftone.core.internal.evaluate.Measurements;
import io.halftone.core.internal.evaluate.OutcomeBytes;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.distribute.ResultSink;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where batches of a variant's pictures go: each is compared with the reference's, and written; batches that come together, together. */
final class VariantSink implements ResultSink, AutoCloseable {
    /** What is known of a variant; there before the first of its batches is. */
    static final String ABOUT = "variant.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final EvaluateRequest request;
    private final List<List<Shot>> batches;
    private final EvaluationFolder folder;
    private final String title;
    private final String name;
    private final ObjectNode about;
    private final Tally tally;
    private final Monitor monitor;
    private final Intake results;
    private boolean described;
    private int made;

    /**
     * @param title what people call the variant
     * @param name  what its files are called by
     * @param about what is known of it before it runs
     */
    VariantSink(EvaluateRequest request, List<List<Shot>> batches, EvaluationFolder folder, String title, String name, ObjectNode about, Tally tally,
                Monitor monitor) {
        this.request = request;
        this.batches = batches;
        this.folder = folder;
        this.title = title;
        this.name = name;
        this.about = about;
        this.tally = tally;
        this.monitor = monitor;
        this.results = new Intake(folder.path().resolve("work"), Intake.usualBound(), Runtime.getRuntime().availableProcessors(), new Writing());
    }

    /** Pictures that came. */
    synchronized int made() {
        return made;
    }

    @Override
    public boolean accept(int unit, byte[] result) throws IOException {
        return results.add(unit, result);
    }

    /** Waits until all that came is written. */
    void finish() throws IOException {
        results.finish();
    }

    @Override
    public void close() throws IOException {
        results.close();
    }

    /** Each batch, as its turn comes. */
    private final class Writing implements Intake.Taker {
        @Override
        public void check(int unit, byte[] result) {
            OutcomeBytes.check(result, batches.get(unit).size());
        }

        @Override
        public void take(int unit, byte[] result) throws IOException {
            OutcomeBytes.Made its = OutcomeBytes.read(result, batches.get(unit).size());
            describe(its);
            write(unit, its);
            synchronized (VariantSink.this) {
                made += batches.get(unit).size();
            }
        }
    }

    private void write(int unit, OutcomeBytes.Made its) throws IOException {
        List<Shot> shots = batches.get(unit);
        EvaluationRun.Outcome expected = null;
        if (name.equals(EvaluationFolder.REFERENCE)) {
            folder.keep(unit, its.outcome());
        } else {
            expected = folder.kept(unit, shots.size(), its.outcome().pictures().get(0).height(), its.outcome().pictures().get(0).width());
        }
        List<Map<String, String>> text = new ArrayList<>();
        for (Shot shot : shots) {
            ObjectNode facts = JSON.createObjectNode().put("evaluation", title).put("backbone", its.description())
                .put("prompt", request.sampling().prompts().get(shot.prompt())).put("seed", shot.seed());
            if (about.has("recipe")) {
                facts.put("recipe", about.at("/recipe/digest").asText());
            }
            text.add(new TreeMap<>(Map.of(Recipe.KEY, facts.toString())));
        }
        Measurements.write(folder, name, unit, shots, its.outcome(), expected, text);
    }

    /** What the first batch tells of its backbone. */
    private synchronized void describe(OutcomeBytes.Made its) throws IOException {
        if (!described) {
            about.put("backbone", its.description()).put("note", its.note());
            if (!its.recipe().isEmpty()) {
                about.set("recipe", Recipe.parse(its.description(), its.recipe()).summary());
            }
            if (!Files.isRegularFile(folder.file(name, ABOUT))) {
                EvaluationFolder.write(folder.file(name, ABOUT), about);
            }
            described = true;
        }
    }

    @Override
    public void progress(int unit, int done, int total) {
        tally.progress(unit, done, total);
    }

    @Override
    public void check() {
        monitor.check();
        results.check();
    }
}
