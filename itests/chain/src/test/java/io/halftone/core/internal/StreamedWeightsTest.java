package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.GenerateRequest;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.task.GenerateTask;
import io.halftone.core.internal.task.QuantizeTask;
import io.halftone.core.internal.task.Workplace;
import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.pipeline.PipelineFolder;
import io.halftone.quant.QuantLevel;
import io.halftone.torch.internal.TorchRuntime;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tiny SDXL with room for 1 MiB of its weights: all is computed as if there was room for all. */
class StreamedWeightsTest {
    private static final int STEPS = 3;

    @TempDir
    private Path folder;
    /** How often each parameter of the UNet was read. */
    private final Map<String, Integer> reads = new ConcurrentHashMap<>();

    private Workplace limited() {
        var runtime = new TorchRuntime(new TorchRuntime.Settings() {
            @Override
            public int threads() {
                return 2;
            }

            @Override
            public String device() {
                return "cpu";
            }

            @Override
            public int residentWeights() {
                return 1;
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
        PipelineFolder.Opener counting = (PipelineFolder.Opener) Proxy.newProxyInstance(getClass().getClassLoader(),
            new Class<?>[] {PipelineFolder.Opener.class}, (proxy, method, arguments) -> {
                Object result = call(method, new DiffusersFolders(), arguments);
                return result instanceof PipelineFolder opened ? counting(opened) : result;
            });
        return new Workplace(Chain.PLUGINS, counting, runtime, Chain.WORK.models());
    }

    private PipelineFolder counting(PipelineFolder opened) {
        return (PipelineFolder) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {PipelineFolder.class}, (proxy, method, arguments) -> {
            Object result = call(method, opened, arguments);
            return result instanceof Parameters parameters && arguments[0].equals("unet") ? counting(parameters) : result;
        });
    }

    private static Object call(java.lang.reflect.Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Parameters counting(Parameters parameters) {
        return new Parameters() {
            @Override
            public Set<String> names() {
                return parameters.names();
            }

            @Override
            public Info info(String name) {
                return parameters.info(name);
            }

            @Override
            public TensorView read(String name) {
                reads.merge(name, 1, Integer::sum);
                return parameters.read(name);
            }
        };
    }

    @Test
    void picturesAreTheSameToTheBit() throws Exception {
        Path all = generate(Chain.WORK, "all");
        Path streamed = generate(limited(), "streamed");
        assertEquals(-1, Files.mismatch(all, streamed));
        long again = reads.values().stream().filter(count -> count > 1).count();
        assertTrue(again > reads.size() / 2, again + " of " + reads.size() + " were brought again");
        assertTrue(reads.values().stream().allMatch(count -> count <= STEPS), "none is brought more often than it is asked for: " + reads);
    }

    private Path generate(Workplace work, String name) throws Exception {
        Path dump = folder.resolve(name + ".safetensors");
        var sampling = new Sampling(List.of("a large red circle"), "", STEPS, Double.NaN, 64, 64, 1, "");
        new GenerateTask(work, new GenerateRequest(Chain.TINY, BackboneChoice.fullPrecision(), sampling, folder.resolve(name + ".png").toString(),
            dump.toString())).run(Monitor.silent());
        return dump;
    }

    @Test
    void checkpointsAreTheSameToTheBit() throws Exception {
        Path all = quantize(Chain.WORK, "all");
        Path streamed = quantize(limited(), "streamed");
        assertEquals(-1, Files.mismatch(all, streamed));
        assertTrue(reads.values().stream().mapToInt(Integer::intValue).max().orElseThrow() > 2, "reads " + reads);
    }

    private Path quantize(Workplace work, String name) throws Exception {
        Path checkpoint = folder.resolve(name + ".safetensors");
        var runs = new CalibrationSettings(List.of(), "", 2, 2, STEPS, Double.NaN, 64, 64, 0);
        new QuantizeTask(work, QuantizeRequest.of(Chain.TINY, QuantSettings.int8(new QuantLevel("3")), runs, checkpoint.toString(), ""))
            .run(Monitor.silent());
        return checkpoint;
    }
}
