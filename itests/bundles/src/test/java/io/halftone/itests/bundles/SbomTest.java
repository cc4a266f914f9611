package io.halftone.itests.bundles;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cyclonedx.Version;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The distribution's bill of materials against what lies in it, and {@code docs/dependencies.md} against the bill. */
class SbomTest {
    private static final Path FILE = Bundles.DISTRIBUTION.resolve("sbom.cdx.json");
    private static final Path PAGE = Path.of("..", "..", "docs", "dependencies.md");
    private static final String HEAD = "| library | version | licence |";
    private static Bom bom;

    @BeforeAll
    static void read() throws Exception {
        bom = new JsonParser().parse(FILE.toFile());
    }

    private static String path(Component component) {
        return component.getProperties().stream().filter(property -> property.getName().equals("path")).findFirst().orElseThrow().getValue();
    }

    @Test
    void keepsToTheSchema() throws Exception {
        assertEquals(List.of(), new JsonParser().validate(FILE.toFile(), Version.VERSION_16));
    }

    @Test
    void listsEveryJarWithItsDigest() throws Exception {
        Map<String, String> there = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Bundles.DISTRIBUTION)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jar")).toList()) {
                there.put(Bundles.DISTRIBUTION.relativize(file).toString(),
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
            }
        }
        Map<String, String> listed = new TreeMap<>();
        bom.getComponents().forEach(component -> listed.put(path(component), component.getHashes().get(0).getValue()));
        assertEquals(there, listed);
    }

    /** What is repackaged says in its pom.properties what it was made from. */
    @Test
    void listsWhatRepackagedLibrariesWereMadeFrom() throws IOException {
        Set<String> repackaged = bom.getComponents().stream().filter(component -> component.getComponents() != null && !component.getComponents().isEmpty())
            .map(Component::getName).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(Bundles.REPACKAGED), repackaged);
        List<String> missing = new ArrayList<>();
        for (Component component : bom.getComponents()) {
            if (repackaged.contains(component.getName())) {
                Set<String> parts = component.getComponents().stream().map(part -> part.getGroup() + ":" + part.getName() + ":" + part.getVersion())
                    .collect(Collectors.toSet());
                inside(Bundles.DISTRIBUTION.resolve(path(component))).stream().filter(part -> !parts.contains(part))
                    .forEach(part -> missing.add(component.getName() + ": " + part));
            }
        }
        assertEquals(List.of(), missing);
    }

    private static List<String> inside(Path jar) throws IOException {
        List<String> found = new ArrayList<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (var entry : Collections.list(file.entries())) {
                if (entry.getName().startsWith("META-INF/maven/") && entry.getName().endsWith("/pom.properties")) {
                    Properties pom = new Properties();
                    try (InputStream in = file.getInputStream(entry)) {
                        pom.load(in);
                    }
                    if (!pom.getProperty("groupId").equals("io.halftone")) {
                        found.add(pom.getProperty("groupId") + ":" + pom.getProperty("artifactId") + ":" + pom.getProperty("version"));
                    }
                }
            }
        }
        return found;
    }

    @Test
    void theListInTheDocsIsThatOfTheDistribution() throws IOException {
        Set<String> rows = new TreeSet<>();
        Stream.concat(bom.getComponents().stream(),
                bom.getComponents().stream().flatMap(component -> Stream.ofNullable(component.getComponents()).flatMap(List::stream)))
            .filter(component -> !component.getGroup().equals("io.halftone"))
            .forEach(component -> rows.add("| " + component.getGroup() + ":" + component.getName() + " | " + component.getVersion() + " | "
                + component.getLicenses().getExpression().getValue() + " |"));
        List<String> page = Files.readAllLines(PAGE);
        int head = page.indexOf(HEAD);
        if ("record".equals(System.getProperty("halftone.dependencies"))) {
            List<String> written = new ArrayList<>(page.subList(0, head + 2));
            written.addAll(rows);
            Files.write(PAGE, written);
            return;
        }
        assertEquals(List.copyOf(rows), page.subList(head + 2, page.size()),
            "mvn -f itests/bundles/pom.xml test -Dtest=SbomTest -Dhalftone.dependencies=record writes the list anew");
    }
}
