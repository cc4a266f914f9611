package io.halftone.onnxruntime.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What of the processor decides how integer products are stored: without VNNI their sums may saturate in 16 bits. */
final class Processor {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Processor() {}

    /** Architecture and integer extension, such as {@code amd64 with VNNI}. */
    static String description() {
        return System.getProperty("os.arch") + (hasVnni() ? " with VNNI" : " without VNNI");
    }

    private static boolean hasVnni() {
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.anyMatch(line -> line.startsWith("flags") && (line.contains("avx512_vnni") || line.contains("avx_vnni")));
        } catch (IOException e) {
            return false;                    // no such file on this system: what is built for less runs on more
        }
    }
}
