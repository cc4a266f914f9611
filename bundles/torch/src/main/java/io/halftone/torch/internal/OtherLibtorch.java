package io.halftone.torch.internal;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * A libtorch of another program, in a folder that the system's loader searches first. Parts of both would be loaded, each would register its
 * operators, and the second to do so ends the process.
 */
final class OtherLibtorch {
    static final String VARIABLE = "LD_LIBRARY_PATH";
    private static final String LIBRARY = "libtorch_cpu.so";

    private OtherLibtorch() {}

    /** The folder of one, if there is one. */
    static Optional<Path> folder() {
        List<Path> own = new ArrayList<>();
        for (String platform : List.of(Loader.getPlatform(), Loader.getPlatform() + "-gpu")) {
            URL there = torch.class.getResource("/org/bytedeco/pytorch/" + platform + "/" + LIBRARY);
            if (there != null && there.getProtocol().equals("file")) {
                own.add(Path.of(URI.create(there.toString())).getParent());   // loaded where it is
            }
            own.add(TorchSource.cache().resolve(platform));
        }
        return folder(System.getenv().getOrDefault(VARIABLE, ""), own);
    }

    /**
     * The first folder with one.
     *
     * @param searched folders, as the variable has them
     * @param own      folders that this program's own is in
     */
    static Optional<Path> folder(String searched, List<Path> own) {
        return Stream.of(searched.split(File.pathSeparator)).filter(name -> !name.isEmpty()).flatMap(OtherLibtorch::path)
            .filter(folder -> Files.isRegularFile(folder.resolve(LIBRARY)))
            .filter(folder -> own.stream().noneMatch(ours -> same(folder.resolve(LIBRARY), ours.resolve(LIBRARY)))).findFirst();
    }

    private static Stream<Path> path(String name) {
        try {
            return Stream.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Stream.empty();
        }
    }

    private static boolean same(Path a, Path b) {
        try {
            return Files.isSameFile(a, b);
        } catch (IOException e) {
            return false;
        }
    }
}
