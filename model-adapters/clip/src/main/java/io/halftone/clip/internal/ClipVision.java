package io.halftone.clip.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/** The vision half of CLIP. Source: transformers, modeling_clip.py, CLIPVisionTransformer. */
record ClipVision(ClipVisionConfig config) {
    /**
     * The state of the class token behind its layer norm.
     *
     * @param s      at the prefix {@code vision_model}
     * @param pixels (batch, 3, size, size), as CLIP takes them
     * @return (batch, hidden)
     */
    <T> T apply(Scope<T> s, T pixels) {
        T x = s.within("embeddings", e -> embeddings(e, pixels));
        x = s.layerNorm("pre_layrnorm", x, config.epsilon());   // so it is called
        var layer = new ClipLayer(config.hidden(), config.intermediate(), config.heads(), config.epsilon(), config.quickGelu(), false);
        for (int i = 0; i < config.layers(); i++) {
            T before = x;
            x = s.within("encoder.layers." + i, l -> layer.apply(l, before));
        }
        T first = s.ops().slice(x, 1, 0, 1);
        return s.layerNorm("post_layernorm", s.ops().reshape(first, Shape.of(s.ops().shape(x).dim(0), Dim.of(config.hidden()))),
            config.epsilon());
    }

    /** The class token and every patch, row by row, each with its place: (batch, 1 + patches, hidden). */
    private <T> T embeddings(Scope<T> e, T pixels) {
        Ops<T> o = e.ops();
        T patches = o.conv(new Layer.Conv(e.path() + ".patch_embedding", Role.EMBEDDING, 3, config.hidden(), config.patch(),
            config.patch(), 0, false),
            pixels);
        Dim batch = o.shape(pixels).dim(0);
        Dim hidden = Dim.of(config.hidden());
        T tokens = o.permute(o.reshape(patches, Shape.of(batch, hidden, Dim.of(config.patches()))), 0, 2, 1);
        T own = o.reshape(e.parameter("class_embedding", Shape.of(config.hidden())), Shape.of(Dim.of(1), Dim.of(1), hidden));
        T all = o.concat(1, java.util.List.of(o.expand(own, Shape.of(batch, Dim.of(1), hidden)), tokens));
        T places = e.parameter("position_embedding.weight", Shape.of(config.patches() + 1, config.hidden()));
        return o.add(all, places);
    }
}
