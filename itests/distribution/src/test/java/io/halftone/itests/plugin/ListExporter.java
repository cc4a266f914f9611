package io.halftone.itests.plugin;

import io.halftone.export.ExportJob;
import io.halftone.export.ExportReport;
import io.halftone.export.Exporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Writes the names of the inputs and outputs. */
public final class ListExporter implements Exporter {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public ExportReport export(ExportJob job, Path directory) throws IOException {
        Set<String> names = new TreeSet<>();
        job.signature().inputs().forEach(port -> names.add(port.name()));
        job.signature().outputs().forEach(port -> names.add(port.name()));
        Path file = Files.write(directory.resolve("ports.txt"), names);
        return new ExportReport(file, List.of(file), List.of(), 0, Files.size(file));
    }
}
