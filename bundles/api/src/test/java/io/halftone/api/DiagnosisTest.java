package io.halftone.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    @Test
    void problemsAreWhatDoesNotWork() {
        Finding problem = Finding.problem("memory", "1 GB", "2 GB", "");
        var diagnosis = new Diagnosis(List.of(Finding.ok("Java", "17"), Finding.note("threads", "many", "few", ""), problem));
        assertEquals(List.of(problem), diagnosis.problems());
    }

    @Test
    void aFindingSaysSomething() {
        assertEquals("finding: found no subject or nothing found; expected both",
            assertThrows(IllegalArgumentException.class, () -> Finding.ok("Java", " ")).getMessage());
        assertEquals("finding Java: found something to expect or to do; expected nothing, as all is well",
            assertThrows(IllegalArgumentException.class, () -> new Finding(Finding.Level.OK, "Java", "17", "18", "")).getMessage());
    }

    @Test
    void aDemandAddsUp() {
        assertEquals(6, new Demand("", "m", 1, 2, 3).bytes());
        assertFalse(Demand.NONE.hasModel());
        assertEquals("others: found -1; expected >= 0", assertThrows(IllegalArgumentException.class, () -> new Demand("", "", 0, -1, 0)).getMessage());
    }

    @Test
    void aRequestIsDemandingWhereItNamesSomething() {
        assertFalse(DoctorRequest.machine().isDemanding());
        assertTrue(new DoctorRequest("", "", DType.FLOAT32, "tensorrt").isDemanding());
        assertTrue(new DoctorRequest("", "sdxl-1.0", DType.FLOAT32, "").isDemanding());
        assertEquals("model dtype: found INT8; expected Float, Half or BFloat16",
            assertThrows(IllegalArgumentException.class, () -> new DoctorRequest("", "", DType.INT8, "")).getMessage());
    }
}
