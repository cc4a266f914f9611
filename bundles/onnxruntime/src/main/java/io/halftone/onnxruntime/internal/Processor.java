package io.halftone.onnxruntime.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What of the processor decides how integer products are stored: without VNNI their sums may saturate in 16 bits. */
final class Processor {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private static final Map<String, String> EXTENSIONS = new LinkedHashMap<>();

    static {
        EXTENSIONS.put("avx2", "AVX2");
        EXTENSIONS.put("avx512f", "AVX-512");
        EXTENSIONS.put("avx512_vnni", "VNNI");
        EXTENSIONS.put("avx_vnni", "VNNI");
        EXTENSIONS.put("amx_int8", "AMX");
    }

    private Processor() {}

    /** Architecture and integer extension, such as {@code amd64 with VNNI}. */
    static String description() {
        return System.getProperty("os.arch") + (hasVnni() ? " with VNNI" : " without VNNI");
    }

    private static boolean hasVnni() {
        return instructions().contains("VNNI");
    }

    /** The extensions that matter to products: of AVX2, AVX-512, VNNI and AMX those there are. */
    static Set<String> instructions() {
        return instructions(CPU_INFO);
    }

    /** As {@link #instructions()}, from what Linux says in a file; nothing where there is none: what is built for less runs on more. */
    static Set<String> instructions(Path cpuInfo) {
        try (var lines = Files.lines(cpuInfo)) {
            Set<String> flags = lines.filter(line -> line.startsWith("flags")).findFirst()
                .map(line -> Set.copyOf(Arrays.asList(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))).orElse(Set.of());
            Set<String> instructions = new LinkedHashSet<>();
            EXTENSIONS.forEach((flag, name) -> {
                if (flags.contains(flag)) {
                    instructions.add(name);
                }
            });
            return instructions;
        } catch (IOException e) {
            return Set.of();
        }
    }
}
