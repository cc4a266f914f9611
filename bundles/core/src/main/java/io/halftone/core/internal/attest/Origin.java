package io.halftone.core.internal.attest;

import io.halftone.core.internal.run.OpenPipeline;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files that a job reads, by the names that statements have for them: kind, colon, and path within what was named, as
 * {@code pipeline:unet/config.json}.
 */
public final class Origin {
    /** Files of a pipeline folder. */
    public static final String PIPELINE = "pipeline:";

    private final Map<String, Path> files = new LinkedHashMap<>();

    /** Everything that a pipeline's folder gives to a job that runs it. */
    public Origin pipeline(OpenPipeline pipeline) {
        component(pipeline, "");
        pipeline.config().components().keySet().forEach(component -> component(pipeline, component));
        return this;
    }

    /** What a pipeline's folder gives to a job that reads its backbone alone. */
    public Origin backbone(OpenPipeline pipeline) {
        component(pipeline, "");
        return component(pipeline, pipeline.spec().backbone());
    }

    private Origin component(OpenPipeline pipeline, String component) {
        Path folder = pipeline.folder().path();
        pipeline.folder().files(component).forEach(file -> files.put(PIPELINE + name(folder, file), file));
        return this;
    }

    /** Files that lie anywhere. */
    public Origin files(String kind, List<Path> others) {
        for (Path file : others) {
            String name = kind + ":" + file.getFileName();
            for (int i = 2; files.containsKey(name) && !files.get(name).equals(file); i++) {
                name = kind + ":" + i + "/" + file.getFileName();
            }
            files.put(name, file);
        }
        return this;
    }

    Map<String, Path> files() {
        return files;
    }

    /** A path within a folder, with slashes. */
    static String name(Path folder, Path file) {
        return folder.toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize()).toString().replace('\\', '/');
    }
}
