package io.halftone.safetensors;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a file is that is not safetensors, told by its first bytes or, where these say nothing, by the ending of its name. */
final class ForeignFile {
    /** So many first bytes are looked at. */
    static final int HEAD = 16;

    /** Endings of files that torch.save writes. */
    static final List<String> PICKLES = List.of(".bin", ".ckpt", ".pkl", ".pt", ".pth");

    private static final String ADVICE = "expected safetensors (a pickle can run code when it is opened, so none is: convert it to safetensors)";
    private static final int PROTOCOL = 0x80;

    private ForeignFile() {
    }

    /** What was found and what was expected; empty if nothing can be told. */
    static Optional<String> of(Path path, byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\3\4")) {
            return Optional.of("found a zip archive, as torch.save writes it; " + ADVICE);
        }
        // protocols 2 to 5, as torch.save wrote them before it wrote archives
        if (head.length > 1 && (head[0] & 0xff) == PROTOCOL && head[1] >= 2 && head[1] <= 5) {
            return Optional.of("found a pickle; " + ADVICE);
        }
        if (text.startsWith("GGUF")) {
            return Optional.of("found GGUF; expected safetensors");
        }
        if (text.startsWith("\u0089HDF")) {
            return Optional.of("found HDF5; expected safetensors");
        }
        if (text.startsWith("version https://")) {
            return Optional.of("found a pointer of Git LFS; expected the file that it stands for: git lfs pull brings it");
        }
        if (text.startsWith("<")) {
            return Optional.of("found a page of HTML or XML; expected safetensors: download the file again");
        }
        String name = path.toString();
        return PICKLES.stream().filter(name::endsWith).findFirst().map(ending -> "found a " + ending + " file that is not safetensors; " + ADVICE);
    }
}
