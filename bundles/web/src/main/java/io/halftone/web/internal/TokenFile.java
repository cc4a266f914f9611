package io.halftone.web.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * The file with the token in its first line. The token is nowhere else: what is in a configuration is shown with services, and Config Admin and Karaf
 * keep it in files that everybody may read. So nobody but the owner may have access to this one, as with a private key of ssh.
 */
final class TokenFile {
    private static final int LEAST_TOKEN = 16;
    private static final int MOST_BYTES = 4096;
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_EXECUTE);

    private TokenFile() {}

    /**
     * The token.
     *
     * @throws IllegalArgumentException if it cannot be had, is none, or others have access to the file
     */
    static String read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new NoSuchFileException(file.toString());
            }
            if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
                if (!OWNERS.containsAll(permissions)) {
                    throw refused(file + " with permissions " + PosixFilePermissions.toString(permissions)
                        + "; expected rw-------, so that it is its owner's alone (chmod 600)", null);
                }
            }
            try (InputStream in = Files.newInputStream(file)) {
                return checked(file, new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).lines().findFirst().orElse("").strip());
            }
        } catch (NoSuchFileException e) {
            throw refused("no file " + file + "; expected one with the token in its first line", e);
        } catch (IOException e) {
            throw refused(file + ", which cannot be read; expected one with the token in its first line", e);
        }
    }

    private static String checked(Path file, String token) {
        if (token.length() < LEAST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw refused(token.length() + " characters in the first line of " + file + "; expected at least " + LEAST_TOKEN
                + ", all of ASCII and no blanks", null);
        }
        return token;
    }

    private static IllegalArgumentException refused(String foundAndExpected, Exception cause) {
        return new IllegalArgumentException(WebSettings.PID + ": tokenFile: found " + foundAndExpected, cause);
    }
}
