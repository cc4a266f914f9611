package io.halftone.itests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.keepRuntimeFolder;
import static org.ops4j.pax.exam.CoreOptions.vmOption;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.apache.karaf.features.FeaturesService;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
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

/** The distribution as it is shipped, started in a container of its own. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class DistributionIT {
    @Inject
    private BundleContext context;
    @Inject
    private Halftone halftone;
    @Inject
    private SessionFactory sessions;
    @Inject
    private FeaturesService features;

    @Configuration
    public static Option[] configuration() {
        return new Option[] {
            karafDistributionConfiguration().frameworkUrl(new File(System.getProperty("halftone.archive")).toURI().toString())
                .name("halftone").karafVersion(System.getProperty("karaf.version")).unpackDirectory(new File("target/exam")),
            keepRuntimeFolder(),
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            // nothing is downloaded from inside: everything comes from Maven's own local repository
            editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.localRepository",
                System.getProperty("org.ops4j.pax.url.mvn.localRepository")),
            editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.repositories", ""),
            editConfigurationFilePut("etc/system.properties", "halftone.scratch", System.getProperty("halftone.scratch")),
            // half a gigabyte of natives: unpacked once, for the launcher's tests too
            editConfigurationFilePut("etc/system.properties", "org.bytedeco.javacpp.cachedir", System.getProperty("halftone.scratch") + "/data/native"),
            vmOption("-Xmx1g"),
        };
    }

    @Test
    public void everyBundleIsActive() {
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (bundle.getSymbolicName().startsWith("io.halftone.")) {
                assertEquals(bundle.getSymbolicName(), fragment ? Bundle.RESOLVED : Bundle.ACTIVE, bundle.getState());
            }
        }
    }

    @Test
    public void featuresAreInstalled() throws Exception {
        assertTrue(features.isInstalled(features.getFeature("halftone")));
    }

    @Test
    public void everyKindOfPluginIsThere() {
        Set<String> kinds = new TreeSet<>();
        for (PluginInfo plugin : halftone.plugins()) {
            kinds.add(plugin.kind());
            assertFalse(plugin + " has a name", plugin.names().isEmpty());
            assertTrue(plugin + " comes from a bundle", plugin.bundle().startsWith("io.halftone."));
        }
        assertEquals(Set.of("algorithm", "collector", "engine", "exporter", "format", "model-adapter", "pipeline", "policy", "preset", "scheduler",
            "tokenizer"),
            kinds);
    }

    @Test
    public void noPluginButAnEngineHoldsNativesOrImportsBytedeco() {
        for (Bundle bundle : context.getBundles()) {
            String imports = String.valueOf(bundle.getHeaders().get(Constants.IMPORT_PACKAGE));
            if (bundle.getSymbolicName().startsWith("io.halftone.") && imports.contains("org.bytedeco")) {
                assertTrue(bundle.getSymbolicName(), Set.of("io.halftone.torch", "io.halftone.tensorrt").contains(bundle.getSymbolicName()));
            }
        }
    }

    @Test
    public void aPluginComesAndGoesUnderTheSameService() throws Exception {
        Bundle plugin = Arrays.stream(context.getBundles())
            .filter(bundle -> "io.halftone.level.reference".equals(bundle.getSymbolicName())).findFirst().orElseThrow();
        plugin.stop();
        assertEquals(Set.of("standard"), policies());
        plugin.start();
        assertEquals(Set.of("reference", "reference-0.21", "standard"), policies());
    }

    @Test
    public void chainRunsThroughTheServices() throws Exception {
        Path out = Files.createTempDirectory(Files.createDirectories(Path.of(System.getProperty("halftone.scratch"))), "chain");
        PipelineSource source = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);
        AtomicInteger heard = new AtomicInteger();
        QuantizeResult quantized = halftone.quantize(QuantizeRequest.of(source, QuantSettings.int8(new QuantLevel("3")),
            CalibrationSettings.of(2, 4, 0), out.resolve("tiny.safetensors").toString(), out.resolve("onnx").toString()),
            progress -> heard.incrementAndGet()).await();
        assertTrue("progress was heard " + heard, heard.get() > 4);
        assertTrue(Files.size(out.resolve("tiny.safetensors")) > 1_000_000);
        BuildResult built = halftone.build(new BuildRequest(quantized.exports().get(0).model(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await();
        CompareResult compared = halftone.compare(new CompareRequest(source, BackboneChoice.fullPrecision(),
            new BackboneChoice.OnEngine("onnxruntime", built.report().file().toString()),
            new Sampling(List.of("a large red circle on the left of a blue background"), "", 10, 5, 0, 0, 1, ""), out.toString(), 2),
            ProgressListener.NONE).await();
        assertTrue("PSNR " + compared.psnr(), compared.psnr() > 30);
        for (String image : List.of(compared.pictures().get(0).referenceImage(), compared.pictures().get(0).sideBySide())) {
            byte[] png = Files.readAllBytes(Path.of(image));
            assertEquals("PNG", new String(Arrays.copyOfRange(png, 1, 4), StandardCharsets.US_ASCII));
        }
    }

    @Test
    public void commandsAreInTheConsole() throws Exception {
        String plan = run("halftone:plan --model tiny-sdxl --quant-level 3 --json");
        assertTrue(plan, plan.startsWith("{\"conv\":38,\"linear\":192,\"attention\":0"));
        String help = run("halftone:quantize --help");
        assertTrue(help, help.contains("--collect-method") && help.contains("halftone:quantize"));
    }

    private Set<String> policies() {
        return halftone.plugins().stream().filter(plugin -> plugin.kind().equals("policy"))
            .flatMap(plugin -> plugin.names().stream()).collect(Collectors.toSet());
    }

    private String run(String command) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out)) {
            session.execute(command);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
