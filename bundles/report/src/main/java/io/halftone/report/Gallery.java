package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pictures of an evaluation and their difference maps, as data URIs that together stay below a size. */
final class Gallery {
    /** Of all that is put into a page, in characters: what is written around it fits within 20 MB. */
    static final long BUDGET = 16_000_000;

    private static final int[] GAINS = {1, 2, 4, 8, 16, 32, 64};
    private static final double SHARE = 0.995;

    private final Map<String, String> uris = new LinkedHashMap<>();
    private final Map<String, String> differences = new LinkedHashMap<>();
    private final Inlay inlay;
    private final int gain;
    private final int width;
    private final int height;

    /**
     * Reads every picture, and encodes as finely as the budget allows.
     *
     * @param folder what the report's names of files start from
     */
    Gallery(JsonNode report, Path folder, long budget) throws IOException {
        Map<String, List<String>> shots = new LinkedHashMap<>();
        for (JsonNode picture : report.at("/reference/pictures")) {
            shots.put(picture.path("file").textValue(), new ArrayList<>());
        }
        List<String> references = List.copyOf(shots.keySet());
        for (JsonNode variant : report.path("variants")) {
            for (int i = 0; i < references.size(); i++) {
                shots.get(references.get(i)).add(variant.path("pictures").get(i).path("file").textValue());
            }
        }
        Picture first = Png.read(folder.resolve(references.get(0)));
        width = first.width();
        height = first.height();
        gain = gain(shots, folder);
        inlay = encode(shots, folder, budget);
    }

    /** The greatest that leaves all but a few differences within the range. */
    private static int gain(Map<String, List<String>> shots, Path folder) throws IOException {
        long[] counts = new long[256];
        long all = 0;
        for (Map.Entry<String, List<String>> shot : shots.entrySet()) {
            byte[] expected = Png.read(folder.resolve(shot.getKey())).toBytes();
            for (String file : shot.getValue()) {
                for (int difference : differences(expected, Png.read(folder.resolve(file)).toBytes())) {
                    counts[difference]++;
                    all++;
                }
            }
        }
        int greatest = 0;
        long seen = 0;
        while (greatest < 255 && seen + counts[greatest] < SHARE * all) {
            seen += counts[greatest++];
        }
        int gain = 1;
        for (int candidate : GAINS) {
            gain = candidate * greatest <= 255 ? candidate : gain;
        }
        return gain;
    }

    /** Of each pixel, the largest over its channels, in steps of 8-bit values. */
    private static int[] differences(byte[] expected, byte[] found) {
        int[] differences = new int[expected.length / 3];
        for (int i = 0; i < expected.length; i++) {
            differences[i / 3] = Math.max(differences[i / 3], Math.abs((expected[i] & 255) - (found[i] & 255)));
        }
        return differences;
    }

    private Inlay encode(Map<String, List<String>> shots, Path folder, long budget) throws IOException {
        for (Inlay candidate : Inlay.LADDER) {
            boolean last = candidate == Inlay.LADDER.get(Inlay.LADDER.size() - 1);
            long size = 0;
            int done = 0;
            uris.clear();
            differences.clear();
            for (Map.Entry<String, List<String>> shot : shots.entrySet()) {
                size += encode(candidate, shot.getKey(), shot.getValue(), folder);
                done++;
                // what is to come is about as large as what is there
                if (!last && size * (double) shots.size() / done > budget * (done < shots.size() ? 1.1 : 1)) {
                    break;
                }
            }
            if (done == shots.size() && (last || size <= budget)) {
                return candidate;
            }
        }
        throw new IllegalStateException("pictures: found no way to put them into a page; expected the last one to do");
    }

    private long encode(Inlay how, String reference, List<String> files, Path folder) throws IOException {
        Picture expected = Png.read(folder.resolve(reference));
        byte[] bytes = expected.toBytes();
        uris.put(reference, how.uri(Inlay.image(expected)));
        long size = uris.get(reference).length();
        for (String file : files) {
            Picture found = Png.read(folder.resolve(file));
            uris.put(file, how.uri(Inlay.image(found)));
            differences.put(file, how.uri(map(differences(bytes, found.toBytes()), found.width())));
            size += uris.get(file).length() + differences.get(file).length();
        }
        return size;
    }

    private BufferedImage map(int[] values, int across) {
        BufferedImage image = new BufferedImage(across, values.length / across, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < values.length; i++) {
            image.setRGB(i % across, i / across, Ramp.colour(Math.min(255, values[i] * gain) / 255.0));
        }
        return image;
    }

    /** A picture by the report's name of its file. */
    String picture(String file) {
        return uris.get(file);
    }

    /** How far it is from the reference, as a map. */
    String difference(String file) {
        return differences.get(file);
    }

    /** How many times differences are magnified in maps. */
    int gain() {
        return gain;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** What a reader must know of how they are stored. */
    String note() {
        return inlay.describe(width, height);
    }
}
