package io.halftone.core.internal;

import io.halftone.api.PluginInfo;
import io.halftone.ops.Device;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The runtime that is there now, or {@link MissingRuntime}. It stays when runtimes come and go; a job takes the one that is there at its start. */
@Component(service = FollowedRuntime.class)
public final class FollowedRuntime implements EagerRuntime {
    @Reference(policy = ReferencePolicy.DYNAMIC)
    private volatile List<Map.Entry<Map<String, Object>, EagerRuntime>> runtimes = List.of();

    /** The preferred one. */
    private EagerRuntime current() {
        List<Plugins.Plugin<EagerRuntime>> there = family().plugins();
        return there.isEmpty() ? MissingRuntime.INSTANCE : there.get(0).service();
    }

    /** The one that is there now, where that runtime follows those that come and go; any other runtime itself. */
    public static EagerRuntime taken(EagerRuntime runtime) {
        return runtime instanceof FollowedRuntime followed ? followed.current() : runtime;
    }

    private Plugins.Family<EagerRuntime> family() {
        return PluginRegistry.family(MissingRuntime.KIND, runtimes);
    }

    /** Those that are there now, the preferred one first. */
    List<PluginInfo> infos() {
        return family().infos().toList();
    }

    @Override
    public <R> R run(Task<R> task) throws IOException {
        return current().run(task);
    }

    @Override
    public <R> R run(int threads, Task<R> task) throws IOException {
        return current().run(threads, task);
    }

    @Override
    public EagerRuntime on(String device) {
        return current().on(device);
    }

    @Override
    public Device device() {
        return current().device();
    }

    @Override
    public int threads() {
        return current().threads();
    }

    @Override
    public String description() {
        return current().description();
    }
}
