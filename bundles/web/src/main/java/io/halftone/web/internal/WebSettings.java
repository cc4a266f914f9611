package io.halftone.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is configured, checked.
 *
 * @param host         address to listen on
 * @param port         0 for any that is free
 * @param token        of the token file; empty where none is asked for
 * @param hostNames    besides localhost, in lower case
 * @param runsFolder   absolute; may not be there yet
 * @param inputFolders absolute
 * @param readOnly     whether nobody can start or cancel jobs
 */
record WebSettings(String host, int port, String token, Set<String> hostNames, Path runsFolder, List<Path> inputFolders, boolean readOnly) {
    static final String PID = "io.halftone.web";

    private static final int PORTS = 65536;
    private static final Set<String> KEYS = Set.of("host", "port", "tokenFile", "hostNames", "runsFolder", "inputFolders", "readOnly");
    /** In the keys of Config Admin, Declarative Services and Karaf. */
    private static final String FOREIGN = ".";

    WebSettings {
        hostNames = Set.copyOf(hostNames);
        inputFolders = List.copyOf(inputFolders);
    }

    /**
     * Reads a configuration, and the file of the token.
     *
     * @param environment of the process
     * @param home        the user's folder
     * @throws IllegalArgumentException naming the key and what it should be
     */
    static WebSettings of(Map<String, ?> properties, Map<String, String> environment, String home) {
        for (String key : new TreeSet<>(properties.keySet())) {
            if (!KEYS.contains(key) && !key.contains(FOREIGN)) {
                throw refused(key, "it", "one of " + String.join(", ", new TreeSet<>(KEYS)));
            }
        }
        String host = text(properties, "host", "127.0.0.1");
        String tokenFile = text(properties, "tokenFile", "");
        String token = tokenFile.isEmpty() ? "" : TokenFile.read(path("tokenFile", tokenFile));
        if (token.isEmpty() && !isLoopback(host)) {
            throw refused("host", host + " without a token", "127.0.0.1, or a tokenFile too");
        }
        String runs = text(properties, "runsFolder", "");
        Path runsFolder = runs.isEmpty() ? usualRuns(environment, home) : path("runsFolder", runs);
        if (Files.exists(runsFolder) && !Files.isDirectory(runsFolder)) {
            throw refused("runsFolder", "the file " + runsFolder, "a folder");
        }
        List<Path> inputs = list(properties, "inputFolders").stream().map(each -> path("inputFolders", each)).toList();
        return new WebSettings(host, port(text(properties, "port", "8181")), token,
            Set.copyOf(list(properties, "hostNames").stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)).distinct().toList()), runsFolder, inputs,
            truth("readOnly", text(properties, "readOnly", "false")));
    }

    /** Where runs are kept if nobody says so. */
    private static Path usualRuns(Map<String, String> environment, String home) {
        String data = environment.getOrDefault("HALFTONE_DATA", "");
        if (!data.isBlank()) {
            return Path.of(data).resolve("web-runs").toAbsolutePath().normalize();
        }
        String users = environment.getOrDefault("XDG_DATA_HOME", "");
        Path folder = users.isBlank() ? Path.of(home, ".local", "share") : Path.of(users);
        return folder.resolve("halftone").resolve("web-runs").toAbsolutePath().normalize();
    }

    private static boolean isLoopback(String host) {
        try {
            return !host.isEmpty() && Stream.of(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(PID + ": host: found " + host + "; expected an address of this machine", e);
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port < PORTS) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(PID + ": port: found " + text + "; expected a number from 0 to 65535", e);
        }
        throw refused("port", text, "a number from 0 to 65535");
    }

    private static boolean truth(String key, String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw refused(key, text, "true or false");
        }
        return text.equals("true");
    }

    private static Path path(String key, String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(PID + ": " + key + ": found " + text + "; expected an absolute path", e);
        }
        throw refused(key, text, "an absolute path");
    }

    private static String text(Map<String, ?> properties, String key, String otherwise) {
        Object value = properties.get(key);
        String text = value == null ? "" : value.toString().strip();
        return text.isEmpty() ? otherwise : text;
    }

    private static List<String> list(Map<String, ?> properties, String key) {
        Object value = properties.get(key);
        Stream<?> values = value == null ? Stream.of() : value instanceof Object[] array ? Stream.of(array)
            : value instanceof Collection<?> collection ? collection.stream() : Stream.of(value.toString().split(","));
        return values.map(Object::toString).map(String::strip).filter(each -> !each.isEmpty()).toList();
    }

    @Override
    public String toString() {
        return host + ":" + port + ", runs in " + runsFolder;   // and not the token
    }

    private static IllegalArgumentException refused(String key, String found, String expected) {
        return new IllegalArgumentException(PID + ": " + key + ": found " + found + "; expected " + expected);
    }
}
