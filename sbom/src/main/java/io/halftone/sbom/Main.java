package io.halftone.sbom;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.model.Metadata;
import org.cyclonedx.model.Property;
import org.cyclonedx.model.license.Expression;

/**
 * Writes a CycloneDX bill of materials of a folder: every jar in it with its digest and licence, and within a jar that holds a
 * library of others the artifacts that it was made from. Arguments: the folder, the file of what jars do not say, the version, the
 * time to write down, and the file to write. The same folder gives the same bytes.
 */
public final class Main {
    private Main() { }

    /** Runs once; see above. */
    public static void main(String[] arguments) throws IOException, GeneratorException {
        if (arguments.length != 5) {
            throw new IllegalArgumentException("arguments: found " + arguments.length + "; expected 5: FOLDER FACTS VERSION TIME FILE");
        }
        Path home = Path.of(arguments[0]);
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(arguments[1]))) {
            facts.load(in);
        }
        Bom bom = bom(home, facts, arguments[2], Instant.parse(arguments[3]));
        Files.writeString(Path.of(arguments[4]), BomGeneratorFactory.createJson(Version.VERSION_16, bom).toJsonString() + "\n");
    }

    static Bom bom(Path home, Properties facts, String version, Instant time) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.walk(home)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        Licenses licenses = new Licenses(facts);
        StringBuilder digests = new StringBuilder();
        List<Component> components = new ArrayList<>();
        for (Path jar : jars) {
            Library library = Library.of(home, jar);
            digests.append(library.path()).append(library.sha256());
            components.add(component(library, licenses, facts));
        }
        Component whole = new Component();
        whole.setType(Component.Type.APPLICATION);
        whole.setGroup("io.halftone");
        whole.setName("halftone");
        whole.setVersion(version);
        whole.setBomRef("halftone");
        whole.setLicenses(expression("Apache-2.0"));
        Metadata metadata = new Metadata();
        metadata.setTimestamp(Date.from(time));
        metadata.setComponent(whole);
        Bom bom = new Bom();
        bom.setSerialNumber("urn:uuid:" + UUID.nameUUIDFromBytes(digests.toString().getBytes(StandardCharsets.UTF_8)));
        bom.setMetadata(metadata);
        bom.setComponents(components);
        return bom;
    }

    private static Component component(Library library, Licenses licenses, Properties facts) {
        String license = licenses.of(library);
        Component component = artifact(library.group(), library.artifact(), library.version(), "", license);
        component.setBomRef(library.path());
        component.setHashes(List.of(new Hash(Hash.Algorithm.SHA_256, library.sha256())));
        Property path = new Property();
        path.setName("path");
        path.setValue(library.path());
        component.setProperties(List.of(path));
        String parts = facts.getProperty("parts." + library.artifact(), "");
        if (!parts.isEmpty()) {
            component.setComponents(Stream.of(parts.split("\\s*,\\s*")).map(part -> part(part, library.path())).toList());
        }
        return component;
    }

    /** {@code group:artifact:version[:classifier]=license} */
    private static Component part(String text, String path) {
        String[] coordinates = text.substring(0, text.indexOf('=')).strip().split(":");
        Component part = artifact(coordinates[0], coordinates[1], coordinates[2], coordinates.length > 3 ? coordinates[3] : "",
            text.substring(text.indexOf('=') + 1).strip());
        part.setBomRef(path + "#" + String.join(":", coordinates));
        return part;
    }

    private static Component artifact(String group, String name, String version, String classifier, String license) {
        Component component = new Component();
        component.setType(Component.Type.LIBRARY);
        component.setGroup(group);
        component.setName(name);
        component.setVersion(version);
        component.setLicenses(expression(license));
        component.setPurl("pkg:maven/" + group + "/" + name + "@" + version + "?"
            + (classifier.isEmpty() ? "" : "classifier=" + classifier + "&") + "type=jar");
        return component;
    }

    private static LicenseChoice expression(String license) {
        LicenseChoice choice = new LicenseChoice();
        choice.setExpression(new Expression(license));
        return choice;
    }
}
