package io.halftone.export;

import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Values;
import io.halftone.quant.Slot;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** A model to write: what it takes and gives, its weights, and its pass with every rewrite in place. */
@ProviderType
public interface ExportJob {
    /** Inputs and outputs with their dynamic dimensions. */
    ModelSignature signature();

    /** The type that the model computes in, and so that of its floating inputs. */
    DType computeType();

    /** Runs the pass over the exporter's own operations; inputs are those of the signature. */
    <T> Values<T> replay(Ops<T> ops, Values<T> inputs);

    /** The weights, as the checkpoint has them; none is held. */
    Parameters parameters();

    /** The tensors that the replay quantizes, of each quantized layer by its full name, in the order of the pass; of each at least one. */
    Map<String, Set<Slot>> quantizedSlots();

    /** Facts to store with the file, as text: recipe, producer. The same job has the same facts. */
    Map<String, String> metadata();

    /** An option of the exporter by name, such as {@code weights}; another value where the user gave none. */
    String option(String name, String absent);
}
