package io.halftone.shell.internal;

import io.halftone.api.InspectResult;
import io.halftone.api.JobException;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Says what an exported model holds. */
@Service
@Command(scope = "halftone", name = "inspect", description = "Says what an ONNX model holds, and what is wrong with it; reads no weights",
    detailedDescription = "classpath:inspect.txt")
public final class InspectCommand extends HalftoneCommand {
    @Argument(name = "file", description = "The model, or a folder with one", required = true)
    @Completion(PathCompleter.Models.class)
    private String file;

    private InspectResult result;

    @Override
    Report report() {
        result = halftone.inspect(path("file", file));
        return InspectReport.of(result);
    }

    @Override
    void printed() throws JobException {
        int problems = result.problems().size();
        if (problems > 0) {
            throw new JobException("inspect: found " + problems + (problems == 1 ? " problem" : " problems") + "; expected none", null);
        }
    }
}
