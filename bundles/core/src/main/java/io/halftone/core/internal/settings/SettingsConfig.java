package io.halftone.core.internal.settings;

import io.halftone.api.Distribution;
import io.halftone.core.internal.task.EngineCache;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be configured, for those who edit configurations with a form. {@link SettingsReader} reads the values. */
@ObjectClassDefinition(name = "Halftone", description = "Where things are, and what counts where neither a command nor a request says so")
public @interface SettingsConfig {
    @AttributeDefinition(name = "Model folders", required = false, description = "Folders that hold pipeline folders, absolute, separated by "
        + "commas. Without it: those of the system property halftone.models, which is models of the distribution")
    String[] modelFolders() default {};

    @AttributeDefinition(name = "Engine cache", required = false, description = "Folder where exports and engines are kept that commands make "
        + "on their way, absolute. Without it: the system property halftone.engines, or else engines in HALFTONE_DATA, or else "
        + "halftone/engines in the user's cache")
    String engineCache() default "";

    @AttributeDefinition(name = "Engine cache bytes", required = false, description = "What the exports and engines that are kept may take "
        + "together: those go that were used longest ago, unless somebody runs them; 0 for any number")
    long engineCacheBytes() default EngineCache.USUAL_LIMIT;

    @AttributeDefinition(name = "Number format", required = false, description = "Name of the number format where no --format is given")
    String format() default "int8";

    @AttributeDefinition(name = "Level policy", required = false, description = "Name of the level policy where no --policy is given")
    String policy() default "standard";

    @AttributeDefinition(name = "Algorithm", required = false, description = "Name of the algorithm where no --quant-algo is given. Without it: "
        + "what is advised for the model or the format")
    String algorithm() default "";

    @AttributeDefinition(name = "Collector", required = false, description = "Name of the collector where no --collect-method is given. Without "
        + "it: what is advised for the model or the format")
    String collector() default "";

    @AttributeDefinition(name = "Exporter", required = false, description = "Name of the exporter")
    String exporter() default "onnx";

    @AttributeDefinition(name = "Engine", required = false, description = "Name of the engine that builds and runs exported models where no "
        + "--engine is given")
    String engine() default "onnxruntime";

    @AttributeDefinition(name = "Distributor", required = false, description = "Name of the distributor that has batches, pictures and "
        + "measurements run where no --distribute is given")
    String distributor() default Distribution.IN_PROCESS;

    @AttributeDefinition(name = "Jobs kept", required = false, description = "How many jobs are remembered once they have ended, 1 to 10000")
    int jobsKept() default Settings.USUAL_JOBS;
}
