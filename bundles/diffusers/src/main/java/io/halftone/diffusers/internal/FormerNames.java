package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What earlier releases of diffusers and transformers called the tensors of an architecture. */
interface FormerNames {
    /** Today's name of a tensor that a file has under this one. */
    default String today(String name) {
        return name;
    }

    /**
     * Today's shape of a tensor.
     *
     * @param name  today's
     * @param shape in the file
     */
    default long[] shape(String name, long[] shape) {
        return shape;
    }

    /** Whether a file's tensor is no parameter but one that is computed. */
    default boolean isBuffer(String name) {
        return false;
    }

    /** The names of the configured architecture. */
    static FormerNames of(ModelConfig config) {
        return switch (config.className()) {
            case "AutoencoderKL" -> new Autoencoder();
            case "CLIPTextModel", "CLIPTextModelWithProjection" -> new ClipText(ClipText.isFlat(config));
            case "T5EncoderModel" -> new T5();
            default -> new FormerNames() {};
        };
    }

    /**
     * Attention of the autoencoder as its AttentionBlock named it; its layers may be 1x1 convolutions, as in checkpoints of the
     * original implementation. Source: diffusers, modeling_utils.py, _convert_deprecated_attention_blocks.
     */
    record Autoencoder() implements FormerNames {
        private static final Pattern ATTENTION = Pattern.compile(
            "((?:en|de)coder\\.mid_block\\.attentions\\.\\d+)\\.(\\w+?|to_out\\.0)\\.(weight|bias)");
        private static final Map<String, String> LAYERS = Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");
        private static final int CONVOLUTION = 4;

        @Override
        public String today(String name) {
            Matcher parts = ATTENTION.matcher(name);
            return parts.matches() && LAYERS.containsKey(parts.group(2))
                ? parts.group(1) + "." + LAYERS.get(parts.group(2)) + "." + parts.group(3) : name;
        }

        @Override
        public long[] shape(String name, long[] shape) {
            Matcher parts = ATTENTION.matcher(name);
            boolean layer = parts.matches() && LAYERS.containsValue(parts.group(2));
            return layer && shape.length == CONVOLUTION && shape[2] == 1 && shape[3] == 1 ? new long[] {shape[0], shape[1]} : shape;
        }
    }

    /**
     * CLIP's text half, whose names began with {@code text_model.} until transformers 5.6 took that from the model without
     * projection. The configuration says which names the model asks for; the file may have been written before or after.
     *
     * @param flat whether the model asks for names without the prefix
     */
    record ClipText(boolean flat) implements FormerNames {
        private static final String PREFIX = "text_model.";
        private static final List<String> PARTS = List.of("embeddings.", "encoder.", "final_layer_norm.");
        private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(\\D.*)?");

        static boolean isFlat(ModelConfig config) {
            Matcher version = VERSION.matcher(config.string("transformers_version", ""));
            if (config.className().equals("CLIPTextModelWithProjection") || !version.matches()) {
                return false;
            }
            int major = Integer.parseInt(version.group(1));
            return major > 5 || major == 5 && Integer.parseInt(version.group(2)) >= 6;
        }

        @Override
        public String today(String name) {
            String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
            return PARTS.stream().noneMatch(bare::startsWith) ? name : flat ? bare : PREFIX + bare;
        }

        @Override
        public boolean isBuffer(String name) {
            return name.endsWith("embeddings.position_ids");
        }
    }

    /** T5's table, which the encoder and the model both know by a name of their own. */
    record T5() implements FormerNames {
        @Override
        public String today(String name) {
            return name.equals("encoder.embed_tokens.weight") ? "shared.weight" : name;
        }
    }
}
