package io.halftone.itests.bundles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.header.Attrs;
import aQute.bnd.header.Parameters;
import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Annotation;
import aQute.bnd.osgi.ClassDataCollector;
import aQute.bnd.osgi.Clazz;
import aQute.bnd.osgi.Constants;
import aQute.bnd.osgi.Descriptors.PackageRef;
import aQute.bnd.osgi.Descriptors.TypeRef;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Resource;
import aQute.bnd.version.VersionRange;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What all bundles keep to. */
class BundlesTest {
    private static final String CONSUMER = "org.osgi.annotation.versioning.ConsumerType";
    private static final String PROVIDER = "org.osgi.annotation.versioning.ProviderType";
    /** They call plugins or stand for a library; all others that export nothing are plugins. */
    private static final Set<String> PROVIDERS = Set.of("io.halftone.core", "io.halftone.torch", "io.halftone.onnx", "io.halftone.diffusers",
        "io.halftone.shell", "io.halftone.launcher");

    /** A bundle and its classes; components by their files, as text. */
    private record Taken(String name, Attributes headers, Map<TypeRef, Clazz> classes, Parameters exports, Parameters imports, Set<String> packages,
        Map<String, String> components) { }

    private static final Pattern PROVIDED = Pattern.compile("<provide interface=\"(.+?)\"");
    private static final List<Taken> BUNDLES = new ArrayList<>();
    private static final Map<String, String> EXPORTERS = new TreeMap<>();
    private static final Map<String, Set<String>> ANNOTATIONS = new TreeMap<>();

    @BeforeAll
    static void takeApart() throws Exception {
        for (Path file : Bundles.own()) {
            try (Analyzer analyzer = new Analyzer(new Jar(file.toFile()))) {
                Attributes headers = analyzer.getJar().getManifest().getMainAttributes();
                analyzer.analyze();
                Set<String> packages = new TreeSet<>();
                analyzer.getContained().keySet().stream().map(PackageRef::getFQN).filter(name -> name.startsWith("io.halftone.")).forEach(packages::add);
                Taken taken = new Taken(analyzer.getJar().getBsn(), headers, analyzer.getClassspace(), header(headers, Constants.EXPORT_PACKAGE),
                    header(headers, Constants.IMPORT_PACKAGE), packages, components(analyzer.getJar()));
                for (Clazz type : taken.classes().values()) {
                    ANNOTATIONS.put(type.getFQN(), annotations(type));
                }
                BUNDLES.add(taken);
            }
        }
    }

