package io.halftone.itests.browser;

import io.halftone.itests.browser.plugin.ConvolutionsPolicy;
import io.halftone.quant.LevelPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A bundle of one level policy, {@code convolutions}, to be put into the folder that plugins are deployed from. */
final class PolicyJar {
    private PolicyJar() {}

    static Path write(Path file) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "itests.convolutions");
        main.putValue("Bundle-Version", "1.2.3");
        main.putValue("Import-Package", "io.halftone.ops,io.halftone.quant");
        main.putValue("Service-Component", "OSGI-INF/policy.xml");
        main.putValue("Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"");
        String component = "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\"convolutions\">"
            + "<property name=\"halftone.named\" type=\"String\" value=\"convolutions\"/>"
            + "<service><provide interface=\"" + LevelPolicy.class.getName() + "\"/></service>"
            + "<implementation class=\"" + ConvolutionsPolicy.class.getName() + "\"/></scr:component>";
        String type = ConvolutionsPolicy.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out, manifest);
             InputStream code = ConvolutionsPolicy.class.getResourceAsStream("/" + type)) {
            put(jar, "OSGI-INF/policy.xml", new ByteArrayInputStream(component.getBytes(StandardCharsets.UTF_8)));
            put(jar, type, code);
        }
        return file;
    }

    private static void put(JarOutputStream jar, String path, InputStream content) throws IOException {
        jar.putNextEntry(new JarEntry(path));
        content.transferTo(jar);
        jar.closeEntry();
    }
}
