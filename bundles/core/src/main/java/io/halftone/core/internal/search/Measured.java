package io.halftone.core.internal.search;

import java.util.List;

/**
 * What a candidate does where nothing else is quantized.
 *
 * @param errors squared relative error of the final latents, of each picture
 * @param share  of the backbone's multiplications that its layer has, 0 to 1
 */
public record Measured(Candidate candidate, List<Double> errors, double share) {
    public Measured {
        errors = List.copyOf(errors);
    }

    /** What quantizing the layer so takes off the cost. */
    public double saving() {
        return share * (1 - candidate.price());
    }

    /** The mean error; infinite where one is not finite. */
    public double error() {
        double mean = errors.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean;
    }

    /**
     * What choices go by: the mean over pictures of the part that each candidate has in the errors of all. A mean of PSNRs counts
     * errors by their ratio, so that a picture in which all errors are great must not outweigh the others.
     */
    static double[] harm(List<Measured> all) {
        double[] harm = new double[all.size()];
        int pictures = all.get(0).errors().size();
        for (int p = 0; p < pictures; p++) {
            int picture = p;
            double sum = all.stream().filter(m -> m.error() < Double.POSITIVE_INFINITY).mapToDouble(m -> m.errors().get(picture)).sum();
            for (int i = 0; i < harm.length; i++) {
                harm[i] += all.get(i).error() == Double.POSITIVE_INFINITY ? Double.POSITIVE_INFINITY
                    : sum == 0 ? 0 : all.get(i).errors().get(p) / sum / pictures;
            }
        }
        return harm;
    }
}
