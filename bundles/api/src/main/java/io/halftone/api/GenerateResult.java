package io.halftone.api;

import java.util.List;

/**
 * What was made.
 *
 * @param images  the PNG files, one a prompt
 * @param dump    the file of tensors; empty if none
 * @param latency the backbone's calls of this run, the first left out where there are several
 * @param seconds time taken
 */
public record GenerateResult(List<String> images, String dump, Latency latency, double seconds) {
    public GenerateResult {
        images = List.copyOf(images);
    }
}
