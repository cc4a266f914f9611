package io.halftone.quant;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a recipe says of some layers. Of several rules that match a layer the last one counts.
 *
 * @param layers    a pattern of full names, {@code *} for any characters; empty for every layer
 * @param role      what the layers are for, as {@code plan} writes it: {@code feed-forward}, {@code qkv} ...; empty for anything
 * @param quantized whether they are quantized, all slots of each; the rest is not looked at if not
 * @param format    name of the number format; empty for the run's
 * @param algorithm name of the algorithm; empty for the run's
 * @param collector name of the collector; empty for the run's
 */
public record PlanRule(String layers, String role, boolean quantized, String format, String algorithm, String collector) {
    public PlanRule {
        if (!role.isEmpty()) {
            try {
                Role.valueOf(role.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("role: found " + role + "; expected one such as feed-forward or qkv", e);
            }
        }
        if (layers.isEmpty() && role.isEmpty()) {
            throw new IllegalArgumentException("rule: found neither layers nor a role; expected one of them, or layers: \"*\"");
        }
    }

    /** Whether this rule speaks of the layer. */
    public boolean matches(Layer layer) {
        return (role.isEmpty() || Role.valueOf(role.toUpperCase(Locale.ROOT).replace('-', '_')) == layer.role())
            && (layers.isEmpty() || glob().matcher(layer.name()).matches());
    }

    private Pattern glob() {
        StringBuilder pattern = new StringBuilder();
        for (String literal : layers.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(pattern.toString());
    }
}
