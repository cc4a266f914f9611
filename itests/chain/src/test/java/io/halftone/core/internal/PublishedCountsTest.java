package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.quant.QuantLevel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each level quantizes of SDXL, counted on its published configuration. */
class PublishedCountsTest {
    private static final String CONFIG =
        "../../model-adapters/unet/src/test/resources/io/halftone/unet/internal/sdxl-base-1.0-unet-config.json";

    @ParameterizedTest
    @CsvSource({"1, 38, 0", "2, 38, 140", "2.5, 38, 560", "3, 38, 722", "3.0, 38, 722"})
    void sdxlByName(String level, int conv, int linear) {
        PlanResult plan = Chain.halftone().plan(new PlanRequest("", "", CONFIG, "int8", new QuantLevel(level), "reference"));
        assertEquals(conv, plan.quantized(Kind.CONV));
        assertEquals(linear, plan.quantized(Kind.LINEAR));
        assertEquals(0, plan.quantized(Kind.ATTENTION));
        assertEquals(51, plan.total(Kind.CONV));
        assertEquals(743, plan.total(Kind.LINEAR));
        assertEquals(140, plan.total(Kind.ATTENTION));
    }

    @ParameterizedTest
    @CsvSource({"1, 38, 0", "2, 38, 140", "2.5, 38, 560", "3, 38, 722"})
    void sdxlByRoleIsTheSame(String level, int conv, int linear) {
        PlanResult plan = Chain.halftone().plan(new PlanRequest("", "", CONFIG, "int8", new QuantLevel(level), "standard"));
        assertEquals(conv, plan.quantized(Kind.CONV));
        assertEquals(linear, plan.quantized(Kind.LINEAR));
    }
}
