package io.halftone.onnx.internal;

import io.halftone.ops.Parameters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A parameter of (rows, columns) as (columns, rows), or some of these. Elements are made alone, not in groups.
 *
 * @param rows    of the parameter
 * @param columns of the parameter
 * @param from    the first of its columns that is a row here
 * @param to      the column before which they end
 */
record Turned(Parameters parameters, String parameter, Recoding recoding, int rows, int columns, int from, int to) implements Content {
    private static final int FEW = 8;

    @Override
    public long length() {
        return (long) (to - from) * grain();
    }

    /** A row here: all elements of a column. */
    @Override
    public int grain() {
        return Math.multiplyExact(rows, recoding.groupBytes());
    }

    /** Each part reads some elements of every row. */
    @Override
    public boolean isKeptTogether() {
        return true;
    }

    @Override
    public Making open() {
        Parameters.Window window = parameters.window(parameter);
        return (begin, end, target, at) -> pieces(window, from + (int) (begin / grain()), from + (int) (end / grain()), target, at);
    }

    private List<Piece> pieces(Parameters.Window window, int begin, int end, byte[] target, int at) {
        int width = Math.max(recoding.stored().bytes(), recoding.groupBytes());
        // a disk gives whole rows, one behind the other, sooner than some of every row, unless these are few
        boolean wholeRows = (long) (end - begin) * FEW >= columns && (long) columns * Transposition.TILE * width <= FEW * PIECE;
        int across = wholeRows ? end - begin : Math.min(end - begin, Math.max(1, PIECE / (Transposition.TILE * width)));
        int down = Math.max(1, PIECE / ((wholeRows ? columns : across) * width) / Transposition.TILE) * Transposition.TILE;
        List<Piece> pieces = new ArrayList<>();
        for (int top = 0; top < rows; top += down) {
            for (int left = begin; left < end; left += across) {
                Block block = new Block(top, Math.min(down, rows - top), left, Math.min(across, end - left), wholeRows);
                // a part has at most as many bytes as an array
                int place = at + ((left - begin) * rows + top) * recoding.groupBytes();
                pieces.add(scratch -> make(window, scratch, block, target, place));
            }
        }
        return pieces;
    }

    /** What a piece is made of. */
    private record Block(int top, int height, int left, int wide, boolean wholeRows) {}

    private void make(Parameters.Window window, Scratch scratch, Block block, byte[] target, int at) {
        int stored = recoding.stored().bytes(), made = recoding.groupBytes();
        int read = block.wholeRows() ? columns : block.wide(), skipped = block.wholeRows() ? block.left() : 0;
        byte[] bytes = read(window, scratch, block, read);
        if (recoding.isIdentity()) {
            new Transposition(bytes, skipped * stored, read * stored, made, target, at, rows * made).run(block.height(), block.wide());
            return;
        }
        byte[] recoded = scratch.made(block.height() * block.wide() * made);
        int run = block.wide() == columns ? block.height() * columns : block.wide();
        for (int done = 0; done < block.height() * block.wide(); done += run) {
            int row = done / block.wide();
            recoding.make(scratch, bytes, (row * read + skipped) * stored, (long) (block.top() + row) * columns + block.left(), run, recoded, done * made);
        }
        new Transposition(recoded, 0, block.wide() * made, made, target, at, rows * made).run(block.height(), block.wide());
    }

    /** So many elements of each row, one row behind the other. */
    private byte[] read(Parameters.Window window, Scratch scratch, Block block, int elements) {
        int width = recoding.stored().bytes();
        ByteBuffer stored = scratch.stored(block.height() * elements * width);
        if (elements == columns) {
            window.read((long) block.top() * columns * width, stored);
        } else {
            for (int row = 0; row < block.height(); row++) {
                window.read(((long) (block.top() + row) * columns + block.left()) * width, stored.limit((row + 1) * elements * width));
            }
        }
        return stored.array();
    }
}
