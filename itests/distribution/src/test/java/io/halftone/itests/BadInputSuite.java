package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Runs the command lines of {@code bad-input.txt} through the entry that {@code bin/halftone} has in its container. Each ends with
 * its status and one line on standard error, prints nothing else, and writes nothing.
 */
final class BadInputSuite {
    private static final Pattern PROGRESS = Pattern.compile("(?m)^[a-z][a-z ]*: (begins|done in .*|\\d+ of .*)\n");
    private static final int LEAST_CASES = 330;
    /** Twice the two minutes that they may take: others use the machine. */
    private static final int MOST_SECONDS = 240;
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    /**
     * A line of the table.
     *
     * @param status  the exit status
     * @param reports whether standard output has a report
     * @param line    the command line, with {in} and {out}
     * @param message what standard error says behind {@code halftone: }; * stands for anything
     */
    record Case(String name, int status, boolean reports, String line, String message) {}

    private final SessionFactory sessions;
    private final Path scratch;
    private final Path model;
    private final Constructor<?> entry;
    private final Method run;

    /**
     * Finds the entry.
     *
     * @param scratch a folder that is not there yet
     * @param model   the tiny SDXL
     */
    BadInputSuite(BundleContext context, SessionFactory sessions, Path scratch, Path model) throws IOException, ReflectiveOperationException {
        this.sessions = sessions;
        this.scratch = scratch;
        this.model = model;
        Bundle launcher = Arrays.stream(context.getBundles()).filter(b -> "io.halftone.launcher".equals(b.getSymbolicName())).findFirst().orElseThrow();
        // internal, as it should be: what is tested is what the process runs
        Class<?> commandLine = launcher.loadClass("io.halftone.launcher.internal.CommandLine");
        entry = commandLine.getDeclaredConstructor(Registry.class, PrintStream.class, PrintStream.class);
        run = commandLine.getDeclaredMethod("run", Session.class, List.class);
        entry.setAccessible(true);
        run.setAccessible(true);
        new BadInputs(scratch.resolve("in"), model);
        Files.createDirectory(scratch.resolve("out"));
    }

    /** The table. */
    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (var reader = new BufferedReader(new InputStreamReader(BadInputSuite.class.getResourceAsStream("bad-input.txt"), StandardCharsets.UTF_8))) {
            for (String line : reader.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
                String[] parts = line.split("\\s*\\|\\s*", 4);
                cases.add(new Case(parts[0], Integer.parseInt(parts[1].replace("+", "")), parts[1].endsWith("+"), parts[2], parts[3].strip()));
            }
        }
        return cases;
    }

    /** Runs all of them; fails with all that came out otherwise, and where a command has none. */
    void run() throws IOException, ReflectiveOperationException {
        assertTrue(cases().size() + " cases", cases().size() >= LEAST_CASES);
        Set<String> commands = sessions.getRegistry().getCommands().stream().filter(command -> command.getScope().equals("halftone"))
            .map(Command::getName).collect(Collectors.toCollection(TreeSet::new));
        commands.removeAll(cases().stream().map(bad -> bad.line().split(" ")[0]).toList());
        assertEquals("commands without a case", Set.of(), commands);
        long start = System.nanoTime();
        Map<String, String> wrong = new LinkedHashMap<>();
        Map<String, Long> before = files();
        for (Case bad : cases()) {
            String found = run(bad);
            Map<String, Long> after = files();
            if (!after.equals(before)) {
                found += "\n  and wrote or changed files: " + changed(before, after);
                before = after;
            }
            if (!found.isEmpty()) {
                wrong.put(bad.name(), found);
            }
        }
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        assertTrue("found " + seconds + " s; expected at most " + MOST_SECONDS, seconds <= MOST_SECONDS);
        assertEquals(wrong.entrySet().stream().map(e -> e.getKey() + e.getValue()).collect(Collectors.joining("\n")), 0, wrong.size());
    }

    private static String changed(Map<String, Long> before, Map<String, Long> after) {
        return after.keySet().stream().filter(file -> !after.get(file).equals(before.get(file))).toList() + ", and gone "
            + before.keySet().stream().filter(file -> !after.containsKey(file)).toList();
    }

    /** What was otherwise than it should be; empty if nothing was. */
    private String run(Case bad) throws ReflectiveOperationException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = status(words(bad.line()), new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        String said = err.toString(StandardCharsets.UTF_8);
        StringBuilder found = new StringBuilder();
        if (status != bad.status()) {
            found.append("\n  status ").append(status).append("; expected ").append(bad.status());
        }
        if (!isExpected(said, bad.message())) {
            found.append("\n  said ").append(said.strip()).append("\n  expected ").append(bad.message());
        }
        if (out.size() > 0 != bad.reports()) {
            found.append("\n  printed ").append(out.toString(StandardCharsets.UTF_8));
        }
        return found.toString();
    }

    private int status(List<String> words, PrintStream out, PrintStream err) throws ReflectiveOperationException {
        PrintStream usualOut = System.out;
        PrintStream usualErr = System.err;
        try (Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, err)) {
            System.setOut(out);   // as the launcher does
            System.setErr(err);
            return (int) run.invoke(entry.newInstance(session.getRegistry(), out, err), session, words);
        } finally {
            System.setOut(usualOut);
            System.setErr(usualErr);
        }
    }

    private boolean isExpected(String said, String message) {
        return isExpected(said, message, scratch);
    }

    /** Whether standard error has that one line, and nothing else but how far a job got before; a process adds where its log is. */
    static boolean isExpected(String said, String message, Path scratch) {
        String pattern = Stream.of(place(message, scratch).split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return PROGRESS.matcher(said).replaceAll("").matches("halftone: " + pattern + "( \\(log: .*\\))?\n");   // . is no line break: one line
    }

    private List<String> words(String line) {
        return words(line, scratch);
    }

    /** The words of a command line. */
    static List<String> words(String line, Path scratch) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            String text = place(word.group(1) != null ? word.group(1) : word.group(2), scratch);
            words.add(text.replace("\\u0000", "\0").replace("\\u001b", "\u001b").replace("\\u0007", "\u0007"));
        }
        return words;
    }

    private static String place(String text, Path scratch) {
        return text.replace("{in}", scratch.resolve("in").toString()).replace("{out}", scratch.resolve("out").toString());
    }

    /** Every file with its last change, of the inputs, the model and the outputs; and what lies in the current folder, where a container has its own. */
    private Map<String, Long> files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        for (Path root : List.of(scratch, model)) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.toList()) {
                    files.put(file.toString(), Files.isDirectory(file) ? 0 : Files.getLastModifiedTime(file).toMillis());
                }
            }
        }
        try (Stream<Path> here = Files.list(Path.of("").toAbsolutePath())) {
            here.forEach(file -> files.put(file.toString(), 0L));
        }
        return files;
    }
}
