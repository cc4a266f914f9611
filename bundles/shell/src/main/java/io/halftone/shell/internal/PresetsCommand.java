package io.halftone.shell.internal;

import io.halftone.api.ModelInfo;
import io.halftone.pipeline.Advice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The presets, and what they advise. */
@Service
@Command(scope = "halftone", name = "presets", description = "Lists the published pipelines that are known by name, and what they advise",
    detailedDescription = "classpath:presets.txt")
public final class PresetsCommand extends HalftoneCommand {
    @Option(name = "--format", description = "Number format that the advice is for; fp4 is another name of nvfp4",
        valueToShowInHelp = Quantization.FORMAT_USUALLY)
    @Completion(PluginCompleter.Formats.class)
    private String format;

    @Override
    Report report() {
        String name = Quantization.formatName(Given.orElse(format, halftone.defaults().format()));
        List<ModelInfo> models = halftone.models();
        Map<String, Advice> presets = new LinkedHashMap<>();
        halftone.presets().forEach(preset -> presets.put(preset, halftone.advice(preset, name)));
        return Inventories.ofPresets(name, presets, models);
    }
}
