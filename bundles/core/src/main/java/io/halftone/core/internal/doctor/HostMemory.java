package io.halftone.core.internal.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's memory, or that of the container this process is in.
 *
 * @param total     bytes
 * @param available bytes that can be had without taking them from other programs
 */
record HostMemory(long total, long available) {
    private static final Pattern ENTRY = Pattern.compile("(\\w+):?\\s+(\\d+)(?: kB)?");
    private static final long KIB = 1024;

    /** Reads what Linux says below a root folder; empty on other systems. */
    static Optional<HostMemory> read(Path root) {
        try {
            Map<String, Long> memory = entries(root.resolve("proc/meminfo"));
            if (!memory.containsKey("MemTotal") || !memory.containsKey("MemAvailable")) {
                return Optional.empty();
            }
            var machine = new HostMemory(memory.get("MemTotal") * KIB, memory.get("MemAvailable") * KIB);
            return Optional.of(machine.within(root.resolve("sys/fs/cgroup")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The same within the limit of a control group, version 2, where there is one. */
    private HostMemory within(Path group) throws IOException {
        Path limit = group.resolve("memory.max");
        if (!Files.isReadable(limit) || !Files.readString(limit).strip().matches("\\d+")) {
            return this;
        }
        long most = Long.parseLong(Files.readString(limit).strip());
        long used = Long.parseLong(Files.readString(group.resolve("memory.current")).strip());
        // pages of files that were read: given back before anything is refused
        long cached = entries(group.resolve("memory.stat")).getOrDefault("inactive_file", 0L);
        return new HostMemory(Math.min(total, most), Math.max(0, Math.min(available, most - (used - cached))));
    }

    private static Map<String, Long> entries(Path file) throws IOException {
        Map<String, Long> entries = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                entries.put(entry.group(1), Long.parseLong(entry.group(2)));
            }
        }
        return entries;
    }
}
