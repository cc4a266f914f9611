package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What docs/configuration.md and the files in etc/ say is what the bundles' metatype says. */
public class ConfigurationPageIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();
    private static final Path BUNDLES = HOME.resolve("system").resolve("io").resolve("halftone");

    @Test
    public void thePageHasEverySettingWithItsDefaultAndMeaning() throws Exception {
        List<String> expected = new ArrayList<>();
        settings().forEach((pid, settings) -> {
            expected.add("## etc/" + pid + ".cfg");
            settings.forEach((key, setting) -> expected.add("| `" + key + "` | " + (setting[0].isEmpty() ? "" : "`" + setting[0] + "`")
                + " | " + setting[1] + " |"));
        });
        List<String> found = Files.readAllLines(HOME.resolve("docs").resolve("configuration.md")).stream()
            .filter(line -> line.startsWith("## etc/") || line.startsWith("| `") && line.split("\\|").length == 4).toList();
        assertEquals(String.join("\n", expected), String.join("\n", found));
    }

    @Test
    public void theFilesThatAreShippedShowEverySettingAndSetNone() throws Exception {
        Map<String, Map<String, String[]>> settings = settings();
        for (String pid : List.of("io.halftone", "io.halftone.torch", "io.halftone.web")) {
            List<String> lines = Files.readAllLines(HOME.resolve("etc").resolve(pid + ".cfg"));
            assertTrue(pid, lines.stream().allMatch(line -> line.isEmpty() || line.startsWith("#")));
            List<String> shown = lines.stream().filter(line -> line.matches("#\\w+ =.*")).map(line -> line.substring(1).strip()).toList();
            for (Map.Entry<String, String[]> setting : settings.get(pid).entrySet()) {
                String standard = setting.getKey().equals("modelFolders") ? "${karaf.home}/models" : setting.getValue()[0];
                assertTrue(setting.getKey() + " in " + shown, shown.contains((setting.getKey() + " = " + standard).strip()));
            }
            assertEquals(settings.get(pid).size(), shown.size());
        }
    }

    /** By pid and key: default and description. */
    private static Map<String, Map<String, String[]>> settings() throws Exception {
        Map<String, Map<String, String[]>> settings = new TreeMap<>();
        List<Path> jars;
        try (Stream<Path> files = Files.walk(BUNDLES)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        for (Path path : jars) {
            try (JarFile jar = new JarFile(path.toFile())) {
                for (JarEntry entry : jar.stream().filter(each -> each.getName().matches("OSGI-INF/metatype/.+\\.xml")).toList()) {
                    read(jar, entry, settings);
                }
            }
        }
        return settings;
    }

    private static void read(JarFile jar, JarEntry entry, Map<String, Map<String, String[]>> settings) throws Exception {
        Document document;
        try (InputStream in = jar.getInputStream(entry)) {
            document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
        } catch (IOException e) {
            throw new IOException(jar.getName() + "!" + entry, e);
        }
        Map<String, String[]> its = new TreeMap<>();
        NodeList attributes = document.getElementsByTagName("AD");
        for (int i = 0; i < attributes.getLength(); i++) {
            Element attribute = (Element) attributes.item(i);
            its.put(attribute.getAttribute("id"), new String[] {attribute.getAttribute("default"), attribute.getAttribute("description")});
        }
        settings.put(((Element) document.getElementsByTagName("Designate").item(0)).getAttribute("pid"), its);
    }
}
