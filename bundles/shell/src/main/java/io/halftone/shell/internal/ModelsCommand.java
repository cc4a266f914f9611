package io.halftone.shell.internal;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The pipelines that are at hand. */
@Service
@Command(scope = "halftone", name = "models", description = "Lists the pipelines in the model folders",
    detailedDescription = "classpath:models.txt")
public final class ModelsCommand extends HalftoneCommand {
    @Override
    Report report() {
        return Inventories.ofModels(halftone.models());
    }
}
