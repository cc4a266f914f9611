package io.halftone.itests.archetypes;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Features by their names, of several files. */
final class FeatureFiles {
    private final Map<String, Element> features = new HashMap<>();

    FeatureFiles(Path... files) throws Exception {
        for (Path file : files) {
            NodeList found = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()).getElementsByTagName("feature");
            for (int i = 0; i < found.getLength(); i++) {
                Element feature = (Element) found.item(i);
                if (feature.hasAttribute("name")) {   // one that another asks for has none
                    features.put(feature.getAttribute("name"), feature);
                }
            }
        }
    }

    /** The artifacts that a feature brings, with all that it asks for; those of Karaf's own features are left out. */
    Set<String> artifacts(String name) {
        Set<String> artifacts = new TreeSet<>();
        collect(name, artifacts, new TreeSet<>());
        return artifacts;
    }

    private void collect(String name, Set<String> artifacts, Set<String> seen) {
        Element feature = features.get(name);
        if (feature == null || !seen.add(name)) {
            return;
        }
        NodeList bundles = feature.getElementsByTagName("bundle");
        for (int i = 0; i < bundles.getLength(); i++) {
            artifacts.add(bundles.item(i).getTextContent().strip().split("/")[1]);   // mvn:group/artifact/version
        }
        NodeList others = feature.getElementsByTagName("feature");
        for (int i = 0; i < others.getLength(); i++) {
            collect(others.item(i).getTextContent().strip(), artifacts, seen);
        }
    }
}
