package io.halftone.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A file of configuration, whose lines are changed one by one: all others stay as they are. */
final class TextFile {
    private final Path path;
    private final List<String> lines;

    TextFile(Path path) throws IOException {
        this.path = path;
        this.lines = new ArrayList<>(Files.readAllLines(path));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Puts a line in place of the first of another text; at the end where there is none. */
    void replace(String line, String by) {
        int at = lines.indexOf(line);
        if (at >= 0) {
            lines.set(at, by);
        } else {
            lines.add(by);
        }
    }

    void add(String line) {
        if (!lines.contains(line)) {
            lines.add(line);
        }
    }

    void remove(Predicate<String> which) {
        lines.removeIf(which);
    }

    /** The value of {@code key = value}; empty where there is none. */
    String value(String key) {
        return lines.stream().filter(line -> isOf(line, key)).map(line -> line.substring(line.indexOf('=') + 1).strip()).findFirst().orElse("");
    }

    /** Sets it, in the place that it has. */
    void set(String key, String value) {
        for (int i = 0; i < lines.size(); i++) {
            if (isOf(lines.get(i), key)) {
                lines.set(i, lines.get(i).substring(0, lines.get(i).indexOf('=') + 1) + value);
                return;
            }
        }
        lines.add(key + "=" + value);
    }

    /** Puts an element first into a list of {@code key = a, b}, which may go on over several lines. */
    void addTo(String key, String element) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (isOf(line, key)) {
                boolean several = line.strip().endsWith("\\");
                if (several) {
                    lines.add(i + 1, of(element));
                } else {
                    lines.set(i, line.replaceFirst("=\\s*", "= " + element + ", "));
                }
                return;
            }
        }
        lines.add(key + " = " + element);
    }

    /** Takes out an element that {@link #addTo} put in. */
    void removeFrom(String key, String element) {
        if (!lines.remove(of(element))) {
            for (int i = 0; i < lines.size(); i++) {
                if (isOf(lines.get(i), key)) {
                    lines.set(i, lines.get(i).replace(element + ", ", "").replace(element, ""));
                }
            }
        }
    }

    private static String of(String element) {
        return "    " + element + ", \\";
    }

    /** Puts lines before the first that has a text in it. */
    void insertBefore(String text, List<String> some) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                lines.addAll(i, some);
                return;
            }
        }
        throw new IllegalArgumentException(path + ": found no " + text + "; expected the file as it is shipped");
    }

    private static boolean isOf(String line, String key) {
        return line.startsWith(key) && line.substring(key.length()).strip().startsWith("=");
    }

    /** Writes it whole, or not at all. */
    void write() throws IOException {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.write(part, lines);
        Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
