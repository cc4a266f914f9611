package io.halftone.itests.bundles;

import aQute.bnd.osgi.Jar;
import io.halftone.testkit.ModelAdapterContract;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where the bundles are that the build has made, and which of them hold a library that others wrote. */
final class Bundles {
    static final Path DISTRIBUTION = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();

    /** Their packages and their versions are those of the libraries. */
    static final Set<String> REPACKAGED = Set.of("io.halftone.bytedeco", "io.halftone.bytedeco.natives", "io.halftone.onnx.proto",
        "io.halftone.onnxruntime.lib", "io.halftone.tokenizers.lib");

    private Bundles() { }

    /** The project's own bundles, the test kit included, in the order of their names. */
    static List<Path> own() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(DISTRIBUTION.resolve("system/io/halftone"))) {
            files.filter(file -> file.toString().endsWith(".jar")).filter(file -> !REPACKAGED.contains(name(file))).forEach(found::add);
        }
        try {
            found.add(Path.of(ModelAdapterContract.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
        found.sort(Comparator.comparing(Bundles::name));
        return found;
    }

    /** Those that export nothing. */
    static boolean exports(Jar jar) throws Exception {
        return jar.getManifest().getMainAttributes().getValue("Export-Package") != null;
    }

    private static String name(Path jar) {
        return jar.getParent().getParent().getFileName().toString();
    }
}
