package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A component's parameters with LoRAs added: W + sum over LoRAs of scale (alpha / rank) B A, in float64, rounded once to the type
 * that the checkpoint has it in, ties to even. Parameters that no LoRA touches are the base's to the byte. Nothing is held: what
 * is read twice is computed twice. Safe for use by several threads while the base and the LoRAs are open.
 */
public final class FusedParameters implements Parameters {
    private static final int WINDOW_BYTES = 4 << 20;

    private final Parameters base;
    private final SortedMap<String, List<Addend>> addends;

    FusedParameters(Parameters base, SortedMap<String, List<Addend>> addends) {
        this.base = base;
        this.addends = Collections.unmodifiableSortedMap(new TreeMap<>(addends));
    }

    /** The names of the parameters that a LoRA changes. */
    public SortedSet<String> touched() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(addends.keySet()));
    }

    @Override
    public Set<String> names() {
        return base.names();
    }

    @Override
    public Info info(String name) {
        return base.info(name);
    }

    /**
     * The tensor in host memory of its own.
     *
     * @throws CheckpointException if there is no such tensor, it cannot be read, or a sum of it is not finite in its type
     */
    @Override
    public TensorView read(String name) {
        TensorView tensor = base.read(name);
        if (!addends.containsKey(name)) {
            return tensor;
        }
        ByteBuffer fused = ByteBuffer.allocateDirect((int) tensor.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
        fused.put(tensor.bytes()).flip();
        new Rows(name).fuse(fused, 0);
        return TensorView.host(tensor.dtype(), tensor.shape(), fused);
    }

    /** The base's own for a tensor that no LoRA touches; others are read whole. */
    @Override
    public Window window(String name) {
        return addends.containsKey(name) ? Parameters.super.window(name) : base.window(name);
    }

    /**
     * Writes all bytes of a tensor, of any length, holding no more of it than a window where the base is a file.
     *
     * @throws CheckpointException as {@link #read} does
     * @throws IOException if the target cannot be written
     */
    public void transfer(String name, WritableByteChannel target) throws IOException {
        if (!(base instanceof Safetensors file)) {
            write(read(name).bytes(), target);
        } else if (!addends.containsKey(name)) {
            file.transfer(name, target);
        } else {
            Rows rows = new Rows(name);
            int inWindow = (int) Math.min(rows.count, Math.max(1, WINDOW_BYTES / Math.max(1, rows.bytes)));
            ByteBuffer window = ByteBuffer.allocateDirect(Math.multiplyExact(inWindow, rows.bytes)).order(ByteOrder.LITTLE_ENDIAN);
            for (long row = 0; row < rows.count; row += inWindow) {
                window.clear().limit((int) Math.min(inWindow, rows.count - row) * rows.bytes);
                file.read(name, row * rows.bytes, window);
                rows.fuse(window.flip(), row);
                write(window, target);
            }
        }
    }

    private static void write(ByteBuffer bytes, WritableByteChannel target) throws IOException {
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
    }

    /** One parameter as rows, one for each output, and what is added to them. */
    private final class Rows {
        final String name;
        final DType dtype;
        final long count;
        final int columns;
        final int bytes;
        final List<Addend.Product> products;

        Rows(String name) {
            Info info = info(name);
            this.name = name;
            dtype = info.dtype();
            count = info.shape()[0];
            bytes = Math.toIntExact(info.byteLength() / count);
            columns = bytes / dtype.bytes();
            products = addends.get(name).stream().map(Addend::read).toList();
        }

        /** Adds in place to consecutive whole rows; a row's sum does not depend on how many are in the window. */
        void fuse(ByteBuffer window, long first) {
            int rows = window.limit() / bytes;
            var beyond = IntStream.range(0, rows).parallel().filter(row -> !fuseRow(window, row * bytes, first + row)).min();
            if (beyond.isPresent()) {
                throw new CheckpointException(name + ": found a sum in row " + (first + beyond.getAsInt()) + " that is not finite in "
                    + dtype + "; expected finite values (is the scale too large?)");
            }
        }

        private boolean fuseRow(ByteBuffer window, int at, long row) {
            double[] sum = new double[columns];
            for (int i = 0; i < columns; i++) {
                sum[i] = Rounding.get(dtype, window, at + i * dtype.bytes());
            }
            products.forEach(product -> product.addTo(row, sum));
            boolean finite = true;
            for (int i = 0; i < columns; i++) {
                finite &= Rounding.put(dtype, window, at + i * dtype.bytes(), sum[i]);
            }
            return finite;
        }
    }
}
