package io.halftone.lora;

/**
 * What one LoRA adds to rows of one parameter.
 *
 * @param lora  the file with the factors
 * @param pair  which of them
 * @param piece where they go
 * @param scale the weight that the LoRA was given
 */
record Addend(LoraFile lora, LoraPair pair, Piece piece, double scale) {
    /** The factors in memory. */
    Product read() {
        return new Product(piece, lora.values(pair.up()), lora.values(pair.down()), (int) pair.rank(), scale * pair.factor());
    }

    /**
     * A matrix product times a factor.
     *
     * @param piece  which rows of it go where
     * @param up     B, row-major, with {@code rank} columns
     * @param down   A, row-major, with {@code rank} rows
     * @param factor what it is multiplied by
     */
    record Product(Piece piece, double[] up, double[] down, int rank, double factor) {
        /**
         * Adds one row in float64: the sum over the rank, in order, times the factor.
         *
         * @param row of the parameter
         * @param sum takes it; as long as a row of A
         */
        void addTo(long row, double[] sum) {
            if (row < piece.from() || row >= piece.from() + piece.rows()) {
                return;
            }
            int from = (int) (piece.source() + row - piece.from()) * rank;
            double[] product = new double[sum.length];
            for (int k = 0; k < rank; k++) {
                double weight = up[from + k];
                int start = k * sum.length;
                for (int i = 0; i < product.length; i++) {
                    product[i] += weight * down[start + i];
                }
            }
            for (int i = 0; i < product.length; i++) {
                sum[i] += factor * product[i];
            }
        }
    }
}
