package io.halftone.torch.internal;

import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.osgi.service.component.annotations.Component;

/** What libtorch's bundle knows of the machine. Nothing native is loaded for it: files and settings say enough. */
@Component(service = DiagnosticSource.class)
public final class TorchSource implements DiagnosticSource {
    /** What NVIDIA's driver makes on Linux, and on Linux under Windows. */
    private static final List<Path> DRIVER = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/nvidia0"), Path.of("/dev/dxg"));

    @Override
    public List<Finding> examine(Demand demand) {
        List<Finding> findings = new ArrayList<>();
        TorchFindings.Libraries libraries = libraries();
        findings.add(TorchFindings.libtorch(libraries, DRIVER.stream().anyMatch(Files::exists)));
        TorchFindings.other(OtherLibtorch.folder()).ifPresent(findings::add);
        findings.addAll(TorchFindings.threads(System.getenv(), Runtime.getRuntime().availableProcessors()));
        TorchFindings.memoryLimit(System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes")).ifPresent(findings::add);
        findings.add(TorchFindings.cache(cache(), libraries.unpacked()));
        return findings;
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        TorchFindings.Libraries libraries = libraries();
        facts.put("libtorch", libraries.classes() + (libraries.cuda() ? " for CUDA" : " for the CPU"));
        facts.put("OMP_WAIT_POLICY", Optional.ofNullable(System.getenv("OMP_WAIT_POLICY")).orElse("not set"));
        return facts;
    }

    /** The class is named, and so its loader asked; it is not initialized, which would load libtorch. */
    private static TorchFindings.Libraries libraries() {
        ClassLoader loader = torch.class.getClassLoader();
        String platform = Loader.getPlatform();
        String folder = "org/bytedeco/pytorch/" + platform;
        return new TorchFindings.Libraries(versions(loader, "pytorch"), versions(loader, "javacpp").stream().findFirst().orElse(""), platform,
            loader.getResource(folder + "/libjnitorch.so") != null, loader.getResource(folder + "-gpu/libjnitorch.so") != null);
    }

    /** Of the jars with the classes and with the natives, each as often as it is found. */
    private static List<String> versions(ClassLoader loader, String artifact) {
        List<String> versions = new ArrayList<>();
        try {
            for (URL file : Collections.list(loader.getResources("META-INF/maven/org.bytedeco/" + artifact + "/pom.properties"))) {
                try (InputStream in = file.openStream()) {
                    Properties properties = new Properties();
                    properties.load(in);
                    versions.add(properties.getProperty("version", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions;
    }

    /** Where natives are unpacked to, by JavaCPP's own rule. */
    static Path cache() {
        String folder = System.getProperty("org.bytedeco.javacpp.cachedir", System.getProperty("org.bytedeco.javacpp.cacheDir", ""));
        return folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".javacpp", "cache") : Path.of(folder);
    }
}
