package io.halftone.core.internal.attest;

import io.halftone.api.Verification;
import io.halftone.api.Verification.Check;
import io.halftone.api.Verification.Outcome;
import io.halftone.api.VerifyRequest;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.files.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Checks artifacts against their statements, and signs those. */
public final class Verifier {
    private static final String PICTURE = ".png";

    private final VerifyRequest request;
    private final List<Check> checks = new ArrayList<>();
    /** The files that statements tell of. */
    private final Set<Path> told = new HashSet<>();
    /** Statements whose artifacts are not known to be of the pipeline. */
    private final List<Statement> baseless = new ArrayList<>();

    private Verifier(VerifyRequest request) {
        this.request = request;
    }

    /**
     * Checks.
     *
     * @throws io.halftone.ops.CheckpointException if a statement or an envelope is not one
     * @throws IllegalArgumentException if there is no statement, or the key is none
     */
    public static Verification verify(VerifyRequest request) throws IOException {
        PublicKey key = request.publicKey().isEmpty() ? null : KeyFile.open(Path.of(request.publicKey()));
        var verifier = new Verifier(request);
        List<Path> statements = statements(request.artifact());
        for (Path statement : statements) {
            verifier.check(statement, key);
        }
        verifier.checkBases();
        if (Files.isDirectory(Path.of(request.artifact()))) {
            verifier.checkUntold(Path.of(request.artifact()).toAbsolutePath().normalize());
        }
        return new Verification(statements.stream().map(Path::toString).toList(), verifier.checks);
    }

    /**
     * Signs the statements of an artifact, or of all in a folder.
     *
     * @return the envelopes that were written
     */
    public static List<String> sign(String artifact, String privateKey) throws IOException {
        PrivateKey key = KeyFile.secret(Path.of(privateKey));
        List<String> written = new ArrayList<>();
        for (Path statement : statements(artifact)) {
            byte[] payload = Statement.bytes(statement);
            Statement.parse(statement.toString(), payload);
            try {
                Path envelope = Envelope.file(principal(statement));
                Staging.write(envelope, Envelope.sign(payload, key).bytes());
                written.add(envelope.toString());
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(privateKey + ": found " + e.getMessage() + "; expected an Ed25519 key", e);
            }
        }
        return written;
    }

    /** The statements of a file, or of all artifacts in a folder and below. */
    private static List<Path> statements(String artifact) throws IOException {
        Path path = Path.of(artifact).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(path + ": found nothing; expected an artifact");
        }
        if (path.toString().endsWith(Statement.SUFFIX)) {
            return List.of(path);
        }
        boolean folder = Files.isDirectory(path);
        if (!folder && Files.isRegularFile(Statement.file(path)) && tellsOf(Statement.file(path), path)) {
            return List.of(Statement.file(path));
        }
        List<Path> found = new ArrayList<>();
        for (Path file : folder ? files(path, Integer.MAX_VALUE) : files(path.getParent(), 1)) {
            if (file.toString().endsWith(Statement.SUFFIX) && (folder || tellsOf(file, path))) {
                found.add(file);
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(path + ": found no provenance that tells of it; expected " + (folder ? "some in it or below"
                : Statement.file(path).getFileName().toString()) + ": a job that is stopped before its end leaves none");
        }
        return found;
    }

