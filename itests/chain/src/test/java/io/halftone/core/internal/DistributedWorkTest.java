package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateResult;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.api.SearchRequest;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Bench;
import io.halftone.core.internal.task.Workplace;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkDistributor;
import io.halftone.distribute.WorkSession;
import io.halftone.ops.DType;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that members run which know its description alone, and are killed at it, has the bytes of work in this process. */
class DistributedWorkTest {
    private static final QuantSettings INT8 = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "min-mean", 1, List.of());
    private static final PipelineSource SD3 = new PipelineSource("", "tiny-sd3", DType.FLOAT32);
    private static final List<String> PROMPTS = List.of("a large red circle on the left of a blue background",
        "a small green ring on the right of a black background", "two yellow triangles on a white background");

    @TempDir
    Path scratch;

    @Test
    void aCalibrationHasTheSameBytes() throws Exception {
        Elsewhere elsewhere = new Elsewhere(new Bench(() -> Chain.WORK), 3, 11);
        Chain.halftone().quantize(quantize("here", Chain.TINY, Distribution.IN_PROCESS), ProgressListener.NONE).await();
        with(elsewhere).quantize(quantize("there", Chain.TINY, "elsewhere"), ProgressListener.NONE).await();
        assertEquals(-1, Files.mismatch(scratch.resolve("here"), scratch.resolve("there")));
        assertEquals("2 killed, 1 lost", elsewhere.killed() + " killed, " + elsewhere.lost() + " lost");
        assertTrue(elsewhere.ran() >= 5, "found " + elsewhere.ran() + " batches");

        Chain.halftone().quantize(quantize("devices", Chain.TINY.on("cpu,cpu"), Distribution.IN_PROCESS), ProgressListener.NONE).await();
        assertEquals(-1, Files.mismatch(scratch.resolve("here"), scratch.resolve("devices")));
    }

    @Test
    void aSearchHasTheSameBytes() throws Exception {
        Elsewhere elsewhere = new Elsewhere(new Bench(() -> Chain.WORK), 2, 12);
        Chain.halftone().search(search("here", Distribution.IN_PROCESS), ProgressListener.NONE).await();
        with(elsewhere).search(search("there", "elsewhere"), ProgressListener.NONE).await();
        assertEquals(-1, Files.mismatch(scratch.resolve("here.yaml"), scratch.resolve("there.yaml")));
        assertEquals(-1, Files.mismatch(scratch.resolve("here.csv"), scratch.resolve("there.csv")));
        assertEquals(2, elsewhere.killed());
    }

    @Test
    void anEvaluationHasTheSamePicturesAndNumbers() throws Exception {
        Elsewhere elsewhere = new Elsewhere(new Bench(() -> Chain.WORK), 2, 13);
        evaluate(with(elsewhere), "there", new Distribution("elsewhere", 1, 1));
        assertTrue(elsewhere.killed() > 0, "found nobody killed");
        // two slices into one folder, then a run that finds everything there
        EvaluateResult second = evaluate(Chain.halftone(), "slices", new Distribution(Distribution.IN_PROCESS, 2, 2));
        assertEquals("2 made, report: ", second.made() + " made, report: " + second.html());
        EvaluateResult first = evaluate(Chain.halftone(), "slices", new Distribution(Distribution.IN_PROCESS, 1, 2));
        assertEquals("2 made, 0 kept", first.made() + " made, " + first.kept() + " kept");
        EvaluateResult whole = evaluate(Chain.halftone(), "slices", Distribution.here());
        assertEquals("0 made, 4 kept", whole.made() + " made, " + whole.kept() + " kept");
        assertEquals(contents("slices"), contents("there"));
    }

    @Test
    void whatDiffersIsRefusedByName() throws Exception {
        String description = described();
        Path other = scratch.resolve("tiny-sdxl");
        copy(Chain.MODELS.resolve("tiny-sdxl"), other);
        change(other.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
        String elsewhere = description.replace(Chain.MODELS.toAbsolutePath().normalize().toString(), "/nowhere");
        Workplace changed = new Workplace(Chain.PLUGINS, Chain.WORK.opener(), Chain.RUNTIME, new ModelFolders(List.of(scratch)));
        List<String> differences = assertThrows(RefusalException.class, () -> new Bench(() -> changed).open(elsewhere, List.of())).differences();
        assertEquals(1, differences.size(), differences.toString());
        assertTrue(differences.get(0).matches("pipeline .*/tiny-sdxl: source: found [0-9a-f]{64}; expected [0-9a-f]{64}"), differences.get(0));

        List<Plugins.Plugin<io.halftone.quant.QuantFormat>> formats = new ArrayList<>(Chain.PLUGINS.formats().plugins());
        formats.replaceAll(plugin -> plugin.names().contains("int8")
            ? new Plugins.Plugin<>(plugin.names(), plugin.service(), "io.halftone.format.int8", "9.0.0") : plugin);
        formats.removeIf(plugin -> plugin.names().contains("fp8"));
        Workplace newer = new Workplace(plugins(new Plugins.Family<>("format", formats), Chain.PLUGINS.distributors()), Chain.WORK.opener(), Chain.RUNTIME,
            Chain.WORK.models());
        assertEquals(List.of("format fp8: found none; expected ", "format int8: found io.halftone.format.int8 9.0.0; expected "),
            assertThrows(RefusalException.class, () -> new Bench(() -> newer).open(description, List.of())).differences());

        Workplace empty = new Workplace(Chain.PLUGINS, Chain.WORK.opener(), Chain.RUNTIME, new ModelFolders(List.of()));
        assertTrue(assertThrows(RefusalException.class, () -> new Bench(() -> empty).open(elsewhere, List.of())).getMessage()
            .startsWith("pipeline: found no folder /nowhere/tiny-sdxl, and "));
        for (String wrong : List.of("", "[]", "{\"version\":1}", description.replace("\"calibrate\"", "\"other\""),
            description.replace("\"batchSize\":2", "\"batchSize\":-1"), description.replace("\"settings\"", "\"x\""))) {
            assertThrows(IllegalArgumentException.class, () -> new Bench(() -> Chain.WORK).open(wrong, List.of()), wrong);
        }
        assertThrows(RefusalException.class, () -> new Bench(() -> Chain.WORK).open(description.replace("\"seed\":5", "\"seed\":6"), List.of()));
        try (OpenWork open = new Bench(() -> Chain.WORK).open(elsewhere, List.of("cpu", "cpu"))) {
            assertEquals(2, open.workers());
        }
    }

    /** What a calibration says of itself. */
    private String described() {
        AtomicReference<String> description = new AtomicReference<>();
        WorkDistributor listening = new WorkDistributor() {
            @Override
            public WorkSession begin(Work work, OpenWork here) {
                description.set(work.description());
                throw new CancellationException("heard");
            }
        };
        assertThrows(CancellationException.class, () -> with(listening).quantize(quantize("none", Chain.TINY, "elsewhere"), ProgressListener.NONE).await());
        return description.get();
    }

    private static HalftoneService with(WorkDistributor elsewhere) {
        List<Plugins.Plugin<WorkDistributor>> distributors = new ArrayList<>(Chain.PLUGINS.distributors().plugins());
        distributors.add(Plugins.Plugin.of(elsewhere, "elsewhere"));
        Plugins plugins = plugins(Chain.PLUGINS.formats(), new Plugins.Family<>("distributor", distributors));
        return new HalftoneService(() -> plugins, Chain.WORK.opener(), Chain.RUNTIME, Chain.WORK.models(), new Diagnostics(List.of()));
    }

    private static Plugins plugins(Plugins.Family<io.halftone.quant.QuantFormat> formats, Plugins.Family<WorkDistributor> distributors) {
        Plugins all = Chain.PLUGINS;
        return new Plugins(all.models(), all.pipelines(), all.schedulers(), all.tokenizers(), formats, all.policies(), all.collectors(), all.algorithms(),
            all.exporters(), all.engines(), all.presets(), all.tools(), distributors);
    }

    private QuantizeRequest quantize(String name, PipelineSource source, String distributor) {
        return new QuantizeRequest(source, INT8, CalibrationSettings.of(9, 2, 5), new CalibrationWork(0, 1, 1, "", List.of(), distributor), 1,
            CheckpointTarget.compact(scratch.resolve(name).toString()), "", Map.of());
    }

    private SearchRequest search(String name, String distributor) {
        var runs = new CalibrationSettings(PROMPTS, "", 2, 2, 2, Double.NaN, 64, 64, 5);
        // a few layers: what each comes to is another test's
        var two = QuantSettings.int8(new QuantLevel("2")).with(QuantSettings.RULES_ALONE,
            List.of(new PlanRule("transformer_blocks.0.ff.*", "", true, "", "", "")));
        return new SearchRequest(SD3, two, List.of(), runs, new CalibrationWork(2, 1, 1, "", List.of(),
            distributor), 1, 2, Double.NaN, 0.998, scratch.resolve(name + ".yaml").toString(), scratch.resolve(name + ".csv").toString());
    }

    private EvaluateResult evaluate(io.halftone.api.Halftone halftone, String name, Distribution distribution) throws Exception {
        Sampling sampling = new Sampling(PROMPTS.subList(0, 2), "", 2, Double.NaN, 64, 64, 0, "");
        CalibrationSettings runs = new CalibrationSettings(PROMPTS, "", 2, 2, 2, Double.NaN, 64, 64, 5);
        return halftone.evaluate(new EvaluateRequest(Chain.TINY, List.of(new Quantized("int8:3", INT8, "")), sampling, List.of(1L), 1, runs, 0,
            QualityGate.none(), "", scratch.resolve("engines").toString(), scratch.resolve(name).toString(), distribution), ProgressListener.NONE).await();
    }

    /** Every file of an evaluation, by name, without times. */
    private Map<String, String> contents(String name) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        Path folder = scratch.resolve(name);
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String key = folder.relativize(file).toString();
                if (file.toString().endsWith(".lock") || key.startsWith("work/lock") || key.endsWith(".csv") || key.endsWith(".html")) {
                    continue;
                }
                if (key.endsWith(".json")) {
                    JsonNode node = json.readTree(file.toFile());
                    node.findParents("millis").forEach(parent -> ((ObjectNode) parent).remove("millis"));
                    node.findParents("latency").forEach(parent -> ((ObjectNode) parent).remove("latency"));
                    contents.put(key, key.endsWith("report.json") ? ((ObjectNode) node).without("machine").toString() : node.toString());
                } else {
                    contents.put(key, java.util.Arrays.hashCode(Files.readAllBytes(file)) + " of " + Files.size(file));
                }
            }
        }
        return contents;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** Another last byte: of the last tensor. */
    private static void change(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.read(last, channel.size() - 1);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (last.get(0) ^ 1)}), channel.size() - 1);
        }
    }
}
