package io.halftone.itests.bundles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the features bring; that each resolves alone is for karaf-maven-plugin's verify. */
class FeaturesTest {
    private static final Map<String, Element> FEATURES = new TreeMap<>();

    @BeforeAll
    static void read() throws Exception {
        Path file;
        try (Stream<Path> files = Files.walk(Bundles.DISTRIBUTION.resolve("system/io/halftone/io.halftone.features"))) {
            file = files.filter(path -> path.toString().endsWith("-features.xml")).findFirst().orElseThrow();
        }
        NodeList features = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getElementsByTagName("feature");
        for (int i = 0; i < features.getLength(); i++) {
            Element feature = (Element) features.item(i);
            if (feature.hasAttribute("name")) {
                FEATURES.put(feature.getAttribute("name"), feature);
            }
        }
    }

    /** The artifacts that a feature brings, with all that it asks for. */
    private static Set<String> artifacts(String feature) {
        Set<String> found = new TreeSet<>();
        collect(feature, found, new TreeSet<>());
        return found;
    }

    private static void collect(String feature, Set<String> artifacts, Set<String> seen) {
        Element element = FEATURES.get(feature);
        if (element == null || !seen.add(feature)) {
            return;   // one of Karaf's
        }
        NodeList bundles = element.getElementsByTagName("bundle");
        for (int i = 0; i < bundles.getLength(); i++) {
            artifacts.add(bundles.item(i).getTextContent().strip().split("/")[1]);
        }
        NodeList others = element.getElementsByTagName("feature");
        for (int i = 0; i < others.getLength(); i++) {
            collect(others.item(i).getTextContent().strip(), artifacts, seen);
        }
    }

    @Test
    void nothingButLibtorchsOwnFeaturesBringsLibtorch() {
        for (String feature : FEATURES.keySet()) {
            boolean brings = artifacts(feature).stream().anyMatch(name -> name.startsWith("io.halftone.bytedeco") || name.equals("io.halftone.torch"));
            assertEquals(Set.of("halftone", "halftone-torch", "halftone-bytedeco").contains(feature), brings, feature);
        }
    }

    @Test
    void nothingButTheShellsOwnFeaturesBringsTheShell() {
        for (String feature : FEATURES.keySet()) {
            assertEquals(Set.of("halftone", "halftone-shell", "halftone-launcher", "halftone-web").contains(feature),
                artifacts(feature).contains("io.halftone.shell"), feature);
        }
    }

    @Test
    void theCoreBringsNoEngineAndNothingBringsTensorRt() {
        assertTrue(artifacts("halftone-core").stream().noneMatch(name -> name.contains("onnx")), artifacts("halftone-core")::toString);
        FEATURES.keySet().forEach(feature -> assertTrue(artifacts(feature).stream().noneMatch(name -> name.contains("tensorrt")), feature));
    }
}
