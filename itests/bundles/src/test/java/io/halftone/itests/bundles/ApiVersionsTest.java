package io.halftone.itests.bundles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Instructions;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import aQute.bnd.service.diff.Tree;
import aQute.bnd.service.diff.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The versions of the exported packages, by bnd's baseline against {@code src/test/api}: the API of the last release, one text for
 * each package. {@code -Dhalftone.api=record} writes it anew.
 */
class ApiVersionsTest {
    private static final Path RECORD = Path.of("src", "test", "api");
    private static final DiffPluginImpl DIFFER = new DiffPluginImpl();

    @Test
    void aChangedPackageHasTheVersionThatItsChangeAsksFor() throws Exception {
        Map<String, Tree.Data> recorded = recorded();
        List<String> wrong = new ArrayList<>();
        Map<String, Tree.Data> packages = new TreeMap<>();
        for (Path bundle : Bundles.own()) {
            try (Jar jar = new Jar(bundle.toFile())) {
                if (Bundles.exports(jar)) {
                    wrong.addAll(compare(jar, recorded, packages));
                }
            }
        }
        recorded.keySet().stream().filter(name -> !packages.containsKey(name)).forEach(name -> wrong.add(name + ": found no such package; expected the one "
            + "that was released, or its record deleted with the next release"));
        if ("record".equals(System.getProperty("halftone.api"))) {
            record(packages);
            return;
        }
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong) + "\nRaise @Version in package-info.java; before the first release, "
            + "or with one, mvn -f itests/bundles/pom.xml test -Dtest=ApiVersionsTest -Dhalftone.api=record writes the record anew.\n");
    }

    @Test
    void aMethodMoreIsAMinorChangeForCallersAndAMajorOneForPlugins() throws Exception {
        Map<String, Tree.Data> before = recorded();
        forget(before.get("io.halftone.api"), "io.halftone.api.Halftone", "build(");
        forget(before.get("io.halftone.quant"), "io.halftone.quant.LevelPolicy", "");
        List<String> wrong = new ArrayList<>();
        for (Path bundle : Bundles.own()) {
            try (Jar jar = new Jar(bundle.toFile())) {
                if (List.of("io.halftone.api", "io.halftone.quant").contains(jar.getBsn())) {
                    wrong.addAll(compare(jar, before, new TreeMap<>()));
                }
            }
        }
        assertEquals(2, wrong.size(), wrong::toString);
        assertTrue(wrong.get(0).matches("io\\.halftone\\.api: found version (\\S+); expected 1\\.1\\.0 after \\1, for added .*"), wrong.get(0));
        assertTrue(wrong.get(1).matches("io\\.halftone\\.quant: found version (\\S+); expected 2\\.0\\.0 after \\1, for added .*"), wrong.get(1));
    }

    /** A record without the methods of a type whose names begin so. */
    private static void forget(Tree.Data whole, String type, String prefix) {
        Tree.Data node = child(whole, type);
        node.children = Stream.of(node.children).filter(each -> each.type != Type.METHOD || !each.name.startsWith(prefix)).toArray(Tree.Data[]::new);
    }

    /** A record that follows the API, in place of the last release's, would say that nothing ever changes. */
    @Test
    void theRecordIsThatOfTheLastRelease() throws Exception {
        String tag = git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").strip();
        assumeTrue(!tag.isEmpty(), "no release is tagged here: the record stands for itself");
        assumeTrue(System.getProperty("halftone.version").endsWith("-SNAPSHOT"), "this is a release");
        assertEquals("", git("diff", "--stat", tag, "--", RECORD.toString()), "changed since " + tag);
    }

    private static List<String> compare(Jar jar, Map<String, Tree.Data> recorded, Map<String, Tree.Data> packages) throws Exception {
        Tree.Data whole = DIFFER.tree(jar).serialize();
        Tree.Data api = child(whole, "<api>");
        Api.own(api);
        List<Tree.Data> before = new ArrayList<>();
        Parameters exportsBefore = new Parameters();
        Parameters exports = new Parameters(jar.getManifest().getMainAttributes().getValue("Export-Package"));
        // a package that holds other files alone is not in the tree of types
        api.children = Stream.of(api.children).filter(each -> exports.containsKey(each.name)).toArray(Tree.Data[]::new);
        for (Tree.Data each : api.children) {
            packages.put(each.name, version(each, exports));
            Tree.Data record = recorded.get(each.name);
            if (record != null) {
                before.add(record);
                exportsBefore.put(each.name, aQute.bnd.header.Attrs.create("version", version(record)));
            }
        }
        Tree.Data manifest = child(whole, "<manifest>");
        Tree newer = DIFFER.deserialize(Api.data(whole.type, whole.name, whole.add, whole.rem, api, manifest));
        Tree older = DIFFER.deserialize(Api.data(whole.type, whole.name, whole.add, whole.rem,
            Api.data(api.type, api.name, api.add, api.rem, before.toArray(Tree.Data[]::new)), manifest));
        List<String> wrong = new ArrayList<>();
        try (Processor reporter = new Processor()) {
            for (Baseline.Info info : new Baseline(reporter, DIFFER).baseline(newer, exports, older, exportsBefore, new Instructions("*"))) {
                if (info.mismatch && recorded.containsKey(info.packageName)) {
                    List<String> changes = new ArrayList<>();
                    changes(info.packageDiff, changes);
                    wrong.add(info.packageName + ": found version " + info.newerVersion + "; expected " + info.suggestedVersion + " after " + info.olderVersion
                        + ", for " + String.join(", ", changes));
                }
            }
        }
        return wrong;
    }

    /** The package's node, its version with it. */
    private static Tree.Data version(Tree.Data node, Parameters exports) {
        if (Stream.of(node.children).noneMatch(child -> child.type == Type.VERSION)) {
            List<Tree.Data> children = new ArrayList<>(List.of(node.children));
            children.add(0, Api.data(Type.VERSION, exports.get(node.name).get("version"), Delta.IGNORED, Delta.IGNORED));
            node.children = children.toArray(Tree.Data[]::new);
        }
        return node;
    }

    private static String version(Tree.Data node) {
        return Stream.of(node.children).filter(child -> child.type == Type.VERSION).map(child -> child.name).findFirst().orElseThrow();
    }

    private static void changes(Diff diff, List<String> changes) {
        if (diff.getDelta() == Delta.ADDED || diff.getDelta() == Delta.REMOVED) {
            changes.add(diff.getDelta().name().toLowerCase(java.util.Locale.ROOT) + " " + diff.getName());
            return;
        }
        for (Diff child : diff.getChildren()) {
            if (child.getDelta() != Delta.UNCHANGED && child.getDelta() != Delta.IGNORED) {
                List<String> below = new ArrayList<>();
                changes(child, below);
                String of = child.getType() == Type.METHOD ? " of " + child.getName() : "";
                below.forEach(change -> changes.add(change + of));
            }
        }
    }

    private static Tree.Data child(Tree.Data data, String name) {
        return Stream.of(data.children).filter(child -> child.name.equals(name)).findFirst().orElseThrow();
    }

    private static Map<String, Tree.Data> recorded() throws IOException {
        Map<String, Tree.Data> recorded = new TreeMap<>();
        try (Stream<Path> files = Files.list(RECORD)) {
            for (Path file : files.toList()) {
                Tree.Data data = Api.parse(Files.readAllLines(file));
                recorded.put(data.name, data);
            }
        }
        return recorded;
    }

    private static void record(Map<String, Tree.Data> packages) throws IOException {
        try (Stream<Path> files = Files.list(RECORD)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        for (Tree.Data data : packages.values()) {
            Files.write(RECORD.resolve(data.name + ".txt"), Api.lines(data));
        }
    }

    private static String git(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor(1, TimeUnit.MINUTES) ? out : "";
        } catch (IOException noGit) {
            return "";
        }
    }
}
