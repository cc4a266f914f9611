package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.Finding;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherLibtorchTest {
    @TempDir
    Path folder;

    private Path with(String name, String library) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        Files.createFile(made.resolve(library));
        return made;
    }

    private Optional<Path> found(Path own, Object... searched) {
        return OtherLibtorch.folder(String.join(File.pathSeparator, List.of(searched).stream().map(Object::toString).toList()), List.of(own));
    }

    @Test
    void isTheFirstOfTheFoldersThatAreSearched() throws IOException {
        Path own = with("own", "libtorch_cpu.so");
        Path first = with("first", "libtorch_cpu.so");
        assertEquals(Optional.of(first), found(own, "", folder, first, with("second", "libtorch_cpu.so")));
    }

    @Test
    void isNoneWhereOtherLibrariesAreSearched() throws IOException {
        Path own = with("own", "libtorch_cpu.so");
        assertEquals(Optional.empty(), found(own));
        assertEquals(Optional.empty(), found(own, folder.resolve("absent"), with("cuda", "libcudart.so")));
    }

    @Test
    void isNotTheProgramsOwnUnderWhateverName() throws IOException {
        Path own = with("own", "libtorch_cpu.so");
        Path link = Files.createSymbolicLink(folder.resolve("link"), own);
        assertEquals(Optional.empty(), found(own, own, link));
    }

    @Test
    void isAProblem() {
        assertEquals(Optional.of(Finding.problem("libtorch", "another one in /opt/torch/lib, which LD_LIBRARY_PATH names",
            "none: a process with both ends when they are loaded", "start Java without that folder in LD_LIBRARY_PATH")),
            TorchFindings.other(Optional.of(Path.of("/opt/torch/lib"))));
        assertEquals(Optional.empty(), TorchFindings.other(Optional.empty()));
    }
}
