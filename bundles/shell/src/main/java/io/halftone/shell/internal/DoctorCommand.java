package io.halftone.shell.internal;

import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.JobException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Says what the machine has, and what keeps it from what is asked. */
@Service
@Command(scope = "halftone", name = "doctor", description = "Looks at the machine: libraries, devices, memory, settings",
    detailedDescription = "classpath:doctor.txt")
public final class DoctorCommand extends HalftoneCommand {
    @Option(name = "--model", description = "A pipeline in the model folders, or a preset, that is to run here")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", aliases = "--override-model-path", description = "A pipeline folder that is to run here")
    @Completion(PathCompleter.Folders.class)
    private String path;

    @Option(name = "--model-dtype", description = "What models would compute in: Float, Half or BFloat16")
    @Completion(value = StringsCompleter.class, values = {"Float", "Half", "BFloat16"})
    private String modelDtype = "Float";

    @Option(name = "--engine", description = "The engine that is to run the backbone")
    @Completion(EngineCompleter.class)
    private String engine;

    private Diagnosis diagnosis;
    private boolean demanding;

    @Override
    Report report() {
        var request = new DoctorRequest(path("path", path), Given.orElse(model, ""), Given.computeType("model-dtype", modelDtype),
            Given.orElse(engine, ""));
        demanding = request.isDemanding();
        diagnosis = halftone.doctor(request);
        return DoctorReport.of(diagnosis, colours());
    }

    @Override
    void printed() throws JobException {
        int problems = diagnosis.problems().size();
        if (demanding && problems > 0) {
            throw new JobException("doctor: found " + problems + (problems == 1 ? " problem" : " problems") + "; expected none", null);
        }
    }
}
