package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {
    private static final String SECRET = "a secret of the tests";

    /** A configuration with its defaults, and what is given in their place. */
    static ClusterConfig config(Map<String, Object> given) {
        return (ClusterConfig) Proxy.newProxyInstance(ClusterConfig.class.getClassLoader(), new Class<?>[] {ClusterConfig.class, Annotation.class},
            (proxy, method, arguments) -> given.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    private static String refusal(Map<String, Object> given) {
        return assertThrows(IllegalArgumentException.class, () -> ClusterSettings.of(config(given))).getMessage();
    }

    @Test
    void listensOnLoopbackWithoutMulticastUnlessTold() {
        ClusterSettings settings = ClusterSettings.of(config(Map.of()));
        assertEquals("127.0.0.1", settings.address());
        assertFalse(settings.multicast());
        assertEquals(List.of(), settings.members());
        assertFalse(config(Map.of()).join());
    }

    @Test
    void refusesAnOpenAddressWithoutASecret() {
        assertEquals("io.halftone.cluster: bindAddress: found 192.0.2.1 without a secret; expected a secret of at least 16 characters, or a loopback "
            + "address", refusal(Map.of("bindAddress", "192.0.2.1")));
        assertEquals("192.0.2.1", ClusterSettings.of(config(Map.of("bindAddress", "192.0.2.1", "_secret", SECRET))).address());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "clusterName | a b       | clusterName: found a b; expected 1 to 64 letters, digits, - . and _",
        "_secret     | short     | secret: found 5 characters; expected at least 16",
        "bindAddress | 0.0.0.0   | bindAddress: found 0.0.0.0, which is every address; expected an address of this machine, such as 127.0.0.1",
        "bindAddress | ::1       | bindAddress: found ::1; expected an IPv4 address"})
    void refusesWhatMayNotBe(String key, String value, String message) {
        assertEquals("io.halftone.cluster: " + message, refusal(Map.of(key, value)));
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertEquals("io.halftone.cluster: port: found 80; expected 1024 to 65535", refusal(Map.of("port", 80)));
        assertEquals("io.halftone.cluster: ports: found 0; expected 1 to 1000", refusal(Map.of("ports", 0)));
        assertEquals("io.halftone.cluster: ports: found 10 from 65530; expected the last one to be at most 65535",
            refusal(Map.of("port", 65530, "ports", 10)));
        assertEquals("io.halftone.cluster: heartbeatLimit: found 1; expected 5 to 3600", refusal(Map.of("heartbeatLimit", 1)));
        assertEquals("io.halftone.cluster: workers: found -1; expected 0 to 10000", refusal(Map.of("workers", -1)));
    }

    @Test
    void takesMembersFromOneLineOrSeveral() {
        assertEquals(List.of("10.0.0.1", "host-b:5801", "10.0.0.3"),
            ClusterSettings.of(config(Map.of("members", new String[] {"10.0.0.1, host-b:5801", "10.0.0.3", ""}))).members());
        assertEquals("io.halftone.cluster: members: found 10.0.0.1:x; expected a name or an IPv4 address, and after a colon a port",
            refusal(Map.of("members", new String[] {"10.0.0.1:x"})));
        assertEquals("io.halftone.cluster: multicast: found true and a list of members; expected one of both",
            refusal(Map.of("multicast", true, "members", new String[] {"10.0.0.1"})));
    }

    @Test
    void readsTheSecretFromAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "  the secret of a file \nsomething else\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertEquals("the secret of a file", ClusterSettings.of(config(Map.of("secretFile", file.toString()))).secret());
        assertEquals("io.halftone.cluster: secretFile: found " + file + " and a secret; expected one of both",
            refusal(Map.of("secretFile", file.toString(), "_secret", SECRET)));
        Files.writeString(file, "\n");
        assertEquals("io.halftone.cluster: secretFile: found " + file + ", which is empty; expected a file with the secret in its first line",
            refusal(Map.of("secretFile", file.toString())));
        Path none = folder.resolve("none");
        assertEquals("io.halftone.cluster: secretFile: found " + none + ", which cannot be read; expected a file with the secret in its first line",
            refusal(Map.of("secretFile", none.toString())));
    }

    @Test
    void refusesASecretFileThatOthersHaveAccessTo(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "the secret of a file");
        for (String permissions : List.of("rw-r--r--", "rw-r-----", "rw-----w-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            assertEquals("io.halftone.cluster: secretFile: found " + file + " with permissions " + permissions + "; expected rw-------, so that it is "
                + "its owner's alone (chmod 600)", refusal(Map.of("secretFile", file.toString())));
        }
    }

    @Test
    void doesNotPrintTheSecret() {
        assertEquals("halftone on 127.0.0.1:5701-5720", ClusterSettings.of(config(Map.of("_secret", SECRET))).toString());
    }
}
