package io.halftone.checkpoint.internal;

/**
 * Where the scale of a block lies: row by row, or in tiles of 128 rows by 4 columns as the matrix units of GPUs read them.
 * Source: NVIDIA, cuBLAS documentation, 1D block scaling factors layout.
 *
 * @param rows    of scales
 * @param columns of scales
 * @param tiled   whether in tiles, padded with zeros to whole ones
 */
record Tiles(long rows, long columns, boolean tiled) {
    private static final int ROWS = 128;
    private static final int COLUMNS = 4;
    /** Rows of a tile that lie side by side: row r + 32 k is the k-th of 4 groups behind row r. */
    private static final int APART = 32;

    /** (rows, columns), or the extents of whole tiles. */
    long[] shape() {
        return tiled ? new long[] {ceil(rows, ROWS), ceil(columns, COLUMNS)} : new long[] {rows, columns};
    }

    int index(long row, long column) {
        if (!tiled) {
            return Math.toIntExact(row * columns + column);
        }
        long tile = row / ROWS * (ceil(columns, COLUMNS) / COLUMNS) + column / COLUMNS;
        long inside = row % APART * (ROWS / APART * COLUMNS) + row % ROWS / APART * COLUMNS + column % COLUMNS;
        return Math.toIntExact(tile * ROWS * COLUMNS + inside);
    }

    private static long ceil(long n, int multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }
}
