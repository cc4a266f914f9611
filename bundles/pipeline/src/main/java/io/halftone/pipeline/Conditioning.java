package io.halftone.pipeline;

import io.halftone.ops.Values;

/**
 * What the prompts became.
 *
 * @param inputs       backbone inputs that stay the same through all steps, by the signature's names; where guided, the
 *                     negative half comes first
 * @param guided       whether the backbone runs on twice the batch, negative first, and the halves are combined
 * @param promptEmbeds the embedding of the prompts alone, (batch, tokens, dim): for comparison with other implementations
 * @param <T>          a tensor
 */
public record Conditioning<T>(Values<T> inputs, boolean guided, T promptEmbeds) {}
