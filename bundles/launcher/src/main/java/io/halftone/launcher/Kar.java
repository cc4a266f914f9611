package io.halftone.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A Karaf archive: a list of features, and their bundles in a Maven repository's layout. */
final class Kar implements AutoCloseable {
    /** What a bundle may ask the distribution to set: {@code key=value}. */
    static final String SYSTEM_PROPERTY = "Halftone-System-Property";

    private static final String REPOSITORY = "repository/";
    private static final String USUAL_LEVEL = "80";

    private final Path path;
    private final ZipFile zip;
    private final List<String> files;
    private final String features;
    private final List<String> names = new ArrayList<>();
    private final List<Bundle> bundles = new ArrayList<>();

    /**
     * A bundle of the archive.
     *
     * @param uri      {@code mvn:group/artifact/version}
     * @param file     where it is in a repository
     * @param level    start level
     * @param name     symbolic name
     * @param property what it asks to be set, {@code key=value}; empty for nothing
     */
    record Bundle(String uri, String file, String level, String name, String property) {}

    /**
     * Opens an archive.
     *
     * @throws IllegalArgumentException if it is none
     */
    Kar(Path path) throws IOException {
        this.path = path;
        try {
            this.zip = new ZipFile(path.toFile());
        } catch (ZipException e) {
            throw new IllegalArgumentException(path + ": found no archive (" + e.getMessage() + "); expected a Karaf archive, .kar", e);
        }
        try {
            this.files = zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName)
                .filter(name -> name.startsWith(REPOSITORY)).map(name -> inside(path, name)).toList();
            List<String> lists = files.stream().filter(file -> file.endsWith("-features.xml")).toList();
            if (lists.size() != 1) {
                throw new IllegalArgumentException(path + ": found " + lists.size() + " lists of features; expected one, repository/.../NAME-features.xml");
            }
            this.features = lists.get(0);
            read();
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** The path of an entry in the repository, which is all that it may be unpacked into. */
    private static String inside(Path archive, String entry) {
        String file = entry.substring(REPOSITORY.length());
        boolean plain = !file.startsWith("/") && !file.contains("\\") && !file.contains("\0") && !List.of(file.split("/")).contains("..");
        if (!plain) {
            throw new IllegalArgumentException(archive + ": found an entry " + entry + "; expected paths that stay in " + REPOSITORY);
        }
        return file;
    }

    private void read() throws IOException {
        Element root;
        try (InputStream in = open(features)) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            root = factory.newDocumentBuilder().parse(in).getDocumentElement();
        } catch (SAXException | ParserConfigurationException e) {
            throw new IllegalArgumentException(path + ": " + features + ": found " + e.getMessage() + "; expected a list of features", e);
        }
        for (Element feature : elements(root, "feature")) {
            if (feature.getParentNode() == root) {
                names.add(feature.getAttribute("name"));
            }
        }
        for (Element bundle : elements(root, "bundle")) {
            String uri = bundle.getTextContent().strip();
            String[] parts = uri.replaceFirst("^mvn:", "").split("/");
            String file = parts.length != 3 ? "" : parts[0].replace('.', '/') + "/" + parts[1] + "/" + parts[2] + "/" + parts[1] + "-" + parts[2] + ".jar";
            if (!files.contains(file)) {
                throw new IllegalArgumentException(path + ": found no bundle " + uri + " in it; expected every one that its features name");
            }
            String level = bundle.getAttribute("start-level");
            Attributes manifest = manifest(open(file), path + ": " + file);
            bundles.add(new Bundle(uri, file, level.isEmpty() ? USUAL_LEVEL : level, symbolicName(manifest),
                manifest.getValue(SYSTEM_PROPERTY) == null ? "" : manifest.getValue(SYSTEM_PROPERTY).strip()));
        }
        if (names.isEmpty() || bundles.isEmpty()) {
            throw new IllegalArgumentException(path + ": found " + names.size() + " features and " + bundles.size() + " bundles; expected some");
        }
    }

    private static List<Element> elements(Element root, String name) {
        NodeList found = root.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private InputStream open(String file) throws IOException {
        return zip.getInputStream(zip.getEntry(REPOSITORY + file));
    }

    private static Attributes manifest(InputStream in, String where) throws IOException {
        try (JarInputStream jar = new JarInputStream(in)) {
            if (jar.getManifest() == null) {
                throw new IllegalArgumentException(where + ": found no manifest; expected a bundle");
            }
            return jar.getManifest().getMainAttributes();
        }
    }

    /** The symbolic name of a bundle's file; empty if it is none. */
    static String symbolicName(Path jar) throws IOException {
        return Files.isRegularFile(jar) ? symbolicName(manifest(Files.newInputStream(jar), jar.toString())) : "";
    }

    private static String symbolicName(Attributes manifest) {
        String name = manifest.getValue("Bundle-SymbolicName");
        return name == null ? "" : name.replaceFirst(";.*", "").strip();
    }

    /** The feature that it is installed as: the first. */
    String name() {
        return names.get(0);
    }

    List<String> features() {
        return List.copyOf(names);
    }

    List<Bundle> bundles() {
        return List.copyOf(bundles);
    }

    /** Where its list of features is, once it is unpacked: {@code mvn:group/artifact/version/xml/features}. */
    String repository() {
        String[] parts = features.split("/");
        int n = parts.length;
        return "mvn:" + String.join(".", List.of(parts).subList(0, n - 3)) + "/" + parts[n - 3] + "/" + parts[n - 2] + "/xml/features";
    }

    /**
     * Copies the list of features and the bundles into a repository; a file that is there is replaced at once, and whoever has it open
     * keeps the old one.
     *
     * @return the files, as they are called in a repository
     */
    List<String> unpack(Path repository) throws IOException {
        List<String> wanted = new ArrayList<>(List.of(features));
        bundles.forEach(bundle -> wanted.add(bundle.file()));
        for (String file : wanted) {
            Path target = repository.resolve(file);
            Files.createDirectories(target.getParent());
            Path part = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
            try (InputStream in = open(file)) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return wanted;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
