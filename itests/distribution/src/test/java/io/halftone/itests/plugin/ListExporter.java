package io.halftone.itests.plugin;

import io.halftone.export.ExportJob;
import io.halftone.export.ExportReport;
import io.halftone.export.Exporter;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Writes the names of the inputs and outputs. What it writes with, a class and a lambda, is first used when it has read a tensor. */
public final class ListExporter implements Exporter {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public ExportReport export(ExportJob job, Path directory) throws IOException {
        Parameters parameters = job.parameters();
        parameters.read(parameters.names().iterator().next());   // of which the job's listener hears
        Path file = Files.write(directory.resolve("ports.txt"), Ports.of(job.signature()).names());
        return new ExportReport(file, List.of(file), List.of(), 0, Files.size(file));
    }

    /** First used when a tensor has been read. */
    private record Ports(Set<String> names) {
        static Ports of(ModelSignature signature) {
            Set<String> names = new TreeSet<>();
            Consumer<Port> taken = port -> names.add(port.name());
            signature.inputs().forEach(taken);
            signature.outputs().forEach(taken);
            return new Ports(names);
        }
    }
}
