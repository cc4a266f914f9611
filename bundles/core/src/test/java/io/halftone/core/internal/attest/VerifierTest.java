package io.halftone.core.internal.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.PluginInfo;
import io.halftone.api.Verification;
import io.halftone.api.Verification.Outcome;
import io.halftone.api.VerifyRequest;
import io.halftone.core.internal.attest.Attested.Made;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.export.EngineException;
import io.halftone.files.Staging;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
    private static final String STOPPED = ": a job that is stopped before its end leaves none";

    @TempDir
    Path scratch;
    private Path base;
    private Path model;

    /** What a request of a job is like. */
    public record Asked(String format, long seed, double guidance) {}

    @BeforeEach
    void makesAnArtifact() throws Exception {
        base = Files.createDirectories(scratch.resolve("base"));
        Path config = Files.writeString(Files.createDirectories(base.resolve("unet")).resolve("config.json"), "{}");
        Path out = Files.createDirectories(scratch.resolve("out"));
        model = out.resolve("model.onnx");
        JobRunner.Task<String> work = monitor -> {
            Files.writeString(model, "graph");
            Files.writeString(out.resolve("model.onnx_data"), "weights");
            return "done";
        };
        var origin = new Origin().files("pipeline", List.of());
        var task = new Attested<>("export", work, new Asked("int8", 7, Double.NaN), () -> origin.files("pipeline", List.of(config)),
            new Attested.Surroundings(List.of(new PluginInfo("format", List.of("int8"), "io.halftone.format.int8", "1.0.0")),
                () -> Map.of("Halftone", "0.1", "OS", "Linux")),
            result -> List.of(new Made(model, List.of(model, out.resolve("model.onnx_data")))));
        assertEquals("done", task.run(Monitor.silent()));
    }

    private Verification verify(String pipeline, String key) throws IOException {
        return Verifier.verify(new VerifyRequest(model.toString(), pipeline, key));
    }

    private List<Outcome> outcomes() throws IOException {
        return verify("", "").checks().stream().map(Verification.Check::outcome).toList();
    }

    @Test
    void findsEverythingAsItWasMade() throws Exception {
        assertTrue(verify("", "").isIntact());
        assertEquals(List.of(Outcome.SAME, Outcome.SAME, Outcome.SAME), outcomes());
    }

    /** A task that digests what it writes spares the reading; whether it tells the truth is what verification is for. */
    @Test
    void takesADigestThatTheTaskTellsOf() throws Exception {
        String told = "0".repeat(64);
        JobRunner.Task<String> work = monitor -> {
            Files.writeString(model, "graph");
            monitor.wrote(model.resolveSibling("../out/model.onnx"), told);
            return "done";
        };
        new Attested<>("export", work, new Asked("int8", 7, Double.NaN), Origin::new, new Attested.Surroundings(List.of(), Map::of),
            result -> List.of(new Made(model, List.of(model)))).run(Monitor.silent());

        assertEquals(told, Statement.JSON.readTree(Files.readAllBytes(Statement.file(model))).at("/subject/0/digest/sha256").asText());
        assertEquals(List.of(Outcome.CHANGED), outcomes());
    }

    @Test
    void findsTheStatementOfAFileThatIsNotItsPrincipalAndOfAFolder() throws Exception {
        List<String> statement = List.of(scratch.resolve("out/model.onnx.provenance.json").toString());

        assertEquals(statement, Verifier.verify(new VerifyRequest(model + "_data", "", "")).statements());
        assertEquals(statement, Verifier.verify(new VerifyRequest(model.getParent().toString(), "", "")).statements());
    }

    @Test
    void tellsWhatWasChangedAndWhatIsMissing() throws Exception {
        Files.writeString(model, "grapH");
        Files.delete(scratch.resolve("out/model.onnx_data"));
        Files.delete(base.resolve("unet/config.json"));

        assertEquals(List.of(Outcome.CHANGED, Outcome.MISSING, Outcome.UNCHECKED), outcomes());
        assertFalse(verify("", "").isIntact());
    }

    @Test
    void readsInputsFromThePipelineFolderThatIsNamed() throws Exception {
        Path other = Files.createDirectories(scratch.resolve("other"));

        assertEquals(Outcome.MISSING, verify(other.toString(), "").checks().get(2).outcome());
        Files.writeString(other.resolve("config.json"), "{ }");
        assertEquals(Outcome.CHANGED, verify(other.toString(), "").checks().get(2).outcome());
        Files.writeString(other.resolve("config.json"), "{}");
        assertTrue(verify(other.toString(), "").isIntact());
    }

    @Test
    void tellsOfAnInputAsItWasBeforeTheArtifactTookItsPlace() throws Exception {
        Path sum = Files.writeString(scratch.resolve("sum"), "one");
        JobRunner.Task<Path> work = monitor -> Files.writeString(sum, Files.readString(sum) + " and two");
        new Attested<>("merge-stats", work, new Asked("", 0, 0), () -> new Origin().files("statistics", List.of(sum)),
            new Attested.Surroundings(List.of(), Map::of), result -> List.of(new Made(result, List.of(result)))).runBehindInputs(Monitor.silent());

        Files.writeString(sum, "one");
        assertEquals(List.of(Outcome.CHANGED, Outcome.SAME), Verifier.verify(new VerifyRequest(sum.toString(), "", "")).checks().stream()
            .map(Verification.Check::outcome).toList());
    }

    /** An engine of the export. */
    private Path engine() throws Exception {
        Path engine = Files.createDirectories(scratch.resolve("engines")).resolve("model.plan");
        JobRunner.Task<Path> work = monitor -> Files.writeString(engine, "kernels");
        new Attested<>("build", work, new Asked("int8", 7, 1), () -> new Origin().files("model", List.of(model, model.resolveSibling("model.onnx_data"))),
            new Attested.Surroundings(List.of(), Map::of), result -> List.of(new Made(result, List.of(result)))).run(Monitor.silent());
        return engine;
    }

    @Test
    void refusesAnEngineWhoseExportHasChanged() throws Exception {
        Path engine = engine();
        Lineage.expectSameModel(engine);
        Files.writeString(model, "another graph");
        assertEquals(engine + ": found an engine of an older export; expected one of " + model + ", which has changed since: build it again, or copy it "
            + "elsewhere without model.plan.provenance.json to run it as it is",
            assertThrows(EngineException.class, () -> Lineage.expectSameModel(engine)).getMessage());
        Files.delete(model);
        Lineage.expectSameModel(engine);
        Lineage.expectSameModel(model.resolveSibling("none.plan"));
    }

    /** An engine's statement names its export alone, and one that somebody edited may name nothing. */
    @Test
    void asksThatEverythingBeOfThePipelineThatIsNamed() throws Exception {
        Path engine = engine();
        String pipeline = base.resolve("unet").toString();

        assertTrue(Verifier.verify(new VerifyRequest(engine.toString(), "", "")).isIntact());
        assertEquals(List.of(new Verification.Check("input", "pipeline:", Outcome.MISSING, "found no file of a pipeline that model.plan was made of; "
            + "expected some to compare with " + pipeline)), missing(engine, pipeline));
        assertEquals(List.of(), missing(scratch, pipeline), "the statement of the export tells what that is of");

        Files.writeString(Statement.file(model), Files.readString(Statement.file(model)).replace("pipeline:", "other:"));
        assertEquals(List.of("model.onnx", "model.plan"), missing(scratch, pipeline).stream().map(check -> check.detail().split(" ")[7]).sorted().toList());
    }

    private static List<Verification.Check> missing(Path artifact, String pipeline) throws IOException {
        return Verifier.verify(new VerifyRequest(artifact.toString(), pipeline, "")).checks().stream()
            .filter(check -> check.subject().equals("input") && check.outcome() == Outcome.MISSING).toList();
    }

    @Test
    void readsNoFileOutsideOfThePipelineThatIsNamed() throws Exception {
        Path statement = Statement.file(model);
        String whole = Files.readString(statement);
        for (String name : List.of("../unet/config.json", base.resolve("unet/config.json").toString())) {
            Files.writeString(statement, whole.replace("pipeline:config.json", "pipeline:" + name));
            assertEquals(statement + ": found a file of the pipeline outside of its folder, " + name + "; expected it inside",
                assertThrows(IllegalArgumentException.class, () -> verify(scratch.resolve("other").toString(), "")).getMessage());
        }
    }

    @Test
    void tellsOptionsPluginsAndHostAsInTotoAndSlsaHaveThem() throws Exception {
        var root = Statement.JSON.readTree(Files.readAllBytes(Statement.file(model)));

        assertEquals("https://in-toto.io/Statement/v1", root.get("_type").asText());
        assertEquals("model.onnx", root.at("/subject/0/name").asText());
        assertEquals("https://slsa.dev/provenance/v1", root.get("predicateType").asText());
        assertEquals("urn:halftone:job:export", root.at("/predicate/buildDefinition/buildType").asText());
        assertEquals("{\"format\":\"int8\",\"seed\":7,\"guidance\":\"NaN\"}", root.at("/predicate/buildDefinition/externalParameters").toString());
        assertEquals("io.halftone.format.int8", root.at("/predicate/buildDefinition/internalParameters/plugins/0/bundle").asText());
        assertEquals("Linux", root.at("/predicate/buildDefinition/internalParameters/host/OS").asText());
        assertEquals("0.1", root.at("/predicate/runDetails/builder/version/halftone").asText());
    }

    @Test
    void refusesAnArtifactOutsideOfItsFolder() throws Exception {
        Path statement = Statement.file(model);
        Files.writeString(statement, Files.readString(statement).replace("\"model.onnx\"", "\"../base/x\""));

        String message = assertThrows(IllegalArgumentException.class,
            () -> Verifier.verify(new VerifyRequest(statement.toString(), "", ""))).getMessage();
        assertEquals(statement + ": found an artifact outside of its folder, ../base/x; expected it inside", message);
    }

    @Test
    void refusesNamesThatAreNone() throws Exception {
        Path statement = Statement.file(model);
        String whole = Files.readString(statement);
        Files.writeString(statement, whole.replace("\"model.onnx\"", "\"a\\u0000b\""));
        assertEquals(statement + ": found a file of the name a\0b, Nul character not allowed; expected a path",
            assertThrows(CheckpointException.class, () -> verify("", "")).getMessage());
        Files.writeString(statement, whole.replace("\"model.onnx\"", "\"\""));
        assertEquals(statement + ": found a file without a name; expected one", assertThrows(CheckpointException.class, () -> verify("", "")).getMessage());
    }

    @Test
    void refusesAKeyWhoseEndIsInItsBeginning() throws Exception {
        Path key = Files.writeString(scratch.resolve("short.pem"), "-----BEGIN PUBLIC KEY------END PUBLIC KEY-----\n");
        assertEquals(key + ": found no -----BEGIN PUBLIC KEY-----; expected an Ed25519 key in PEM",
            assertThrows(IllegalArgumentException.class, () -> verify("", key.toString())).getMessage());
    }

    @Test
    void refusesBytesThatAreNoCharacters() throws Exception {
        Path envelope = Files.write(Envelope.file(model), new byte[] {0, 0, 0, '{', 0x75, (byte) 0xff, 0, 0});
        assertEquals(envelope + ": found Invalid UTF-32 character 0x75fe0000 (above 0x0010ffff) at char #1, byte #7); expected one line of JSON",
            assertThrows(CheckpointException.class, () -> Envelope.read(envelope)).getMessage());
    }

    @Test
    void refusesAStatementOfAnotherKind() throws Exception {
        Path statement = Statement.file(model);
        Files.writeString(statement, "{\"_type\":\"https://example.org/x\"}");

        assertEquals(statement + ": _type: found https://example.org/x; expected https://in-toto.io/Statement/v1",
            assertThrows(CheckpointException.class, () -> verify("", "")).getMessage());
    }

    @Test
    void takesNoStatementThatTellsOfAnotherFile() throws Exception {
        Path copy = Files.writeString(model.resolveSibling("copy.onnx"), "forged");
        Files.copy(Statement.file(model), Statement.file(copy));

        assertEquals(copy + ": found no provenance that tells of it; expected copy.onnx.provenance.json" + STOPPED,
            assertThrows(IllegalArgumentException.class, () -> Verifier.verify(new VerifyRequest(copy.toString(), "", ""))).getMessage());
    }

    @Test
    void missesTheProvenanceOfAFileInAFolder() throws Exception {
        Files.writeString(model.resolveSibling("untold.onnx"), "x");
        Verification found = Verifier.verify(new VerifyRequest(model.getParent().toString(), "", ""));

        assertFalse(found.isIntact());
        assertEquals("untold.onnx", found.checks().get(found.checks().size() - 1).name());
    }

    @Test
    void looksIntoFoldersOfAFolder() throws Exception {
        Path all = scratch.toRealPath();
        assertEquals(List.of(Statement.file(all.resolve("out/model.onnx")).toString()),
            Verifier.verify(new VerifyRequest(all.toString(), "", "")).statements());
        Files.writeString(Files.createDirectories(all.resolve("out/sub/deep")).resolve("untold.onnx"), "x");
        Files.createSymbolicLink(all.resolve("out/sub/link"), all.resolve("base"));
        Files.writeString(Files.createDirectories(all.resolve("out/.calibration")).resolve("statistics"), "x");
        Files.writeString(Files.createDirectories(all.resolve("out/quality")).resolve("picture.png"), "x");
        assertEquals(List.of("sub/deep/untold.onnx", "sub/link"), Verifier.verify(new VerifyRequest(all.resolve("out").toString(), "", "")).checks().stream()
            .filter(check -> check.outcome() == Outcome.MISSING).map(Verification.Check::name).toList());
        Path bare = Files.createDirectory(all.resolve("bare"));
        assertEquals(bare + ": found no provenance that tells of it; expected some in it or below" + STOPPED,
            assertThrows(IllegalArgumentException.class, () -> Verifier.verify(new VerifyRequest(bare.toString(), "", ""))).getMessage());
    }

    /** As a job that is killed between the two leaves them: the old statement has gone with the old file. */
    @Test
    void saysThatAJobWasStoppedBeforeItToldOfItsArtifact() throws Exception {
        Files.writeString(Envelope.file(model), "a signature of it");
        Staging.write(model, "another graph".getBytes(StandardCharsets.UTF_8));

        assertFalse(Files.exists(Envelope.file(model)));
        assertEquals(model + ": found no provenance that tells of it; expected model.onnx.provenance.json" + STOPPED,
            assertThrows(IllegalArgumentException.class, () -> verify("", "")).getMessage());
        makesAnArtifact();   // the same job again
        assertTrue(verify("", "").isIntact());
    }

    @Test
    void refusesAFileWithoutAStatement() throws Exception {
        Path lone = Files.writeString(Files.createDirectories(scratch.resolve("lone")).resolve("x.plan"), "x");

        assertEquals(lone + ": found no provenance that tells of it; expected x.plan.provenance.json" + STOPPED,
            assertThrows(IllegalArgumentException.class, () -> Verifier.verify(new VerifyRequest(lone.toString(), "", ""))).getMessage());
    }

    @Test
    void holdsOnlyWithTheKeyThatSigned() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String own = pem("own.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
        assertEquals(Outcome.MISSING, verify("", own).checks().get(0).outcome());

        List<String> signatures = Verifier.sign(model.toString(), pem("own.pem", "PRIVATE KEY", pair.getPrivate().getEncoded()));
        assertEquals(List.of(scratch.resolve("out/model.onnx.intoto.jsonl").toString()), signatures);
        assertTrue(verify("", own).isIntact());
        assertFalse(verify("", pem("other.pub", "PUBLIC KEY", other.getPublic().getEncoded())).isIntact());

        // a statement that is not the one that was signed, though its artifacts are as it says
        Path statement = Statement.file(model);
        Files.writeString(statement, Files.readString(statement).replace("Linux", "Plan 9"));
        assertEquals(Outcome.CHANGED, verify("", own).checks().get(0).outcome());
    }

    /** RFC 8032, section 7.1, test 1; the payload's encoding is the example of the DSSE specification. */
    @Test
    void encodesAsDsseAndReadsPublishedKeys() throws Exception {
        byte[] seed = HexFormat.of().parseHex("302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        byte[] known = HexFormat.of().parseHex("302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        Envelope envelope = Envelope.sign("hello".getBytes(StandardCharsets.UTF_8), KeyFile.secret(Path.of(pem("k", "PRIVATE KEY", seed))));

        assertTrue(envelope.isOf(KeyFile.open(Path.of(pem("p", "PUBLIC KEY", known)))));
        assertEquals("DSSEv1 28 application/vnd.in-toto+json 5 hello", new String(Envelope.encoded("hello".getBytes(StandardCharsets.UTF_8)),
            StandardCharsets.UTF_8));
    }

    @Test
    void refusesAKeyOfAnotherKind() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        String file = pem("ec.pub", "PUBLIC KEY", generator.generateKeyPair().getPublic().getEncoded());

        assertEquals(file + ": found another kind of public key; expected an Ed25519 key",
            assertThrows(IllegalArgumentException.class, () -> verify("", file)).getMessage());
        assertEquals(model + ": found no -----BEGIN PUBLIC KEY-----; expected an Ed25519 key in PEM",
            assertThrows(IllegalArgumentException.class, () -> verify("", model.toString())).getMessage());
    }

    private String pem(String name, String kind, byte[] der) throws IOException {
        String text = "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
        return Files.writeString(scratch.resolve(name), text).toString();
    }
}
