package io.halftone.itests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that no command should take, by the names that {@code bad-input.txt} has for them. */
final class BadInputs {
    private static final String UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
    /** What torch.save began with before it wrote archives. */
    private static final byte[] PICKLE = {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9, ' ', 'j',
        (byte) 0xa8, 'P', 25, '.'};
    private static final byte[] ZIP = "PK\3\4\24\0\0\0\0\0archive/data.pkl".getBytes(StandardCharsets.ISO_8859_1);

    private final Path in;
    private final Path model;

    /**
     * Makes them.
     *
     * @param in    a folder that is not there yet
     * @param model the tiny SDXL
     */
    BadInputs(Path in, Path model) throws IOException {
        this.in = Files.createDirectories(in);
        this.model = model;
        files();
        configurations();
        recipes();
        tensors();
        models();
        indexes();
        pipelines();
        statements();
        evaluations();
    }

    private void files() throws IOException {
        Files.createDirectory(in.resolve("empty-folder"));
        write("empty.txt", "");
        write("text.json", "This is no JSON.");
        write("cut.json", "{\"_class_name\": \"UNet2DConditionModel\", \"in_channels\": ");
        write("empty.json", "");
        write("list.json", "[1, 2]");
        write("twice.json", "{\"in_channels\": 4, \"in_channels\": 5}");
        write("deep.json", "{\"a\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}");
        write("large.json", "{\"a\": \"" + "x".repeat(17 << 20) + "\"}");
        write("no-class.json", "{\"in_channels\": 4}");
        write("unknown-class.json", "{\"_class_name\": \"PerpetuumMobile\"}");
        write("pickle.pt", PICKLE);
        write("zip.ckpt", ZIP);
        write("model.gguf", "GGUF\3\0\0\0");
        write("open-token", "known to everybody on this machine\n");
        Files.setPosixFilePermissions(in.resolve("open-token"), PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void configurations() throws IOException {
        String good = Files.readString(model.resolve("unet/config.json"));
        write("good-unet.json", good);
        write("negative.json", with(good, "in_channels", "-4"));
        write("absurd.json", with(good, "in_channels", "4611686018427387904"));
        write("absurd-count.json", with(good, "layers_per_block", "2000000000"));
        write("overflow.json", with(good, "block_out_channels", "[2147483616, 2147483616, 2147483616]"));
        write("wrong-type.json", with(good, "in_channels", "\"four\""));
        write("huge-number.json", with(good, "in_channels", "1e400"));
        write("short-list.json", with(good, "block_out_channels", "[32]"));
        write("zero-heads.json", with(good, "attention_head_dim", "0"));
        write("empty-list.json", with(good, "block_out_channels", "[]"));
    }

    private static String with(String json, String key, String value) {
        String changed = json.replaceAll("(\"" + key + "\":\\s*)(\\[[^\\]]*\\]|[^,\\n}]+)", "$1" + value);
        if (changed.equals(json)) {
            throw new AssertionError("found no " + key + " in " + json);
        }
        return changed;
    }

    private void recipes() throws IOException {
        write("bad.yaml", "version: 1\nrules: [\n");
        write("bomb.yaml", "version: 1\nformat: &a int8\nlevel: *a\n");
        write("tag.yaml", "version: 1\nformat: !!javax.script.ScriptEngineManager [x]\n");
        write("deep.yaml", "version: 1\nrules: " + "[".repeat(10_000) + "\n");
        write("no-version.yaml", "format: int8\n");
        write("version-2.yaml", "version: 2\nformat: int8\n");
        write("unknown-key.yaml", "version: 1\nformt: int8\n");
        write("unknown-format.yaml", "version: 1\nformat: fp7\n");
        write("no-match.yaml", "version: 1\nlevel: none\nrules:\n  - layers: \"nowhere.*\"\n    format: int8\n");
        write("int8.yaml", "version: 1\nformat: int8\n");
    }

    private void tensors() throws IOException {
        write("empty.safetensors", tensors("{}", 0));
        write("cut.safetensors", tensors("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 3));
        write("bad-manifest.safetensors", tensors("{'__metadata__':{'halftone':'{}','halftone.storage':'{'}}", 0));
        write("bad-recipe.safetensors", tensors("{'__metadata__':{'halftone':'[]','halftone.storage':"
            + "'{\\'version\\':1,\\'form\\':\\'FULL\\',\\'computeType\\':\\'FLOAT32\\',\\'base\\':\\'b\\',\\'layers\\':{}}'}}", 0));
        write("old-statistics.safetensors", tensors("{'__metadata__':{'halftone_statistics':'{\\'version\\':0}'}}", 0));
        write("bad-statistics.safetensors", tensors("{'__metadata__':{'halftone_statistics':"
            + "'{\\'version\\':1,\\'digest\\':\\'d\\',\\'total\\':1,\\'batches\\':[],\\'sites\\':[]}'}}", 0));
        write("half-lora.safetensors", tensors("{'unet.conv_in.lora_A.weight':{'dtype':'F32','shape':[1,4],'data_offsets':[0,16]}}", 16));
        String pair = "{'unet.LAYER.lora_A.weight':{'dtype':'F32','shape':[1,96],'data_offsets':[0,384]},"
            + "'unet.LAYER.lora_B.weight':{'dtype':'F32','shape':[96,1],'data_offsets':[384,768]}}";
        write("other-lora.safetensors", tensors(pair.replace("LAYER", "nowhere.to_q"), 768));
        write("lora.safetensors", tensors(pair.replace("LAYER", "mid_block.attentions.0.proj_in"), 768));
    }

    /** Single quotes stand for double ones. */
    private static byte[] tensors(String header, int dataBytes) {
        byte[] text = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array();
    }

    private void models() throws IOException {
        write("text.onnx", "This is no model.");
        write("bare.onnx", message(7, new byte[0]));
        write("data", new byte[4]);
        Files.createSymbolicLink(in.resolve("link"), in.resolve("data"));
        write("climbs.onnx", onnx("../../secret", 0));
        write("linked.onnx", onnx("link", 0));
        write("beyond.onnx", onnx("data", 1_000_000));
    }

    /** A model of one operator and a tensor of one float32 in another file. The numbers are those of onnx.proto. */
    private static byte[] onnx(String location, int offset) {
        byte[] node = join(message(1, "w"), message(2, "y"), message(4, "Relu"));
        byte[] tensor = join(new byte[] {8, 1, 16, 1}, message(8, "w"), message(13, join(message(1, "location"), message(2, location))),
            message(13, join(message(1, "offset"), message(2, Integer.toString(offset)))), new byte[] {112, 1});
        return message(7, join(message(1, node), message(5, tensor)));
    }

    private static byte[] message(int field, String text) {
        return message(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(int field, byte[] content) {
        byte[] head = content.length < 128 ? new byte[] {(byte) (field << 3 | 2), (byte) content.length}
            : new byte[] {(byte) (field << 3 | 2), (byte) (content.length | 128), (byte) (content.length >> 7)};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Stream.of(parts).mapToInt(part -> part.length).sum());
        Stream.of(parts).forEach(all::put);
        return all.array();
    }

    private void indexes() throws IOException {
        write("index-no-class/model_index.json", "{\"unet\": [\"diffusers\", \"UNet2DConditionModel\"]}");
        write("index-climbs/model_index.json", "{\"_class_name\": \"P\", \"../up\": [\"diffusers\", \"UNet2DConditionModel\"]}");
        write("index-form/model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\"]}");
        write("index-missing/model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet2DConditionModel\"]}");
        write("index-unknown/model_index.json", "{\"_class_name\": \"PerpetuumMobilePipeline\"}");
    }

    private void statements() throws IOException {
        String told = "{'_type':'https://in-toto.io/Statement/v1','predicateType':'https://slsa.dev/provenance/v1',"
            + "'subject':[{'name':'NAME','digest':{'sha256':'" + "0".repeat(64)
            + "'}}],'predicate':{'buildDefinition':{'buildType':'urn:halftone:job:export'}}}";
        told(told.replace("NAME", "x.onnx"), "told");
        told("{", "told-cut");
        told("{'_type':'https://example.org/Statement'}", "told-other");
        told(told.replace("NAME", "../empty.txt"), "told-climbs");
        told(told.replace("0".repeat(64), "0"), "told-digest");
        told(told.replace("urn:halftone:job:export", "https://example.org/build"), "told-builder");
        told("[".repeat(100_000), "told-deep");
        // RFC 8032, section 7.1, test 1
        write("private.pem", pem("PRIVATE", "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
        write("public.pem", pem("PUBLIC", "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        write("other-public.pem", pem("PUBLIC", "00"));
        write("other-private.pem", pem("PRIVATE", "00"));
    }

    /** Single quotes stand for double ones. */
    private void told(String statement, String folder) throws IOException {
        write(folder + "/x.onnx", "x");
        write(folder + "/x.onnx.provenance.json", statement.replace('\'', '"'));
    }

    private static String pem(String kind, String der) {
        return "-----BEGIN " + kind + " KEY-----\n" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(der)) + "\n-----END " + kind + " KEY-----\n";
    }

    private void evaluations() throws IOException {
        write("prompts.txt", "a red circle\n");
        write("other-evaluation/work/evaluation.json", "{\"prompts\": []}");
        write("cut-evaluation/work/evaluation.json", "{");
    }

    private void pipelines() throws IOException {
        copy("pipeline");
        copy("link-out");
        replace("link-out/unet/config.json");
        Files.createSymbolicLink(in.resolve("link-out/unet/config.json"), in.resolve("good-unet.json"));
        copy("config-damaged");
        write(replace("config-damaged/unet/config.json"), "{");
        copy("pickle-weights");
        replace("pickle-weights/" + UNET);
        write("pickle-weights/unet/diffusion_pytorch_model.bin", ZIP);
        copy("zip-weights");
        write(replace("zip-weights/" + UNET), ZIP);
        copy("other-weights");
        write(replace("other-weights/" + UNET), tensors("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8));
        copy("cut-weights");
        byte[] whole = Files.readAllBytes(model.resolve(UNET));
        write(replace("cut-weights/" + UNET), java.util.Arrays.copyOf(whole, whole.length / 2));
        copy("shard-missing");
        replace("shard-missing/" + UNET);
        write("shard-missing/unet/diffusion_pytorch_model.safetensors.index.json", "{\"weight_map\": {\"a\": \"none.safetensors\"}}");
        copy("shard-climbs");
        replace("shard-climbs/" + UNET);
        write("shard-climbs/unet/diffusion_pytorch_model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../empty.safetensors\"}}");
        copy("lfs-weights");
        write(replace("lfs-weights/" + UNET), "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 1\n");
        copy("no-weights");
        replace("no-weights/" + UNET);
        copy("no-tokenizer");
        for (String file : List.of("vocab.json", "merges.txt", "tokenizer.json")) {
            Files.deleteIfExists(in.resolve("no-tokenizer/tokenizer/" + file));
        }
        copy("bad-tokenizer");
        write(replace("bad-tokenizer/tokenizer/vocab.json"), "{\"a\": -1}");
        copy("endless-tokenizer");
        write(replace("endless-tokenizer/tokenizer/tokenizer_config.json"), "{\"tokenizer_class\": \"CLIPTokenizer\", \"model_max_length\": 2147483647}");
        copy("bad-fused");
        write("bad-fused/halftone_lora.json", "{\"version\": 9}");
    }

    /** A pipeline folder whose files are the model's own, by another name. */
    private void copy(String name) throws IOException {
        try (Stream<Path> files = Files.walk(model)) {
            for (Path file : files.toList()) {
                Path there = in.resolve(name).resolve(model.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(there);
                } else {
                    Files.createLink(there, file);
                }
            }
        }
    }

    private String replace(String file) throws IOException {
        Files.delete(in.resolve(file));
        return file;
    }

    private void write(String file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String file, byte[] bytes) throws IOException {
        Files.createDirectories(in.resolve(file).getParent());
        Files.write(in.resolve(file), bytes);
    }
}
