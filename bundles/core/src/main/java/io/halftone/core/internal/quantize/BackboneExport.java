package io.halftone.core.internal.quantize;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.ModelOptions;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RewritingOps;
import io.halftone.export.ExportJob;
import io.halftone.export.ExtentFacts;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.Slot;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A backbone to export.
 *
 * @param pipeline  what it belongs to
 * @param scan      what it is made of
 * @param rewrites  what runs in place of layers, by name
 * @param slots     which tensors of layers that quantizes, by name
 * @param weights   its tensors
 * @param metadata  facts to store with the file
 * @param options   the exporter's options, and those of the model's adapter
 * @param monitor   hears of each tensor
 */
public record BackboneExport(OpenPipeline pipeline, Scan scan, Map<String, LayerRewrite> rewrites, Map<String, Set<Slot>> slots,
                             Parameters weights,
                             Map<String, String> metadata, Map<String, String> options, Monitor monitor) implements ExportJob {
    @Override
    public ModelSignature signature() {
        return modelOptions().signature(pipeline);
    }

    /** With the extents that an engine of the file is for, and the form of its inputs. */
    @Override
    public Map<String, String> metadata() {
        Map<String, String> facts = new TreeMap<>(metadata);
        facts.put(ExtentFacts.KEY, new ExtentFacts(pipeline.extents(signature())).text());
        facts.putAll(modelOptions().facts());
        return facts;
    }

    private ModelOptions modelOptions() {
        return ModelOptions.of(pipeline.model(pipeline.spec().backbone()), options);
    }

    private ModelConfig config() {
        return modelOptions().in(pipeline.config().component(pipeline.spec().backbone()));
    }

    @Override
    public DType computeType() {
        return pipeline.computeType(pipeline.spec().backbone());
    }

    @Override
    public <T> Values<T> replay(Ops<T> ops, Values<T> inputs) {
        String backbone = pipeline.spec().backbone();
        Ops<T> rewriting = rewrites.isEmpty() ? ops : new RewritingOps<>(ops, rewrites);
        return pipeline.model(backbone).forward(new Scope<>(rewriting), config(), inputs);
    }

    @Override
    public Parameters parameters() {
        return new Watched(weights, new HashSet<>(), monitor);
    }

    @Override
    public Map<String, Set<Slot>> quantizedSlots() {
        Map<String, Set<Slot>> quantized = new LinkedHashMap<>();
        scan.layers().stream().map(Layer::name).filter(slots::containsKey).forEach(name -> quantized.put(name, slots.get(name)));
        return quantized;
    }

    @Override
    public String option(String name, String absent) {
        return options.getOrDefault(name, absent);
    }

    /** Tells of each tensor when it begins to be read, and stops a cancelled job there. */
    private record Watched(Parameters target, Set<String> seen, Monitor monitor) implements Parameters {
        @Override
        public Set<String> names() {
            return target.names();
        }

        @Override
        public Info info(String name) {
            return target.info(name);
        }

        @Override
        public TensorView read(String name) {
            tell(name);
            return target.read(name);
        }

        @Override
        public Window window(String name) {
            tell(name);
            return target.window(name);
        }

        private void tell(String name) {
            if (seen.add(name)) {
                monitor.progress("export", seen.size(), target.names().size(), "tensor");
                if (seen.size() == target.names().size()) {
                    monitor.begins("prove export");   // what was written is read back
                }
            } else {
                monitor.check();
            }
        }
    }
}
