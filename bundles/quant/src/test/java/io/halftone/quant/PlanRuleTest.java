package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import org.junit.jupiter.api.Test;

class PlanRuleTest {
    private static final Layer TO_Q = new Layer.Linear("transformer_blocks.3.attn.to_q", Role.QKV, 4, 4, true);

    @Test
    void matchesFullNamesByPattern() {
        assertTrue(rule("transformer_blocks.*.to_q", "").matches(TO_Q));
        assertTrue(rule("*", "").matches(TO_Q));
        assertTrue(rule("transformer_blocks.3.attn.to_q", "").matches(TO_Q));
        assertFalse(rule("transformer_blocks.3.attn", "").matches(TO_Q));
        assertFalse(rule("transformer_blocks?3*", "").matches(TO_Q));
    }

    @Test
    void matchesRoles() {
        assertTrue(rule("", "qkv").matches(TO_Q));
        assertFalse(rule("", "feed-forward").matches(TO_Q));
        assertFalse(rule("single*", "qkv").matches(TO_Q));
    }

    @Test
    void refusesUnknownRolesAndRulesOfNothing() {
        assertEquals("role: found ff; expected one such as feed-forward or qkv",
            assertThrows(IllegalArgumentException.class, () -> rule("", "ff")).getMessage());
        assertThrows(IllegalArgumentException.class, () -> rule("", ""));
    }

    private static PlanRule rule(String layers, String role) {
        return new PlanRule(layers, role, true, "", "", "");
    }
}
