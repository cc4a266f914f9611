package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSettingsTest {
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path folder;

    private Path token(String text, String permissions) throws Exception {
        Files.deleteIfExists(folder.resolve("token"));
        Path file = Files.writeString(folder.resolve("token"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

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
    void readsWhatIsConfigured() throws Exception {
        Path file = token(TOKEN + "\nanother line\n", "rw-------");
        assertEquals(new WebSettings("0.0.0.0", 0, TOKEN, Set.of("box.example", "b"), Path.of("/runs"), List.of(Path.of("/in"), Path.of("/more")), true),
            of(Map.of("host", "0.0.0.0", "port", 0, "tokenFile", file.toString(), "hostNames", "Box.example, b", "runsFolder", "/runs/", "inputFolders",
                new String[] {"/in", "/more"}, "readOnly", "true")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "host         | 0.0.0.0   | host: found 0.0.0.0 without a token; expected 127.0.0.1, or a tokenFile too",
        "host         | ::        | host: found :: without a token; expected 127.0.0.1, or a tokenFile too",
        "tokenFile    | token     | tokenFile: found token; expected an absolute path",
        "tokenFile    | /none     | tokenFile: found no file /none; expected one with the token in its first line",
        "port         | 65536     | port: found 65536; expected a number from 0 to 65535",
        "port         | x         | port: found x; expected a number from 0 to 65535",
        "readOnly     | yes       | readOnly: found yes; expected true or false",
        "runsFolder   | runs      | runsFolder: found runs; expected an absolute path",
        "inputFolders | /a,b      | inputFolders: found b; expected an absolute path",
        "token        | 0123456789abcdef | token: found it; expected one of host, hostNames, inputFolders, port, readOnly, runsFolder, tokenFile"})
    void refusesWhatCannotBe(String key, String value, String message) {
        assertEquals("io.halftone.web: " + message, assertThrows(IllegalArgumentException.class, () -> of(Map.of(key, value))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rwx--x---"})
    void refusesATokenThatOthersCanReadOrChange(String permissions) throws Exception {
        Path file = token(TOKEN, permissions);
        assertEquals("io.halftone.web: tokenFile: found " + file + " with permissions " + permissions + "; expected rw-------, so that it is its owner's alone "
            + "(chmod 600)", assertThrows(IllegalArgumentException.class, () -> of(Map.of("tokenFile", file.toString()))).getMessage());
    }

    @Test
    void goesByThePermissionsOfTheFileThatALinkLeadsTo() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), token(TOKEN, "r--------"));
        assertEquals(TOKEN, of(Map.of("tokenFile", link.toString())).token());
        token(TOKEN, "rw-r--r--");
        assertThrows(IllegalArgumentException.class, () -> of(Map.of("tokenFile", link.toString())));
    }

    @ParameterizedTest
    @CsvSource({"'',0", "short,5", "'0123456789 abcdef',17", "'0123456789abcdé',15", "'\n0123456789abcdef',0"})
    void refusesATokenThatIsEasyToGuessOrCannotBeSent(String text, int characters) throws Exception {
        Path file = token(text, "rw-------");
        assertEquals("io.halftone.web: tokenFile: found " + characters + " characters in the first line of " + file + "; expected at least 16, all of ASCII "
            + "and no blanks", assertThrows(IllegalArgumentException.class, () -> of(Map.of("tokenFile", file.toString()))).getMessage());
    }

    @Test
    void saysWhatItIsWithoutTheToken() throws Exception {
        assertEquals("127.0.0.1:8181, runs in /data/web-runs", of(Map.of("tokenFile", token(TOKEN, "rw-------").toString())).toString());
    }

    @Test
    void refusesAFileForAFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("f"));
        assertEquals("io.halftone.web: runsFolder: found the file " + file + "; expected a folder",
            assertThrows(IllegalArgumentException.class, () -> of(Map.of("runsFolder", file.toString()))).getMessage());
    }
}
