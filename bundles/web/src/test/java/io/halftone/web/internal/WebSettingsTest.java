package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSettingsTest {
    private static final String TOKEN = "0123456789abcdef";

    private static WebSettings of(Map<String, ?> properties) {
        return WebSettings.of(properties, Map.of("HALFTONE_DATA", "/data"), "/home/ada");
    }

    @Test
    void listensOnTheLoopbackWhereNothingIsSaid() {
        assertEquals(new WebSettings("127.0.0.1", 8181, "", Set.of(), Path.of("/data/web-runs"), List.of(), false),
            of(Map.of("service.pid", "io.halftone.web", "felix.fileinstall.filename", "x")));
    }

    @Test
    void keepsRunsAmongTheUsersData() {
        assertEquals(Path.of("/home/ada/.local/share/halftone/web-runs"), WebSettings.of(Map.of(), Map.of(), "/home/ada").runsFolder());
        assertEquals(Path.of("/share/halftone/web-runs"), WebSettings.of(Map.of(), Map.of("XDG_DATA_HOME", "/share"), "/home/ada").runsFolder());
    }

    @Test
    void readsWhatIsConfigured() {
        assertEquals(new WebSettings("0.0.0.0", 0, TOKEN, Set.of("box.example", "b"), Path.of("/runs"), List.of(Path.of("/in"), Path.of("/more")), true),
            of(Map.of("host", "0.0.0.0", "port", 0, "token", TOKEN, "hostNames", "Box.example, b", "runsFolder", "/runs/", "inputFolders",
                new String[] {"/in", "/more"}, "readOnly", "true")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "host         | 0.0.0.0   | host: found 0.0.0.0 without a token; expected 127.0.0.1, or a token too",
        "host         | ::        | host: found :: without a token; expected 127.0.0.1, or a token too",
        "token        | short     | token: found 5 characters; expected at least 16, all of ASCII and no blanks",
        "port         | 65536     | port: found 65536; expected a number from 0 to 65535",
        "port         | x         | port: found x; expected a number from 0 to 65535",
        "readOnly     | yes       | readOnly: found yes; expected true or false",
        "runsFolder   | runs      | runsFolder: found runs; expected an absolute path",
        "inputFolders | /a,b      | inputFolders: found b; expected an absolute path",
        "tokens       | x         | tokens: found it; expected one of host, hostNames, inputFolders, port, readOnly, runsFolder, token"})
    void refusesWhatCannotBe(String key, String value, String message) {
        assertEquals("io.halftone.web: " + message, assertThrows(IllegalArgumentException.class, () -> of(Map.of(key, value))).getMessage());
    }

    @Test
    void refusesAFileForAFolder(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("f"));
        assertEquals("io.halftone.web: runsFolder: found the file " + file + "; expected a folder",
            assertThrows(IllegalArgumentException.class, () -> of(Map.of("runsFolder", file.toString()))).getMessage());
    }
}
