package io.halftone.core.internal;

import io.halftone.export.ModelInspector;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Follows the readers of model files that come and go. It stays when they do. */
@Component(service = Inspectors.class)
public final class Inspectors {
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, ModelInspector>> inspectors = List.of();

    /** Those that are there now. */
    Plugins.Family<ModelInspector> snapshot() {
        return PluginRegistry.family("inspector", inspectors);
    }
}
