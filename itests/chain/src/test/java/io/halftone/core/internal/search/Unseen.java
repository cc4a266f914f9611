package io.halftone.core.internal.search;

import io.halftone.api.Distribution;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.distribute.Work;
import io.halftone.pipeline.PromptBatch;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** What choices of a search do on prompts that it did not see. */
public final class Unseen {
    private Unseen() {}

    /**
     * PSNR of mixes against full precision, in dB.
     *
     * @param prompts in batches
     * @return of each mix, one for each prompt
     */
    public static List<List<Double>> psnr(Search search, List<PromptBatch> prompts, int steps, long seed, List<? extends Collection<Candidate>> mixes)
        throws IOException {
        Subject searched = search.subject();
        Subject other = new Subject(searched.pipeline(), searched.families(), prompts, steps, seed);
        List<Candidate> candidates = search.measured().stream().map(Measured::candidate).toList();
        Crew crew = new Crew(List.of(Chain.RUNTIME), Chain.PLUGINS.distributors().get(Distribution.IN_PROCESS), 0);
        Work here = new Work("search", "unseen prompts", "0".repeat(64), "");
        try (SearchPool pool = new SearchPool(other, candidates, crew, subject -> here, Monitor.silent())) {
            pool.reference();
            return pool.psnr(mixes);
        }
    }
}
