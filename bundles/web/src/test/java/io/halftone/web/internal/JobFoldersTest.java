package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFoldersTest {
    @TempDir
    Path folder;

    private Path own;
    private JobFolders folders;

    @BeforeEach
    void makeFolders() throws Exception {
        folder = folder.toRealPath();
        own = Files.createDirectories(folder.resolve("runs/now"));
        RunsFolder.write(Files.createDirectories(folder.resolve("runs/before")), Map.of("kind", "quantize"));
        Files.createDirectories(folder.resolve("runs/others"));
        Files.createDirectories(folder.resolve("models/tiny"));
        Files.createFile(folder.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("runs/before/link"), folder.resolve("secret"));
        Files.createSymbolicLink(own.resolve("out"), folder);
        folders = folders("quantize");
    }

    private JobFolders folders(String command) {
        return new JobFolders(command, own, new RunsFolder(folder.resolve("runs")), List.of(folder.resolve("models/tiny")));
    }

    private String refusal(String option, String given) {
        return assertThrows(IllegalArgumentException.class, () -> folders.resolve(option, given)).getMessage();
    }

    @Test
    void letsAJobWriteIntoItsOwnFolder() {
        assertEquals(own.resolve("a/q.safetensors"), folders.resolve("onnx-dir", "a/q.safetensors"));
        assertEquals(own.resolve("q"), folders.resolve("out", own + "/./q"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../before/q", "../now2", "/etc/passwd", "a/../../before/q", "out/q", "run.json", "./run.json", "run.json/q"})
    void letsItWriteNowhereElse(String given) {
        assertEquals("onnx-dir: found " + given + "; expected a path in the job's own folder, such as a name", refusal("onnx-dir", given));
    }

    @Test
    void letsItReadRunsAndPipelines() {
        assertEquals(folder.resolve("runs/before/q.safetensors"), folders.resolve("restore-from", "../before/q.safetensors"));
        assertEquals(folder.resolve("models/tiny"), folders.resolve("path", folder.resolve("models/tiny").toString()));
        assertEquals(own.resolve("prompts.txt"), folders.resolve("prompts-file", "prompts.txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../others", "../others/q.safetensors", "../../secret", "/etc/passwd", "../before/link", "out/secret",
        "../../models", "../../models/tiny2"})
    void letsItReadNothingElse(String given) {
        assertTrue(refusal("lora", given).startsWith("lora: found " + given + "; expected a path in a pipeline of the model folders, "));
    }

    @Test
    void knowsThatABuildWritesItsEngine() {
        String given = "../before/engine.plan";
        assertEquals(folder.resolve("runs/before/engine.plan"), folders.resolve("engine-path", given));
        folders = folders("build");
        assertEquals("engine-path: found " + given + "; expected a path in the job's own folder, such as a name", refusal("engine-path", given));
    }
}
