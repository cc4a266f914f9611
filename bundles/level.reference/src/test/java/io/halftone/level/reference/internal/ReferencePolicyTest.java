package io.halftone.level.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import io.halftone.testkit.LevelPolicyContract;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencePolicyTest extends LevelPolicyContract {
    private final LevelPolicy policy = new ReferencePolicy();

    @Override
    protected LevelPolicy policy() {
        return policy;
    }

    @ParameterizedTest
    @CsvSource({"down_blocks.1.resnets.0.conv1, 1 2 2.5 3 4", "down_blocks.1.resnets.0.conv_shortcut, ''",
        "down_blocks.0.downsamplers.0.conv, 1 2 2.5 3 4", "conv_in, ''", "conv_out, ''", "pos_embed.proj, ''"})
    void convolutionsByName(String name, String levels) {
        // the role says nothing to this policy
        assertEquals(levels, chosenAt(new Layer.Conv(name, Role.CONVOLUTION, 64, 64, 3, 1, 1, true)));
    }

    @ParameterizedTest
    @CsvSource({"down_blocks.1.resnets.0.time_emb_proj, ''", "down_blocks.1.attentions.0.proj_in, 3 4", "down_blocks.1.attentions.0.proj_out, 3 4",
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_k, 2.5 3 4", "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0, 3 4",
        "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj, 2 2.5 3 4", "mid_block.attentions.0.transformer_blocks.0.ff.net.2, 2 2.5 3 4",
        "add_embedding.linear_1, ''", "time_embedding.linear_2, ''", "transformer_blocks.0.attn.add_q_proj, 3 4",
        "transformer_blocks.0.ff_context.net.2, 3 4", "transformer_blocks.0.norm1.linear, 3 4", "context_embedder, ''", "norm_out.linear, ''",
        "proj_out, ''", "single_transformer_blocks.0.proj_out, 3 4", "single_transformer_blocks.0.proj_mlp, 3 4",
        "single_transformer_blocks.0.norm.linear, 3 4", "single_transformer_blocks.0.attn.to_v, 2.5 3 4", "x_embedder, ''"})
    void linearLayersByName(String name, String levels) {
        assertEquals(levels, chosenAt(new Layer.Linear(name, Role.EMBEDDING, 64, 64, true)));
    }

    @Test
    void attentionIsLevelFourWhereTheHeadFits() {
        Layer attention = new Layer.Attention("a.attn1", Role.ATTENTION, 10, 64, 0.125, false);
        assertEquals(Set.of(), policy.slots(new QuantLevel("3"), attention));
        assertEquals(Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX), policy.slots(new QuantLevel("4"), attention));
        assertEquals(Set.of(), policy.slots(new QuantLevel("4"), new Layer.Attention("a.attn1", Role.ATTENTION, 10, 40, 0.125, false)));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 38, 48", "2.5, 209, 120", "3, 494, 333", "4, 551, 357"})
    void countsOfFluxAndSd3(String level, int flux, int sd3) {
        // at level 4 with 57 and 24 attentions
        assertEquals(flux, Backbones.flux().stream().filter(layer -> !policy.slots(new QuantLevel(level), layer).isEmpty()).count());
        assertEquals(sd3, Backbones.sd3().stream().filter(layer -> !policy.slots(new QuantLevel(level), layer).isEmpty()).count());
    }

    @Test
    void inventoriesAreWhole() {
        assertEquals(504 + 57, Backbones.flux().size());
        assertEquals(340 + 24 + 1, Backbones.sd3().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"time_emb_proj", "time_embedding", "conv_in", "conv_out", "conv_shortcut", "add_embedding", "pos_embed",
        "time_text_embed", "context_embedder", "norm_out", "x_embedder"})
    void aNameWithAnExclusionAnywhereStays(String part) {
        QuantLevel most = new QuantLevel("4");
        for (String name : List.of(part, "a.b." + part, part + ".ff.net.0.proj", "some_" + part + "_more.to_q")) {
            assertEquals(Set.of(), policy.slots(most, new Layer.Linear(name, Role.FEED_FORWARD, 64, 64, true)), name);
            assertEquals(Set.of(), policy.slots(most, new Layer.Conv(name, Role.CONVOLUTION, 64, 64, 3, 1, 1, true)), name);
            assertEquals(Set.of(), policy.slots(most, new Layer.Attention(name, Role.ATTENTION, 10, 64, 0.125, false)), name);
        }
    }

    @Test
    void levelsAreOrdered() {
        assertEquals(List.of("1", "2", "2.5", "3", "4"), policy.levels().stream().map(QuantLevel::name).toList());
        assertEquals(policy.levels(), policy.levels().stream().sorted().toList());
    }

    private String chosenAt(Layer layer) {
        return policy.levels().stream().filter(level -> !policy.slots(level, layer).isEmpty()).map(QuantLevel::name).collect(Collectors.joining(" "));
    }
}
