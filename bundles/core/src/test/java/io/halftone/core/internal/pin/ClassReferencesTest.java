package io.halftone.core.internal.pin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.pin.plugin.Plugin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassReferencesTest {
    private static final String PLUGIN = Plugin.class.getName();

    @Test
    void namesWhatIsCalledAndNested() throws IOException {
        Set<String> names = names("/" + PLUGIN.replace('.', '/') + ".class");
        assertTrue(names.containsAll(Set.of(PLUGIN, PLUGIN + "$Late", PLUGIN + "$Pair", "io.halftone.core.internal.pin.part.Part",
            "io.halftone.quant.LevelPolicy")), names.toString());
    }

    @Test
    void namesTheTypesOfLambdas() throws IOException {
        Set<String> names = names("/" + PLUGIN.replace('.', '/') + "$Lambdas.class");
        assertTrue(names.containsAll(Set.of("io.halftone.ops.Shape", PLUGIN + "$Result")), names.toString());
    }

    @Test
    void namesTheTypesOfGenericSignatures() throws IOException {
        Set<String> names = names("/" + PLUGIN.replace('.', '/') + ".class");
        assertTrue(names.containsAll(Set.of("io.halftone.quant.QuantLevel", "io.halftone.quant.Slot")), names.toString());
    }

    @Test
    void leavesOutThePlatformsOwn() throws IOException {
        assertEquals(Set.of(), Set.copyOf(names("/" + PLUGIN.replace('.', '/') + ".class").stream().filter(name -> name.startsWith("java.")).toList()));
    }

    @Test
    void refusesWhatIsNoClassFile() {
        assertEquals("class file: found another first word; expected cafebabe",
            assertThrows(IOException.class, () -> ClassReferences.of(new ByteArrayInputStream(new byte[10]))).getMessage());
    }

    private static Set<String> names(String resource) throws IOException {
        try (InputStream in = ClassReferencesTest.class.getResourceAsStream(resource)) {
            return ClassReferences.of(in);
        }
    }
}
