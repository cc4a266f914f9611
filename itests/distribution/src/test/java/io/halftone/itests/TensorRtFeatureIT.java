package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.ExportRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.features.FeaturesService;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The feature halftone-tensorrt in a console that runs, on a machine without a GPU. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class TensorRtFeatureIT {
    private static final String FEATURE = "halftone-tensorrt";
    private static final String ENGINE_BUILDER = "io.halftone.export.EngineBuilder";

    @Inject
    private BundleContext context;
    /** There once Karaf has started all that it starts by itself: no test begins before. */
    @Inject
    private BootFinished booted;
    @Inject
    private FeaturesService features;

    @Configuration
    public static Option[] configuration() {
        return Stream.concat(Arrays.stream(DistributionIT.configuration()),
            Stream.of(editConfigurationFilePut("etc/system.properties", "halftone.tensorrt", System.getProperty("halftone.tensorrt"))))
            .toArray(Option[]::new);
    }

    @Test
    public void comesAndGoesAndRegistersNoEngine() throws Exception {
        Map<String, Integer> before = bundles();
        Set<String> engines = engines();
        URI repository = unpack();
        features.addRepository(repository);
        features.installFeature(FEATURE);
        assertTrue(features.isInstalled(features.getFeature(FEATURE)));
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getSymbolicName().startsWith("io.halftone.")) {
                assertEquals(bundle.getSymbolicName(), fragment ? Bundle.RESOLVED : Bundle.ACTIVE, bundle.getState());
            }
        }
        Map<String, Integer> with = bundles();
        with.keySet().removeAll(before.keySet());
        assertEquals(Set.of("io.halftone.bytedeco.cuda", "io.halftone.bytedeco.tensorrt", "io.halftone.tensorrt",
            "io.halftone.tensorrt.natives"), with.keySet());
        if (!Files.exists(Path.of("/dev/nvidiactl"))) {
            assertEquals(engines, engines());
            assertEquals(1, context.getServiceReferences(ENGINE_BUILDER, null).length);
        }
        generateOnOnnxRuntime();

        features.uninstallFeature(FEATURE);
        features.removeRepository(repository);
        assertEquals(before, bundles());
        assertEquals(engines, engines());
    }

    /** The host of the fragments was resolved anew: libtorch has to load, and ONNX Runtime to run. */
    private void generateOnOnnxRuntime() throws Exception {
        Path out = Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("halftone.scratch"))), "tensorrt");
        PipelineSource source = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
        String model = halftone().export(new ExportRequest(source, "", out.toString(), "onnx", Map.of()), ProgressListener.NONE).await().model();
        String image = halftone().generate(new GenerateRequest(source, new BackboneChoice.OnEngine("onnxruntime", model),
            new Sampling(List.of("a large red circle"), "", 2, Double.NaN, 0, 0, 1, ""), out.resolve("x.png").toString(), ""), ProgressListener.NONE)
            .await().images().get(0);
        assertTrue(Files.size(Path.of(image)) > 0);
        printCommand(model);
    }

    /** There is no GPU needed for that, nor a library. */
    private void printCommand(String model) {
        String command = halftone().buildCommand(new BuildRequest(model, "tensorrt", "", Map.of(), Map.of()), 11);
        assertTrue(command, command.startsWith("trtexec --onnx=" + model + " --minShapes=sample:2x4x16x16,timestep:1,"));
    }

    /** Lays the archive's bundles where the container finds all others; where its list of features is. */
    private static URI unpack() throws Exception {
        Path system = Path.of(System.getProperty("karaf.base")).resolve("system");
        URI list = null;
        try (ZipFile kar = new ZipFile(System.getProperty("halftone.tensorrt"))) {
            for (ZipEntry entry : kar.stream().filter(e -> e.getName().startsWith("repository/") && !e.isDirectory()).toList()) {
                Path target = system.resolve(entry.getName().substring("repository/".length()));
                Files.createDirectories(target.getParent());
                try (InputStream in = kar.getInputStream(entry)) {
                    Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                }
                list = target.toString().endsWith("-features.xml") ? target.toUri() : list;
            }
        }
        return list;
    }

    /** The service that is there now: whatever uses libtorch starts anew with the bundle that the fragments attach to. */
    private Halftone halftone() {
        return context.getService(context.getServiceReference(Halftone.class));
    }

    private Map<String, Integer> bundles() {
        Map<String, Integer> states = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            states.put(bundle.getSymbolicName(), bundle.getState());
        }
        return states;
    }

    private Set<String> engines() {
        return halftone().plugins().stream().filter(plugin -> plugin.kind().equals("engine")).map(PluginInfo::names).flatMap(List::stream)
            .collect(Collectors.toCollection(TreeSet::new));
    }
}