    private static Map<String, String> components(Jar jar) throws Exception {
        Map<String, String> components = new TreeMap<>();
        for (Map.Entry<String, Resource> entry : jar.getResources().entrySet()) {
            if (entry.getKey().startsWith("OSGI-INF/") && entry.getKey().endsWith(".xml")) {
                try (InputStream in = entry.getValue().openInputStream()) {
                    components.put(entry.getKey(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return components;
    }

    private static Parameters header(Attributes headers, String name) {
        String value = headers.getValue(name);
        return value == null ? new Parameters() : new Parameters(value);
    }

    private static Set<String> annotations(Clazz type) throws Exception {
        Set<String> found = new TreeSet<>();
        type.parseClassFileWithCollector(new ClassDataCollector() {
            private boolean inMember;

            @Override
            public void method(Clazz.MethodDef defined) {
                inMember = true;
            }

            @Override
            public void field(Clazz.FieldDef defined) {
                inMember = true;
            }

            @Override
            public void memberEnd() {
                inMember = false;
            }

            @Override
            public void annotation(Annotation annotation) {
                if (!inMember) {
                    found.add(annotation.getName().getFQN());
                }
            }
        });
        return found;
    }

    @Test
    void noPackageIsExportedTwiceOrSplit() {
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            for (String name : bundle.exports().keySet()) {
                String other = EXPORTERS.put(name, bundle.name());
                if (other != null && !other.equals(bundle.name())) {
                    wrong.add(name + ": found it in " + other + " and " + bundle.name() + "; expected one exporter");
                }
            }
        }
        for (Taken bundle : BUNDLES) {
            for (String name : bundle.packages()) {
                if (EXPORTERS.containsKey(name) && !EXPORTERS.get(name).equals(bundle.name())) {
                    wrong.add(name + ": found a part of it in " + bundle.name() + "; expected all of it in " + EXPORTERS.get(name));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void internalPackagesStayInside() {
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            bundle.exports().keySet().stream().filter(name -> name.contains(".internal")).forEach(name -> wrong.add(bundle.name() + " exports " + name));
            // the test kit is a library for a class path, on which libtorch has to be
            bundle.imports().keySet().stream().filter(name -> name.contains(".internal")
                && !bundle.name().equals("io.halftone.testkit")).forEach(name -> wrong.add(bundle.name() + " imports " + name));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyExportedPackageHasAVersionOfItsOwn() {
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            for (Map.Entry<String, Attrs> export : bundle.exports().entrySet()) {
                String version = String.valueOf(export.getValue().getVersion());
                boolean described = ANNOTATIONS.getOrDefault(export.getKey() + ".package-info", Set.of()).contains("org.osgi.annotation.versioning.Version");
                if (!version.matches("[1-9]\\d*\\.\\d+\\.\\d+") || !described) {
                    wrong.add(export.getKey() + ": found version " + version + (described ? "" : " without package-info")
                        + "; expected @Version(\"1.0.0\") or later");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** The JDK, OSGi and our own API are all that a user of the API needs. */
    @Test
    void noTypeOfALibraryIsInAnExportedSignature() {
        Set<String> exported = new TreeSet<>();
        BUNDLES.forEach(bundle -> exported.addAll(bundle.exports().keySet()));
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            for (Clazz type : exported(bundle)) {
                for (PackageRef used : type.getAPIUses()) {
                    String name = used.getFQN();
                    boolean tests = bundle.name().equals("io.halftone.testkit") && name.startsWith("org.junit.");
                    if (!used.isJava() && !name.startsWith("org.osgi.") && !exported.contains(name) && !tests) {
                        wrong.add(type.getFQN() + " shows " + name);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyExportedInterfaceSaysWhoImplementsIt() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Path file : Bundles.own()) {
            jars.add(file.toUri().toURL());
        }
        List<String> wrong = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new))) {
            for (Taken bundle : BUNDLES) {
                for (Clazz type : exported(bundle)) {
                    Set<String> annotations = ANNOTATIONS.get(type.getFQN());
                    if (type.isInterface() && !type.isAnnotation() && annotations.contains(CONSUMER) == annotations.contains(PROVIDER)
                        && !Class.forName(type.getClassName().getFQN(), false, loader).isSealed()) {
                        wrong.add(type.getFQN() + ": found " + annotations + "; expected one of @ConsumerType and @ProviderType");
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** By it bnd gives those who implement a type the narrow range, and plugins must not have one. */
    @Test
    void whatPluginsImplementIsForConsumers() {
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            if (isPlugin(bundle)) {
                for (Clazz type : bundle.classes().values()) {
                    for (TypeRef implemented : Objects.requireNonNullElse(type.getInterfaces(), new TypeRef[0])) {
                        if (ANNOTATIONS.getOrDefault(implemented.getFQN(), Set.of()).contains(PROVIDER)) {
                            wrong.add(bundle.name() + ": found " + type.getFQN() + " implementing " + implemented.getFQN()
                                + "; expected @ConsumerType on that");
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** Felix remembers each bundle in whose name the configuration of a component is asked for (docs/hot-deploy.md). */
    @Test
    void aPluginAsksForNoConfigurationUnlessItHasOne() {
        int checked = 0;
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            for (Map.Entry<String, String> component : bundle.components().entrySet()) {
                String text = component.getValue();
                boolean plugin = isPlugin(bundle) && PROVIDED.matcher(text).results()
                    .anyMatch(type -> ANNOTATIONS.getOrDefault(type.group(1), Set.of()).contains(CONSUMER));
                if (plugin) {
                    checked++;
                    if (!text.contains(" configuration-policy=\"ignore\"") && !text.contains(" configuration-pid=")) {
                        wrong.add(bundle.name() + ": found " + component.getKey() + " that asks for a configuration; expected ConfigurationPolicy.IGNORE");
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(checked > 50, "components of plugins: " + checked);
    }

    @Test
    void importRangesEndWhereTheNextIncompatibleVersionBegins() {
        Set<String> jdk = ModuleLayer.boot().modules().stream().flatMap(module -> module.getPackages().stream()).collect(Collectors.toSet());
        List<String> wrong = new ArrayList<>();
        for (Taken bundle : BUNDLES) {
            for (Map.Entry<String, Attrs> entry : bundle.imports().entrySet()) {
                String name = entry.getKey();
                String version = entry.getValue().getVersion();
                boolean unversioned = jdk.contains(name) || bundle.name().equals("io.halftone.testkit") && name.contains(".internal");
                if (version == null ? !unversioned : !ends(new VersionRange(version), isPlugin(bundle) && name.startsWith("io.halftone."))) {
                    wrong.add(bundle.name() + ": found " + name + (version == null ? " without a version" : " " + version) + "; expected a range as [1.0,2)");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static boolean ends(VersionRange range, boolean plugin) {
        if (!range.isRange() || range.includeHigh() || !range.includeLow()) {
            return false;
        }
        int from = range.getLow().getMajor();
        boolean consumer = range.getHigh().getMajor() == from + 1 && range.getHigh().getMinor() == 0;
        boolean provider = range.getHigh().getMajor() == from && range.getHigh().getMinor() == range.getLow().getMinor() + 1;
        boolean both = range.getHigh().getMajor() > from;   // a library that is known to work in two major versions, as SLF4J is
        return consumer || !plugin && provider || !plugin && both;
    }

    @Test
    void pluginsExportNothing() {
        List<String> plugins = BUNDLES.stream().filter(BundlesTest::isPlugin).map(Taken::name).toList();
        for (String kind : List.of("algorithm", "collector", "format", "level", "tokenizer")) {
            List<String> exporting = BUNDLES.stream().map(Taken::name).filter(name -> name.startsWith("io.halftone." + kind + ".")
                && !plugins.contains(name)).toList();
            assertEquals(List.of(), exporting);
        }
        assertEquals(List.of(), BUNDLES.stream().filter(bundle -> !bundle.exports().isEmpty() && bundle.headers().getValue("Service-Component") != null)
            .map(Taken::name).filter(name -> name.startsWith("io.halftone.scheduler") || name.contains(".format.")).toList());
    }

    private static boolean isPlugin(Taken bundle) {
        return bundle.exports().isEmpty() && !PROVIDERS.contains(bundle.name());
    }

    private static List<Clazz> exported(Taken bundle) {
        return bundle.classes().values().stream().filter(type -> type.isPublic() && bundle.exports().containsKey(type.getClassName().getPackageRef().getFQN()))
            .toList();
    }
}
