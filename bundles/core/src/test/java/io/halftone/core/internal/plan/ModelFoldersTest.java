package io.halftone.core.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.ModelInfo;
import io.halftone.core.internal.TestPipeline;
import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFoldersTest {
    @TempDir
    Path first;
    @TempDir
    Path second;
    private final List<TestPipeline> opened = new ArrayList<>();
    /** What a folder is depends on its name. */
    private final PipelineFolder.Opener opener = new PipelineFolder.Opener() {
        @Override
        public PipelineFolder open(Path folder) throws IOException {
            switch (folder.getFileName().toString()) {
                case "broken":
                    throw new CheckpointException("model_index.json: found a list; expected a JSON object");
                case "locked":
                    throw new AccessDeniedException("model_index.json");
                case "unknown":
                    return keep(new TestPipeline(folder, Map.of("_class_name", "OtherPipeline")));
                case "nameless":
                    return keep(new TestPipeline(folder, Map.of()));
                default:
                    return keep(new TestPipeline(folder));
            }
        }

        @Override
        public ModelConfig config(Path file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PipelineConfig configuration(String source, Map<String, String> files) {
            throw new UnsupportedOperationException();
        }
    };

    @Test
    void findsAFolderByNameInTheOrderOfTheFolders() throws IOException {
        Path preferred = pipeline(first, "tiny");
        pipeline(second, "tiny");
        Path other = pipeline(second, "other");
        ModelFolders folders = new ModelFolders(List.of(first, second));
        assertEquals(preferred, folders.find("tiny"));
        assertEquals(other, folders.find("other"));
    }

    @Test
    void listsTheNamesWhereOneIsMissing() throws IOException {
        pipeline(first, "tiny");
        pipeline(first, "large");
        Files.createDirectory(first.resolve("notes"));
        var e = assertThrows(IllegalArgumentException.class, () -> new ModelFolders(List.of(first)).find("notes"));
        assertEquals("model notes: found none in [" + first + "]; expected one of [large, tiny], or a folder given with --path", e.getMessage());
    }

    @Test
    void aFolderThatIsNotThereHoldsNothing() throws IOException {
        ModelFolders folders = new ModelFolders(List.of(first.resolve("absent")));
        assertEquals(List.of(), folders.list(opener, TestPipeline.plugins()));
        var e = assertThrows(IllegalArgumentException.class, () -> folders.find("tiny"));
        assertEquals("model tiny: found none in [" + first.resolve("absent") + "]; expected one of [], or a folder given with --path", e.getMessage());
    }

    @Test
    void tellsOfEachWhatCouldRunIt() throws IOException {
        Path tiny = pipeline(first, "tiny");
        Path unknown = pipeline(first, "unknown");
        assertEquals(List.of(new ModelInfo("tiny", tiny.toString(), "TestPipeline", "TestUNet", true),
            new ModelInfo("unknown", unknown.toString(), "OtherPipeline", "", false)), list());
        assertEquals(2, opened.size());
        assertTrue(opened.stream().allMatch(TestPipeline::isClosed));
    }

    @Test
    void oneFolderThatCannotBeOpenedHidesNoOther() throws IOException {
        pipeline(first, "broken");
        pipeline(first, "locked");
        pipeline(first, "nameless");
        pipeline(second, "tiny");
        assertEquals(List.of("model_index.json: found a list; expected a JSON object",
            "model_index.json: found no permission; expected to read or write it",
            "model_index.json: _class_name: found none; expected a class name, here or in architectures",
            "TestPipeline"), list().stream().map(ModelInfo::pipeline).toList());
        assertEquals(List.of(false, false, false, true), list().stream().map(ModelInfo::supported).toList());
        assertTrue(opened.stream().allMatch(TestPipeline::isClosed));
    }

    private List<ModelInfo> list() throws IOException {
        return new ModelFolders(List.of(first, second)).list(opener, TestPipeline.plugins());
    }

    private TestPipeline keep(TestPipeline folder) {
        opened.add(folder);
        return folder;
    }

    private static Path pipeline(Path folder, String name) throws IOException {
        Path pipeline = Files.createDirectory(folder.resolve(name));
        Files.writeString(pipeline.resolve("model_index.json"), "{}");
        return pipeline;
    }
}