    /** What is in a folder and so deep below that is no folder, links among it; nothing whose name, or whose folder's, begins with a dot. */
    private static List<Path> files(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !isHidden(folder.relativize(file))).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isHidden(Path path) {
        for (Path part : path) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean tellsOf(Path statement, Path file) throws IOException {
        return Statement.read(statement).artifacts().stream().anyMatch(a -> statement.resolveSibling(a.name()).normalize().equals(file));
    }

    private static Path principal(Path statement) {
        String name = statement.getFileName().toString();
        return statement.resolveSibling(name.substring(0, name.length() - Statement.SUFFIX.length()));
    }

    private void check(Path file, PublicKey key) throws IOException {
        byte[] bytes = Statement.bytes(file);
        Statement statement = Statement.parse(file.toString(), bytes);
        if (key != null) {
            checkSignature(file, bytes, key);
        }
        Path folder = file.getParent();
        for (Resource artifact : statement.artifacts()) {
            Path made = folder.resolve(artifact.name()).normalize();
            if (!made.startsWith(folder)) {
                throw new IllegalArgumentException(file + ": found an artifact outside of its folder, " + artifact.name() + "; expected it inside");
            }
            told.add(made);
            checks.add(check("artifact", artifact, made, Outcome.MISSING));
        }
        boolean asked = !request.pipeline().isEmpty();
        Path pipeline = Path.of(request.pipeline()).toAbsolutePath().normalize();
        for (Resource input : statement.inputs()) {
            boolean ofPipeline = asked && input.name().startsWith(Origin.PIPELINE);
            checks.add(check("input", input, ofPipeline ? within(pipeline, file, input) : place(input), ofPipeline ? Outcome.MISSING : Outcome.UNCHECKED));
        }
        if (asked && !folder.startsWith(pipeline)) {
            baseless.add(statement);
        }
    }

    /** Where a file of the pipeline is to be. */
    private static Path within(Path pipeline, Path statement, Resource input) {
        String name = input.name().substring(Origin.PIPELINE.length());
        Path file = pipeline.resolve(name).normalize();
        if (!file.startsWith(pipeline)) {
            throw new IllegalArgumentException(statement + ": found a file of the pipeline outside of its folder, " + name + "; expected it inside");
        }
        return file;
    }

    /**
     * Where a pipeline is named, everything has to be of it: made of its files, or of what another of these statements tells of that is.
     * An engine is made of an export, and of nothing that lies in the pipeline.
     */
    private void checkBases() {
        Set<String> made = new HashSet<>();
        boolean more = true;
        while (more) {
            more = baseless.removeIf(statement -> isOfPipeline(statement, made));
        }
        for (Statement statement : baseless) {
            checks.add(new Check("input", Origin.PIPELINE, Outcome.MISSING, "found no file of a pipeline that " + statement.artifacts().get(0).name()
                + " was made of; expected some to compare with " + request.pipeline()));
        }
    }

    private static boolean isOfPipeline(Statement statement, Set<String> made) {
        boolean is = statement.inputs().stream().anyMatch(input -> input.name().startsWith(Origin.PIPELINE) || made.contains(input.sha256()));
        if (is) {
            statement.artifacts().forEach(artifact -> made.add(artifact.sha256()));
        }
        return is;
    }

    /** Files of a folder and below that no statement there tells of: what was put there, or lost its provenance. Pictures tell of themselves. */
    private void checkUntold(Path folder) throws IOException {
        for (Path file : files(folder, Integer.MAX_VALUE)) {
            String name = Origin.name(folder, file);
            if (!told.contains(file) && Stream.of(Statement.SUFFIX, Envelope.SUFFIX, PICTURE).noneMatch(name::endsWith)) {
                checks.add(new Check("artifact", name, Outcome.MISSING, "found no provenance that tells of it; expected one"));
            }
        }
    }

    private void checkSignature(Path file, byte[] statement, PublicKey key) throws IOException {
        Path envelope = Envelope.file(principal(file));
        if (!Files.isRegularFile(envelope)) {
            checks.add(new Check("signature", envelope.toString(), Outcome.MISSING, "found none; expected one by the key " + request.publicKey()));
            return;
        }
        Envelope signed = Envelope.read(envelope);
        String found = !signed.isOf(key) ? "found one that is not of the key " + request.publicKey() + "; expected one that is"
            : !Arrays.equals(signed.payload(), statement) ? "found that of another statement; expected that of " + file.getFileName() : "";
        checks.add(new Check("signature", envelope.toString(), found.isEmpty() ? Outcome.SAME : Outcome.CHANGED, found));
    }

    /** Where an input was; null if that is no place here. */
    static Path place(Resource input) {
        try {
            return Path.of(URI.create(input.place()));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return null;   // of another machine's kind, or of none
        }
    }

    private static Check check(String subject, Resource resource, Path file, Outcome absent) throws IOException {
        if (file == null || !Files.isRegularFile(file)) {
            return new Check(subject, resource.name(), absent, "found none" + (file == null ? "" : " at " + file) + "; expected SHA-256 " + resource.sha256());
        }
        String found = Digests.sha256(file);
        boolean same = found.equals(resource.sha256());
        return new Check(subject, resource.name(), same ? Outcome.SAME : Outcome.CHANGED,
            same ? "" : file + ": found SHA-256 " + found + "; expected " + resource.sha256());
    }
}
