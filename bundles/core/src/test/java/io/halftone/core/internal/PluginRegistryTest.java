package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.halftone.model.ModelAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;

class PluginRegistryTest {
    private final PluginRegistry registry = new PluginRegistry();
    private final List<Map.Entry<Map<String, Object>, ModelAdapter>> models = new ArrayList<>();

    @Test
    void isEmptyBeforePluginsCome() {
        assertEquals(List.of(), registry.snapshot().infos());
    }

    @Test
    void prefersTheHigherRankingThenTheOlderService() throws Exception {
        ModelAdapter young = bind(30, null);
        ModelAdapter old = bind(10, null);
        assertSame(old, registry.snapshot().models().get("UNet"));
        ModelAdapter ranked = bind(40, 5);
        bind(5, -1);
        assertSame(ranked, registry.snapshot().models().get("UNet"));
        assertEquals(List.of(ranked, old, young), registry.snapshot().models().plugins().stream().map(Plugins.Plugin::service).limit(3).toList());
    }

    @Test
    void aNameMayStandAloneOrInAnArrayOrBeMissing() throws Exception {
        put(Map.of("halftone.architecture", "UNet"));
        put(Map.of("halftone.architecture", new String[] {"VAE", "Decoder"}));
        put(Map.of("halftone.named", "nobody"));
        assertEquals(List.of("Decoder", "UNet", "VAE"), registry.snapshot().models().names());
    }

    @Test
    void aSnapshotStaysAsItWas() throws Exception {
        bind(1, null);
        Plugins before = registry.snapshot();
        models.clear();
        field(List.of());
        assertEquals(List.of("UNet"), before.models().names());
        assertEquals(List.of(), registry.snapshot().models().names());
    }

    private ModelAdapter bind(long id, Integer ranking) throws Exception {
        Map<String, Object> properties = ranking == null ? Map.of("halftone.architecture", "UNet", Constants.SERVICE_ID, id)
            : Map.of("halftone.architecture", "UNet", Constants.SERVICE_ID, id, Constants.SERVICE_RANKING, ranking);
        return put(properties);
    }

    private ModelAdapter put(Map<String, Object> properties) throws Exception {
        ModelAdapter adapter = new TestModel();
        models.add(Map.entry(properties, adapter));
        field(List.copyOf(models));
        return adapter;
    }

    /** As the component runtime does: it sets the field. */
    private void field(List<?> services) throws Exception {
        var field = PluginRegistry.class.getDeclaredField("models");
        field.setAccessible(true);
        field.set(registry, services);
    }
}
