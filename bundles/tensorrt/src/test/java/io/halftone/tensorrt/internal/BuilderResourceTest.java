package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuilderResourceTest {
    private static final Version HOPPER = new Version(9, 0);

    @TempDir
    Path folder;

    @Test
    void findsTheFileThatIsLoaded() throws Exception {
        String line = "7f00-7f01 r-xp 00000000 08:01 12 /nowhere/libnvinfer_builder_resource.so.10.6.0";
        assertEquals(Set.of("libnvinfer_builder_resource.so.10.6.0"), BuilderResource.files(List.of(line, "7f02-7f03 rw-p 00000000 00:00 0"), List.of()));
    }

    @Test
    void findsFilesBesideTheLibraryAndOnTheLoadersPath() throws Exception {
        Path beside = Files.createDirectory(folder.resolve("beside"));
        Path path = Files.createDirectory(folder.resolve("path"));
        Files.createFile(beside.resolve("libnvinfer_builder_resource_ptx.so.10.15.1"));
        Files.createFile(path.resolve("libnvinfer_builder_resource_sm90.so.10.15.1"));
        Files.createFile(path.resolve("libother.so"));
        String line = "7f00-7f01 r-xp 00000000 08:01 12 " + beside + "/libnvinfer.so.10";
        assertEquals(Set.of("libnvinfer_builder_resource_ptx.so.10.15.1", "libnvinfer_builder_resource_sm90.so.10.15.1"),
            BuilderResource.files(List.of(line), BuilderResource.path(path + ":" + folder.resolve("absent") + ":")));
    }

    @Test
    void oneFileForAllGpusOrForThisOneWillDo() {
        assertEquals(Optional.empty(), BuilderResource.missing(Set.of("libnvinfer_builder_resource.so.10.6.0"), HOPPER));
        assertEquals(Optional.empty(), BuilderResource.missing(Set.of("libnvinfer_builder_resource_sm90.so.10.15.1"), HOPPER));
    }

    @Test
    void noneOrOneForOtherGpusIsMissing() {
        String expected = "; expected libnvinfer_builder_resource.so or libnvinfer_builder_resource_sm90.so: engines run, and none can be built";
        assertEquals(Optional.of("found no libnvinfer_builder_resource" + expected), BuilderResource.missing(Set.of(), HOPPER));
        assertEquals(Optional.of("found libnvinfer_builder_resource_ptx.so.10.15.1" + expected),
            BuilderResource.missing(Set.of("libnvinfer_builder_resource_ptx.so.10.15.1"), HOPPER));
    }
}
