package io.halftone.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configuration files of presets, kept as resources of the bundle that has the preset. */
public final class PresetFiles {
    private PresetFiles() {}

    /**
     * The text of each file, in order.
     *
     * @param owner  a class of the bundle
     * @param folder the resource folder, absolute, without a slash at its end
     * @param paths  of the files in it, as in the pipeline folder
     * @throws IllegalStateException if the bundle has not one of them
     */
    public static Map<String, String> read(Class<?> owner, String folder, List<String> paths) {
        Map<String, String> files = new LinkedHashMap<>();
        for (String path : paths) {
            String resource = folder + "/" + path;
            try (InputStream in = owner.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalStateException(resource + ": found none; expected it in this bundle");
                }
                files.put(path, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(resource + ": " + e.getMessage(), e);
            }
        }
        return Collections.unmodifiableMap(files);
    }
}
