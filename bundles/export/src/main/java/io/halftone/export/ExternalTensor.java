package io.halftone.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where an exported model keeps a tensor that is not in its file: a part of a file beside it. Nothing is read until it is
 * certain that the file lies where the model does and holds what is asked for.
 *
 * @param name     of the tensor
 * @param location the file, as the model names it
 * @param offset   of the tensor's first byte
 * @param length   in bytes; -1 where the model does not say
 */
public record ExternalTensor(String name, String location, long offset, long length) {
    private static final String LOCATION = "location";
    private static final String OFFSET = "offset";
    private static final String LENGTH = "length";
    private static final String CHECKSUM = "checksum";
    private static final Set<String> KEYS = Set.of(LOCATION, OFFSET, LENGTH, CHECKSUM);
    private static final int SHOWN = 100;

    /**
     * What a model says of a tensor.
     *
     * @param model   what messages call the model
     * @param entries keys and values as the model has them
     * @throws EngineException if a key is none of the format's or comes twice, a value is no number where one belongs, or there is
     *     no location
     */
    public static ExternalTensor of(Path model, String name, List<Map.Entry<String, String>> entries) {
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, String> entry : entries) {
            if (!KEYS.contains(entry.getKey())) {
                throw wrong(model, name, "key " + shown(entry.getKey()), "one of location, offset, length and checksum");
            }
            if (values.put(entry.getKey(), entry.getValue()) != null) {
                throw wrong(model, name, entry.getKey() + " twice", "it once");
            }
        }
        if (!values.containsKey(LOCATION)) {
            throw wrong(model, name, "no location", "the file of its data");
        }
        return new ExternalTensor(name, values.get(LOCATION), number(model, name, OFFSET, values.getOrDefault(OFFSET, "0")),
            values.containsKey(LENGTH) ? number(model, name, LENGTH, values.get(LENGTH)) : -1);
    }

    private static long number(Path model, String name, String key, String text) {
        if (!text.matches("\\d{1,18}")) {
            throw wrong(model, name, key + " " + shown(text), "a whole number from 0");
        }
        return Long.parseLong(text);
    }

    /**
     * The file that holds the tensor, once all is checked: the location names a file in the model's folder or below, by no link; the
     * file has no other name; and the tensor lies inside. Where the model is itself reached by a link, as in the cache of Hugging
     * Face's hub, the file may lie in the folder that this link leads to.
     *
     * @param model    the model's file
     * @param expected how many bytes the tensor has by its shape and type
     * @throws EngineException if it is otherwise
     */
    public Path locate(Path model, long expected) {
        if (length >= 0 && length != expected) {
            throw wrong(model, name, "length " + length, expected + ", as its shape and type have it");
        }
        Path file = resolve(model);
        if (!Files.isRegularFile(file)) {
            throw new EngineException(model + ": found no file " + file.getFileName() + " beside it; expected the model's external data");
        }
        try {
            Path real = file.toRealPath();
            Path inside = model.toAbsolutePath().getParent().toRealPath().resolve(location).normalize();
            boolean sibling = Files.isSymbolicLink(model) && real.getParent().equals(model.toRealPath().getParent());
            if (!real.equals(inside) && !sibling) {
                throw wrong(model, name, "a link to " + real + " at " + shown(location), "a file of its own in the model's folder");
            }
            if (Files.getFileStore(real).supportsFileAttributeView("unix") && (int) Files.getAttribute(real, "unix:nlink") > 1) {
                throw wrong(model, name, "a hard link at " + shown(location), "a file that has no other name: copy it");
            }
            long bytes = Files.size(real);
            if (offset > bytes || expected > bytes - offset) {
                throw wrong(model, name, expected + " bytes at " + offset + " of " + file.getFileName() + ", which has " + bytes,
                    "a tensor inside the file");
            }
        } catch (IOException e) {
            throw new EngineException(model + ": " + shown(name) + ": found " + e + "; expected a readable file", e);
        }
        return file;
    }

    private Path resolve(Path model) {
        Path relative;
        try {
            relative = Path.of(location);
        } catch (InvalidPathException e) {
            throw new EngineException(model + ": " + shown(name) + ": found location " + shown(location) + "; expected the name of a file", e);
        }
        List<String> parts = new ArrayList<>();
        relative.forEach(part -> parts.add(part.toString()));
        boolean plain = !location.isEmpty() && !relative.isAbsolute() && !location.contains("\\") && !parts.contains("..") && !parts.contains(".");
        if (!plain) {
            throw wrong(model, name, "location " + shown(location), "a file in the model's folder, by a path without .. and not from the root");
        }
        return model.resolveSibling(relative);
    }

    private static EngineException wrong(Path model, String name, String found, String expected) {
        return new EngineException(model + ": " + shown(name) + ": found " + found + "; expected " + expected);
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
