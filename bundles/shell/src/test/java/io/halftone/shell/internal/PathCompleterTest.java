package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathCompleterTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        for (String name : List.of("model/unet.onnx", "model/unet.plan", "a model/unet.onnx", "a picture.onnx", "tiny.safetensors",
            "TINY.PT", "recipe.yaml", ".hidden/x.onnx")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), "");
        }
    }

    @Test
    void offersFilesOfItsKindAndTheFoldersOnTheWay() {
        assertEquals(List.of("TINY.PT", "model/", "tiny.safetensors"), values(new PathCompleter.Tensors(), ""));
        assertEquals(List.of("model/"), values(new PathCompleter.Folders(), ""));
        assertEquals(List.of("model/", "recipe.yaml"), values(new PathCompleter.Recipes(), ""));
        assertEquals(4, values(new PathCompleter.Any(), "").size());
    }

    @Test
    void goesOnInAFolder() {
        assertEquals(List.of("model/unet.plan"), values(new PathCompleter.Engines(), "model/u"));
        assertEquals(List.of(folder + "/model/unet.onnx"), values(new PathCompleter.Models(), folder + "/model/"));
        assertEquals(List.of("./model/unet.onnx"), values(new PathCompleter.Models(), "./model/"));
    }

    /** The console's own escaping fails on it, and with it the line that the user has typed. */
    @Test
    void offersNothingWithABlank() {
        assertEquals(List.of(), values(new PathCompleter.Models(), "a model/"));
        assertEquals(List.of("model/"), values(new PathCompleter.Models(), ""));
    }

    @Test
    void aFolderIsNotTheEndOfTheWord() {
        List<Candidate> candidates = candidates(new PathCompleter.Models(), "model/");
        assertEquals(List.of(true), candidates.stream().map(Candidate::complete).toList());
        assertEquals(List.of(false), candidates(new PathCompleter.Models(), "").stream().map(Candidate::complete).toList());
    }

    @Test
    void hiddenFilesAreOfferedOnceADotWasTyped() {
        assertEquals(List.of(".hidden/", "model/"), values(new PathCompleter.Folders(), "."));
    }

    @Test
    void offersNothingWhereThereIsNoFolder() {
        assertEquals(List.of(), values(new PathCompleter.Any(), "nowhere/x"));
        assertEquals(List.of(), values(new PathCompleter.Any(), "recipe.yaml/x"));
        assertEquals(List.of(), values(new PathCompleter.Any(), "\0/"));
    }

    @Test
    void offersTheLayersOfTheCheckpointInTheLine() {
        var completer = new LayerCompleter();
        completer.halftone = new FakeHalftone();
        List<String> candidates = new ArrayList<>();
        completer.complete(session(), line("explain", "--restore-from", "tiny.safetensors", "conv"), candidates);
        assertEquals(List.of("conv_in "), candidates);
        assertEquals(List.of(List.of(folder + "/tiny.safetensors", "")), ((FakeHalftone) completer.halftone).requests);
        assertEquals(-1, completer.complete(session(), line("explain", "conv"), candidates));
    }

    @Test
    void offersTheNamesThatAListHasNotYet() {
        var completer = new NameListCompleter.Components();
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine("vae,t", 5), candidates);
        assertEquals(List.of("vae,text_encoder", "vae,text_encoder_2", "vae,text_encoder_3", "vae,transformer"), candidates);
    }

    @Test
    void offersTheIdsOfJobs() {
        var halftone = new FakeHalftone();
        halftone.jobs.add(JobCommandsTest.job("quantize-1", io.halftone.api.Job.State.DONE));
        halftone.jobs.add(JobCommandsTest.job("quantize-2", io.halftone.api.Job.State.RUNNING));
        var running = new JobIdCompleter.Running();
        running.halftone = halftone;
        List<String> candidates = new ArrayList<>();
        running.complete(null, new ArgumentCommandLine("", 0), candidates);
        assertEquals(List.of("quantize-2 "), candidates);
    }

    private List<String> values(PathCompleter completer, String typed) {
        return candidates(completer, typed).stream().map(Candidate::value).sorted().toList();
    }

    private List<Candidate> candidates(PathCompleter completer, String typed) {
        List<Candidate> candidates = new ArrayList<>();
        completer.completeCandidates(session(), new ArgumentCommandLine(typed, typed.length()), candidates);
        return candidates;
    }

    private Session session() {
        return (Session) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Session.class},
            (proxy, method, arguments) -> method.getName().equals("currentDir") ? folder : null);
    }

    private static CommandLine line(String... words) {
        String last = words[words.length - 1];
        return (CommandLine) Proxy.newProxyInstance(PathCompleterTest.class.getClassLoader(), new Class<?>[] {CommandLine.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getArguments" -> words;
                case "getCursorArgument" -> last;
                case "getArgumentPosition" -> last.length();
                default -> 0;
            });
    }
}
