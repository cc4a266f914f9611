package io.halftone.core.internal.calibrate;

import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the sites saw in one batch, as bytes: what {@link StatisticsFile} keeps, without a file. Little-endian: the number of sites, then of
 * each its layer, its slot, and its arrays by name; an array is its length and its elements. A text is the length of its UTF-8 and that.
 */
final class StatisticsBytes {
    private static final int MAGIC = 0x48545331;   // HTS1
    private static final String EXPECTED = "; expected the statistics of a batch";

    private StatisticsBytes() {}

    static byte[] of(Map<Site, Statistics> sites) {
        long size = 2L * Integer.BYTES;
        for (Map.Entry<Site, Statistics> entry : sites.entrySet()) {
            size += text(entry.getKey().layer()) + text(entry.getKey().slot().name()) + 2 * Integer.BYTES;
            for (Map.Entry<String, long[]> array : entry.getValue().counts().entrySet()) {
                size += text(array.getKey()) + Integer.BYTES + (long) Long.BYTES * array.getValue().length;
            }
            for (Map.Entry<String, float[]> array : entry.getValue().values().entrySet()) {
                size += text(array.getKey()) + Integer.BYTES + (long) Float.BYTES * array.getValue().length;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN).putInt(MAGIC).putInt(sites.size());
        sites.forEach((site, seen) -> {
            put(out, site.layer());
            put(out, site.slot().name());
            out.putInt(seen.counts().size());
            seen.counts().forEach((name, array) -> {
                put(out, name);
                out.putInt(array.length);
                for (long value : array) {
                    out.putLong(value);
                }
            });
            out.putInt(seen.values().size());
            seen.values().forEach((name, array) -> {
                put(out, name);
                out.putInt(array.length);
                for (float value : array) {
                    out.putFloat(value);
                }
            });
        });
        return out.array();
    }

    private static int text(String text) {
        return Integer.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Map<Site, Statistics> read(byte[] bytes) {
        return read(bytes, StatisticsBytes::statistics);
    }

    /**
     * The sites alone, of which nothing is read.
     *
     * @throws IllegalArgumentException as {@link #read(byte[])} has it
     */
    static Set<Site> sites(byte[] bytes) {
        return read(bytes, in -> {
            skip(in, Long.BYTES);
            skip(in, Float.BYTES);
            return true;
        }).keySet();
    }

    private static <V> Map<Site, V> read(byte[] bytes, Function<ByteBuffer, V> content) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (in.getInt() != MAGIC) {
                throw new IllegalArgumentException("result: found other bytes" + EXPECTED);
            }
            Map<Site, V> sites = new LinkedHashMap<>();
            for (int left = count(in, 1); left > 0; left--) {
                Site site = new Site(text(in), Slot.valueOf(text(in)));
                if (sites.put(site, content.apply(in)) != null) {
                    throw new IllegalArgumentException("result: found " + site.name() + " twice" + EXPECTED);
                }
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("result: found " + in.remaining() + " bytes behind the last site" + EXPECTED);
            }
            return sites;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("result: found its end within a site" + EXPECTED, e);
        }
    }

    private static void skip(ByteBuffer in, int size) {
        for (int left = count(in, 1); left > 0; left--) {
            text(in);
            int bytes = size * count(in, size);
            in.position(in.position() + bytes);
        }
    }

    private static Statistics statistics(ByteBuffer in) {
        Map<String, long[]> counts = new TreeMap<>();
        for (int left = count(in, 1); left > 0; left--) {
            String name = text(in);
            long[] array = new long[count(in, Long.BYTES)];
            for (int i = 0; i < array.length; i++) {
                array[i] = in.getLong();
            }
            counts.put(name, array);
        }
        Map<String, float[]> values = new TreeMap<>();
        for (int left = count(in, 1); left > 0; left--) {
            String name = text(in);
            float[] array = new float[count(in, Float.BYTES)];
            for (int i = 0; i < array.length; i++) {
                array[i] = in.getFloat();
            }
            values.put(name, array);
        }
        return new Statistics(counts, values);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[count(in, 1)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A number of elements of that size, as many as there may be. */
    private static int count(ByteBuffer in, int size) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / size) {
            throw new IllegalArgumentException("result: found a length of " + count + " where " + in.remaining() + " bytes are left" + EXPECTED);
        }
        return count;
    }
}
