package io.halftone.scheduler.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RespacingTest {
    private static Optional<Respacing> read(Map<String, ?> config) {
        return Respacing.read(ModelConfig.of("scheduler_config.json", config));
    }

    @Test
    void karrasIsEvenInTheSeventhRoot() {
        double middle = Math.pow((Math.pow(128, 1 / 7.0) + 1) / 2, 7);
        assertArrayEquals(new double[] {128, middle, 1}, Respacing.KARRAS.levels(128, 1, 3), 1e-9);
    }

    @Test
    void exponentialIsEvenInTheLogarithm() {
        assertArrayEquals(new double[] {16, 2, 0.25}, Respacing.EXPONENTIAL.levels(16, 0.25, 3), 1e-12);
    }

    @Test
    void isReadFromTheConfiguration() {
        assertEquals(Optional.empty(), read(Map.of()));
        assertEquals(Optional.of(Respacing.KARRAS), read(Map.of("use_karras_sigmas", true)));
        assertEquals(Optional.of(Respacing.EXPONENTIAL), read(Map.of("use_exponential_sigmas", true)));
    }

    @Test
    void refusesTwo() {
        var refused = assertThrows(IllegalArgumentException.class,
            () -> read(Map.of("use_karras_sigmas", true, "use_exponential_sigmas", true)));
        assertEquals("scheduler_config.json: use_exponential_sigmas: found true beside use_karras_sigmas; expected one of them",
            refused.getMessage());
    }

    @Test
    void refusesBetaLevels() {
        var refused = assertThrows(IllegalArgumentException.class, () -> read(Map.of("use_beta_sigmas", true)));
        assertEquals("scheduler_config.json: use_beta_sigmas: found true; expected one of [false]", refused.getMessage());
    }
}
