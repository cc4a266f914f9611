package io.halftone.lora;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One tensor of a LoRA file.
 *
 * @param key   the name in the file
 * @param layer the layer that it belongs to, with the component's prefix, as the file spells it:
 *     {@code unet.mid_block.attentions.0.proj_in} or {@code lora_unet_mid_block_attentions_0_proj_in}
 * @param kind  what it is to that layer
 */
public record LoraPart(String key, String layer, Kind kind) {
    /** What a tensor is to its layer. */
    public enum Kind {
        /** A, applied first: (rank, in) or (rank, in, height, width). */
        DOWN,
        /** B, applied second: (out, rank) or (out, rank, 1, 1). */
        UP,
        /** A number; the product of both is multiplied by alpha / rank. */
        ALPHA
    }

    /** peft; an adapter may have a name. */
    private static final Pattern PEFT = Pattern.compile("(.+)\\.lora_([AB])(?:\\.[\\w-]+)?\\.weight");
    /** kohya, and diffusers before peft: of layers, of text encoders, and of attention processors. */
    private static final Pattern DOWN_UP =
        Pattern.compile("(.+?)(\\.lora_|\\.lora\\.|\\.lora_linear_layer\\.|_lora\\.)(down|up)\\.weight");
    private static final Pattern PROCESSOR = Pattern.compile("(.+)\\.processor\\.(to_[qkv]|to_out|add_[qkv]_proj|to_add_out)");
    private static final Pattern TEXT_ATTENTION = Pattern.compile("(.+\\.self_attn)\\.to_([qkv]|out)");
    private static final String ALPHA_SUFFIX = ".alpha";
    /** Parts of keys by which other methods are known. */
    private static final Map<String, String> OTHER_METHODS = Map.of(
        "dora_scale", "DoRA",
        "lora_magnitude_vector", "DoRA",
        "lora_mid", "LoCon with a middle factor",
        "hada_", "LoHa",
        "lokr_", "LoKr",
        "lora_embedding_", "LoRA of an embedding");
    private static final List<String> BIAS_SUFFIXES = List.of(".lora_B.bias", ".lora_up.bias", ".lora.up.bias");

    /** The part that a key names; empty if the key is none of a LoRA. */
    static Optional<LoraPart> parse(String key) {
        Matcher peft = PEFT.matcher(key);
        if (peft.matches()) {
            return Optional.of(new LoraPart(key, peft.group(1), peft.group(2).equals("A") ? Kind.DOWN : Kind.UP));
        }
        Matcher pair = DOWN_UP.matcher(key);
        if (pair.matches()) {
            String layer = pair.group(2).equals("_lora.") ? attention(pair.group(1)) : pair.group(1);
            return Optional.of(new LoraPart(key, layer, pair.group(3).equals("down") ? Kind.DOWN : Kind.UP));
        }
        if (key.endsWith(ALPHA_SUFFIX) && key.length() > ALPHA_SUFFIX.length()) {
            return Optional.of(new LoraPart(key, key.substring(0, key.length() - ALPHA_SUFFIX.length()), Kind.ALPHA));
        }
        return Optional.empty();
    }

    /** The method, if it is one beside LoRA, that a key belongs to. */
    static Optional<String> otherMethod(String key) {
        if (BIAS_SUFFIXES.stream().anyMatch(key::endsWith)) {
            return Optional.of("LoRA with a bias");
        }
        return OTHER_METHODS.entrySet().stream().filter(method -> key.contains(method.getKey())).map(Map.Entry::getValue).findFirst();
    }

    /** Whether a key shows that its file has a LoRA or one of its kin; alphas alone do not, for models have such names. */
    static boolean isSign(String key) {
        return otherMethod(key).isPresent() || parse(key).filter(part -> part.kind() != Kind.ALPHA).isPresent();
    }

    /** The layer of a projection that an attention processor holds. */
    private static String attention(String projection) {
        Matcher processor = PROCESSOR.matcher(projection);
        if (processor.matches()) {
            String name = processor.group(2);
            return processor.group(1) + "." + (name.equals("to_out") ? "to_out.0" : name);
        }
        Matcher text = TEXT_ATTENTION.matcher(projection);
        return text.matches() ? text.group(1) + "." + text.group(2) + "_proj" : projection;
    }
}
