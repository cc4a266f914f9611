package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BuildRequest;
import io.halftone.api.Job;
import io.halftone.api.QuantizeRequest;
import io.halftone.shell.CommandCall;
import io.halftone.shell.CommandInfo;
import io.halftone.shell.CommandInfo.Kind;
import io.halftone.shell.CommandInfo.OptionInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellCommandsTest {
    @TempDir
    Path folder;

    private final FakeHalftone halftone = new FakeHalftone();
    private final List<Job<?>> started = new ArrayList<>();

    private String run(String command, Map<String, List<String>> options) throws Exception {
        return new ShellCommands(halftone).run(new CommandCall(command, options, new CommandCall.Folders() {
            @Override
            public Path current() {
                return folder;
            }

            @Override
            public Path resolve(String option, String given) {
                if (given.contains("..")) {
                    throw new IllegalArgumentException(option + ": found " + given + "; expected a file here");
                }
                return folder.resolve(given);
            }
        }, started::add));
    }

    private String refusal(String command, Map<String, List<String>> options) {
        return assertThrows(IllegalArgumentException.class, () -> run(command, options)).getMessage();
    }

    @Test
    void asksForWhatTheConsoleAsksFor() throws Exception {
        var console = new Console(folder);
        console.run(new QuantizeCommand(), "--model", "tiny-sdxl", "--quant-level", "2.5", "--calib-size", "4", "--alpha", "0.5", "--seed", "7",
            "--leave-loras", "--lora", "a.safetensors:0.5", "--lora", "b.safetensors", "--quantized-torch-ckpt-save-path", "q.safetensors");

        run("quantize", Map.of("model", List.of("tiny-sdxl"), "quant-level", List.of("2.5"), "calib-size", List.of("4"), "alpha", List.of("0.5"),
            "seed", List.of("7"), "leave-loras", List.of("true"), "lora", List.of("a.safetensors:0.5", "b.safetensors"),
            "quantized-torch-ckpt-save-path", List.of("q.safetensors")));

        assertEquals(List.of(console.request(QuantizeRequest.class)), halftone.requests);
    }

    @Test
    void tellsWhichJobItBegan() throws Exception {
        run("quantize", Map.of("model", List.of("m"), "onnx-dir", List.of("o")));

        assertEquals(List.of("1"), started.stream().map(Job::id).toList());
    }

    @Test
    void givesWhatTheConsolePrintsAsJson() throws Exception {
        assertEquals(new Console(folder).json(new PluginsCommand()), Console.parse(run("plugins", Map.of())));
    }

    @Test
    void asksWherePathsLie() {
        assertEquals("quantized-torch-ckpt-save-path: found ../q.safetensors; expected a file here",
            refusal("quantize", Map.of("model", List.of("m"), "quantized-torch-ckpt-save-path", List.of("../q.safetensors"))));
        assertEquals(List.of(), started);
    }

    /** As of a console whose jobs read everywhere and write into the folder alone. */
    private BuildRequest build(Map<String, List<String>> options) throws Exception {
        new ShellCommands(halftone).run(new CommandCall("build", options, new CommandCall.Folders() {
            @Override
            public Path current() {
                return folder;
            }

            @Override
            public Path resolve(String option, String given) {
                Path path = folder.resolve(given).normalize();
                if (!option.equals("onnx-load-path") && !path.startsWith(folder)) {
                    throw new IllegalArgumentException(option + ": found " + given + "; expected a file here");
                }
                return path;
            }
        }, started::add));
        return (BuildRequest) halftone.requests.get(halftone.requests.size() - 1);
    }

    @Test
    void buildsInItsOwnFolderWhereItMayNotWriteBesideTheModel() throws Exception {
        String other = folder.resolveSibling("other-run").resolve("onnx").toString();

        assertEquals(folder + "/", build(Map.of("onnx-load-path", List.of(other))).file());
        assertEquals(folder + "/", build(Map.of("onnx", List.of(other + "/backbone.onnx"), "builder-optimization-level", List.of("2"))).file());
        assertEquals(folder + "/e.plan", build(Map.of("onnx-load-path", List.of(other), "engine-path", List.of("e.plan"))).file());
        assertEquals("", build(Map.of("onnx-load-path", List.of("onnx"))).file(), "beside a model of its own");
    }

    @Test
    void refusesBeforeTheJobBeginsWhatItMayNotWrite() {
        assertEquals("exportLayerInfo: found ../l.json; expected a file here", assertThrows(IllegalArgumentException.class,
            () -> build(Map.of("onnx", List.of("m.onnx"), "exportLayerInfo", List.of("../l.json")))).getMessage());
        assertEquals(List.of(), started);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "calib-size    | x     | calib-size: found x; expected a whole number",
        "calib-size    | 1e9   | calib-size: found 1e9; expected a whole number",
        "calib-size    | 3000000000 | calib-size: found 3000000000; expected a whole number",
        "alpha         | x     | alpha: found x; expected a number",
        "leave-loras   | yes   | leave-loras: found yes; expected true or false"})
    void refusesWhatIsNoValueOfTheOption(String option, String value, String message) {
        assertEquals(message, refusal("quantize", Map.of(option, List.of(value))));
    }

    @Test
    void refusesOptionsAndCommandsThatThereAreNot() {
        assertTrue(refusal("plan", Map.of("calib-size", List.of("1"))).startsWith("options: found calib-size; expected some of collect-method, config, "));
        assertTrue(refusal("plan", Map.of("json", List.of("true"))).startsWith("options: found json; "));
        assertTrue(refusal("rm", Map.of()).startsWith("command: found rm; expected one of auto, benchmark, "));
    }

    @Test
    void refusesWhatIsMissingTwiceOrTooMuch() {
        assertEquals("onnx-dir: found none; expected it", refusal("export", Map.of("model", List.of("m"))));
        assertEquals("model: found 2 values; expected one", refusal("export", Map.of("model", List.of("m", "n"), "onnx-dir", List.of("o"))));
        assertEquals("path: found it by another of its names too; expected it once",
            refusal("plan", Map.of("path", List.of("a"), "override-model-path", List.of("b"))));
    }

    @Test
    void saysWhatCommandsTake() {
        List<CommandInfo> commands = new ShellCommands(halftone).commands();

        CommandInfo quantize = commands.stream().filter(command -> command.name().equals("quantize")).findFirst().orElseThrow();
        assertTrue(quantize.startsJob());
        assertEquals(new OptionInfo("quant-level", Kind.TEXT, false, false, Quantization.LEVEL_HELP, "3", List.of("1", "2", "2.5", "3", "4")),
            quantize.options().stream().filter(option -> option.name().equals("quant-level")).findFirst().orElseThrow());
        assertEquals(List.of(Kind.INTEGER), quantize.options().stream().filter(option -> option.name().equals("calib-size")).map(OptionInfo::kind).toList());
        assertEquals(List.of(true), quantize.options().stream().filter(option -> option.name().equals("lora")).map(OptionInfo::several).toList());
        assertEquals(commands.stream().map(CommandInfo::name).sorted().toList(), commands.stream().map(CommandInfo::name).toList());
    }
}
