package io.halftone.core.internal.bench;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.task.GenerateTask;
import io.halftone.core.internal.task.Workplace;
import io.halftone.ops.DType;
import io.halftone.torch.internal.TorchRuntime;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes the same picture with room for fewer and fewer weights on the device, prints how long a step takes, and whether every output of
 * every step is that of the first run to the bit. Arguments: pipeline folder, type, device, steps, pixels of a side, then limits in MiB;
 * 0 is none beside what fits.
 */
public final class StreamedWeights {
    private StreamedWeights() {}

    public static void main(String[] args) throws Exception {
        var source = new PipelineSource(args[0], "", DType.valueOf(args[1]));
        int steps = Integer.parseInt(args[3]);
        long side = Long.parseLong(args[4]);
        var sampling = new Sampling(List.of("a lighthouse at dusk"), "", steps, Double.NaN, side, side, 1, "");
        Path folder = Files.createTempDirectory("streamed");
        Path first = null;
        for (String limit : List.of(args).subList(5, args.length)) {
            TorchRuntime runtime = runtime(args[2], Integer.parseInt(limit));
            Path dump = folder.resolve(limit + ".safetensors");
            GenerateResult result = new GenerateTask(new Workplace(Chain.PLUGINS, Chain.WORK.opener(), runtime, Chain.WORK.models()),
                new GenerateRequest(source, BackboneChoice.fullPrecision(), sampling, folder.resolve(limit + ".png").toString(), dump.toString()))
                .run(Monitor.silent());
            first = first == null ? dump : first;
            System.out.printf("%s MiB: step %.1f ms (median of %d), %.1f s in all, %s; %s%n", limit, result.latency().medianMillis(), result.latency().runs(),
                result.seconds(), Files.mismatch(first, dump) == -1 ? "the same bits" : "OTHER BITS", result.latency().backbone());
        }
        System.exit(0);
    }

    private static TorchRuntime runtime(String device, int residentWeights) {
        return new TorchRuntime(new TorchRuntime.Settings() {
            @Override
            public int threads() {
                return 0;
            }

            @Override
            public String device() {
                return device;
            }

            @Override
            public int residentWeights() {
                return residentWeights;
            }

            @Override
            public boolean graphs() {
                return true;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return TorchRuntime.Settings.class;
            }
        });
    }
}
