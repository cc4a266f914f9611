package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.junit.jupiter.api.Test;

class CompletersTest {
    private static List<String> candidates(PluginCompleter completer, String typed) {
        completer.halftone = new FakeHalftone();
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine(typed, typed.length()), candidates);
        return candidates;
    }

    @Test
    void offersThePluginsOfItsKindThatAreThere() {
        assertEquals(List.of("default ", "max ", "reference-default ", "reference-max ", "reference-min-mean "),
            candidates(new PluginCompleter.Collectors(), ""));
        assertEquals(List.of("int8 "), candidates(new PluginCompleter.Formats(), ""));
    }

    @Test
    void completesWhatWasTyped() {
        assertEquals(List.of("max "), candidates(new PluginCompleter.Collectors(), "m"));
    }

    @Test
    void offersPresets() {
        var completer = new PresetCompleter();
        completer.halftone = new FakeHalftone();
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine("flux", 4), candidates);

        assertEquals(List.of("flux-dev ", "flux-schnell "), candidates);
    }

    @Test
    void offersEnginesThatCannotBeHadWhereOneMayAskWhy() {
        var completer = new EngineCompleter();
        completer.halftone = new FakeHalftone();
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine("t", 1), candidates);

        assertEquals(List.of("tensorrt "), candidates);
    }

    @Test
    void offersTheModelsOfTheFoldersAndPresets() {
        var completer = new ModelCompleter();
        completer.halftone = new FakeHalftone();
        List<String> candidates = new ArrayList<>();
        completer.complete(null, new ArgumentCommandLine("tiny", 4), candidates);

        assertEquals(List.of("tiny-sdxl "), candidates);
        candidates.clear();
        completer.complete(null, new ArgumentCommandLine("sd3", 3), candidates);
        assertEquals(List.of("sd3-medium "), candidates);
    }
}
