package io.halftone.cluster.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checked configuration.
 *
 * @param name      of the cluster
 * @param secret    what members have to know; empty where there is none, and then the address is loopback
 * @param members   addresses of others, each with or without a port; empty where they are on this machine
 * @param multicast whether members are looked for by multicast instead
 * @param address   that is listened on, one of this machine, in digits
 * @param port      the first one that is tried
 * @param ports     how many are tried
 * @param limit     seconds without a sign of life after which a member is gone
 * @param own       whether this process runs units of its own jobs
 * @param crew      what units of others are computed with
 */
record ClusterSettings(String name, String secret, List<String> members, boolean multicast, String address, int port, int ports, int limit,
                       boolean own, Shift.Crew crew) {
    static final int LEAST_SECRET = 16;
    private static final int MOST_BYTES = 4096;
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_EXECUTE);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern MEMBER = Pattern.compile("[A-Za-z0-9.-]+(:\\d{1,5})?");

    ClusterSettings {
        members = List.copyOf(members);
    }

    /**
     * Checks a configuration.
     *
     * @throws IllegalArgumentException if a value is out of its range, or the address is open to others and there is no secret
     */
    static ClusterSettings of(ClusterConfig config) {
        if (!NAME.matcher(config.clusterName()).matches()) {
            throw wrong("clusterName", config.clusterName(), "1 to 64 letters, digits, - . and _");
        }
        String secret = secret(config);
        if (!secret.isEmpty() && secret.length() < LEAST_SECRET) {
            throw wrong("secret", secret.length() + " characters", "at least " + LEAST_SECRET);
        }
        InetAddress address = address(config.bindAddress());
        if (!address.isLoopbackAddress() && secret.isEmpty()) {
            throw wrong("bindAddress", config.bindAddress() + " without a secret", "a secret of at least " + LEAST_SECRET
                + " characters, or a loopback address");
        }
        range("port", config.port(), 1024, 65535);
        range("ports", config.ports(), 1, 1000);
        if (config.port() + config.ports() - 1 > 65535) {
            throw wrong("ports", config.ports() + " from " + config.port(), "the last one to be at most 65535");
        }
        range("heartbeatLimit", config.heartbeatLimit(), 5, 3600);
        range("workers", config.workers(), 0, 10_000);
        List<String> members = list(config.members());
        for (String member : members) {
            if (!MEMBER.matcher(member).matches()) {
                throw wrong("members", member, "a name or an IPv4 address, and after a colon a port");
            }
        }
        if (config.multicast() && !members.isEmpty()) {
            throw wrong("multicast", "true and a list of members", "one of both");
        }
        return new ClusterSettings(config.clusterName(), secret, members, config.multicast(), address.getHostAddress(), config.port(), config.ports(),
            config.heartbeatLimit(), config.ownWorkers(), new Shift.Crew(list(config.devices()), config.workers()));
    }

    /** What is separated by commas is so in a file, and in several elements elsewhere. */
    private static List<String> list(String[] elements) {
        return Stream.of(elements).flatMap(element -> Stream.of(element.split(","))).map(String::strip).filter(one -> !one.isEmpty()).toList();
    }

    private static String secret(ClusterConfig config) {
        if (config.secretFile().isEmpty()) {
            return config._secret();
        }
        if (!config._secret().isEmpty()) {
            throw wrong("secretFile", config.secretFile() + " and a secret", "one of both");
        }
        Path file = Path.of(config.secretFile());
        try {
            expectOwners(file);
            try (InputStream in = Files.newInputStream(file)) {
                String secret = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
                if (secret.isEmpty()) {
                    throw wrong("secretFile", file + ", which is empty", "a file with the secret in its first line");
                }
                return secret;
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("io.halftone.cluster: secretFile: found " + file + ", which cannot be read; expected a file with the "
                + "secret in its first line", e);
        }
    }

    /** Refuses a file that somebody else may read or write, as a private key of ssh. */
    private static void expectOwners(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNERS.containsAll(permissions)) {
                throw wrong("secretFile", file + " with permissions " + PosixFilePermissions.toString(permissions),
                    "rw-------, so that it is its owner's alone (chmod 600)");
            }
        }
    }

    private static InetAddress address(String given) {
        String expected = "an address of this machine, such as 127.0.0.1";
        if (given.isBlank()) {
            throw wrong("bindAddress", "none", expected);
        }
        try {
            InetAddress address = InetAddress.getByName(given.strip());
            if (address.isAnyLocalAddress()) {
                throw wrong("bindAddress", given + ", which is every address", expected);
            }
            if (!(address instanceof Inet4Address)) {
                throw wrong("bindAddress", given, "an IPv4 address");
            }
            return address;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("bindAddress: found " + given + ", which is unknown; expected " + expected, e);
        }
    }

    private static void range(String where, int found, int least, int most) {
        if (found < least || found > most) {
            throw wrong(where, Integer.toString(found), least + " to " + most);
        }
    }

    private static IllegalArgumentException wrong(String where, String found, String expected) {
        return new IllegalArgumentException("io.halftone.cluster: " + where + ": found " + found + "; expected " + expected);
    }

    @Override
    public String toString() {
        return name + " on " + address + ":" + port + "-" + (port + ports - 1);   // and not the secret
    }
}
