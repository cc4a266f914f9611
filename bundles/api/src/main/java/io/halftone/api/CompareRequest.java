package io.halftone.api;

/**
 * Make the same pictures with two backbones.
 *
 * @param source    the pipeline
 * @param reference the backbone to compare with
 * @param candidate the backbone that is judged
 * @param sampling  the pictures
 * @param directory folder for the pictures: reference, candidate, and both side by side
 * @param runs      calls of each backbone to time, after warming up; 0 to take those of the pictures
 */
public record CompareRequest(PipelineSource source, BackboneChoice reference, BackboneChoice candidate, Sampling sampling, String directory,
                             int runs) {
    public CompareRequest {
        Checks.atLeast("runs", runs, 0);
    }
}
