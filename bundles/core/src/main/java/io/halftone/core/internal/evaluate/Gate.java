package io.halftone.core.internal.evaluate;

import io.halftone.api.QualityException;
import io.halftone.api.QualityGate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Holds pictures against what they must reach. */
public final class Gate {
    private static final int SHOWN = 3;

    private final QualityGate gate;
    private final List<Fault> faults = new ArrayList<>();
    private int pictures;

    public Gate(QualityGate gate) {
        this.gate = gate;
    }

    /** How far a picture is beyond what it must reach, in parts of that, and in words. */
    private record Fault(String picture, double by, String found, String expected) {
        String text() {
            return picture + ": " + found;
        }
    }

    /**
     * Looks at a picture.
     *
     * @param name  what messages call it
     * @param lpips NaN where it was not measured
     */
    public void judge(String name, double psnr, double ssim, double lpips) {
        pictures++;
        if (psnr < gate.minPsnr()) {
            faults.add(new Fault(name, (gate.minPsnr() - psnr) / Math.max(1, Math.abs(gate.minPsnr())),
                String.format(Locale.ROOT, "PSNR %.2f dB", psnr), "at least " + gate.minPsnr() + " dB"));
        }
        if (ssim < gate.minSsim()) {
            faults.add(new Fault(name, gate.minSsim() - ssim, String.format(Locale.ROOT, "SSIM %.4f", ssim), "at least " + gate.minSsim()));
        }
        if (lpips > gate.maxLpips()) {
            faults.add(new Fault(name, lpips - gate.maxLpips(), String.format(Locale.ROOT, "LPIPS %.4f", lpips), "at most "
                + gate.maxLpips()));
        }
    }

    /** The pictures that do not pass, the worst first, each with what was found. */
    public List<String> failures() {
        return sorted().stream().map(fault -> fault.text() + ", expected " + fault.expected()).toList();
    }

    private List<Fault> sorted() {
        return faults.stream().sorted(Comparator.comparingDouble(Fault::by).reversed()).toList();
    }

    /**
     * Fails if a picture did not pass.
     *
     * @param written where the outputs are
     * @throws QualityException naming the worst pictures
     */
    public void enforce(String written) {
        if (faults.isEmpty()) {
            return;
        }
        List<Fault> sorted = sorted();
        long failing = faults.stream().map(Fault::picture).distinct().count();
        String others = sorted.size() == 1 ? "" : "; the worst: "
            + String.join("; ", sorted.stream().limit(SHOWN).map(Fault::text).toList());
        throw new QualityException("quality: " + sorted.get(0).picture() + ": found " + sorted.get(0).found() + "; expected "
            + sorted.get(0).expected() + ": " + failing + " of " + pictures + " pictures fail" + others + "; see " + written, failures());
    }
}
