package io.halftone.itests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Constants;

/** A bundle of plugins, made of classes of the tests. */
final class PluginJar {
    private static final String IMPORTS = "io.halftone.export,io.halftone.model,io.halftone.ops,io.halftone.pipeline,io.halftone.quant";

    private final String name;
    private final String version;
    private final String strength;
    private final List<Component> components = new ArrayList<>();

    /** A service component and the names that it is asked for by. */
    private record Component(Class<?> type, Class<?> service, String property, String named) {}

    /** Of no plugin yet. */
    PluginJar(String name, String version, String strength) {
        this.name = name;
        this.version = version;
        this.strength = strength;
    }

    /** Its symbolic name. */
    String name() {
        return name;
    }

    String version() {
        return version;
    }

    /** How many plugins are in it. */
    int plugins() {
        return components.size();
    }

    /** With a plugin that is found by name. */
    PluginJar with(Class<?> type, Class<?> service, String named) {
        components.add(new Component(type, service, "halftone.named", named));
        return this;
    }

    /** With a model adapter. */
    PluginJar withModel(Class<?> type, Class<?> service, String architecture) {
        components.add(new Component(type, service, "halftone.architecture", architecture));
        return this;
    }

    byte[] bytes() throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        main.putValue(Constants.BUNDLE_VERSION, version);
        if (!components.isEmpty()) {
            main.putValue(Constants.IMPORT_PACKAGE, IMPORTS);
            main.putValue("Service-Component", "OSGI-INF/*.xml");
            main.putValue(Constants.REQUIRE_CAPABILITY, "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (Component component : components) {
                put(jar, "OSGI-INF/" + component.type.getSimpleName() + ".xml", description(component).getBytes(StandardCharsets.UTF_8));
                putClass(jar, component.type);
            }
            put(jar, "io/halftone/itests/plugin/strength.txt", strength.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** Puts it into a folder at once. */
    void drop(Path folder) throws IOException {
        Path part = Files.write(Files.createTempFile(folder.resolveSibling("data"), name, ".part"), bytes());
        Files.move(part, file(folder), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Where {@link #drop} puts it. */
    Path file(Path folder) {
        return folder.resolve(name + ".jar");
    }

    private static String description(Component component) {
        return "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" configuration-policy=\"ignore\" name=\"" + component.type.getName() + "\">"
            + "<property name=\"" + component.property + "\" type=\"String\" value=\"" + component.named + "\"/>"
            + "<service><provide interface=\"" + component.service.getName() + "\"/></service>"
            + "<implementation class=\"" + component.type.getName() + "\"/></scr:component>";
    }

    private static void putClass(JarOutputStream jar, Class<?> type) throws IOException {
        String path = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getResourceAsStream("/" + path)) {
            put(jar, path, in.readAllBytes());
        }
        for (Class<?> nested : type.getDeclaredClasses()) {
            putClass(jar, nested);
        }
    }

    private static void put(JarOutputStream jar, String path, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(path));
        jar.write(content);
        jar.closeEntry();
    }
}
