package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertSame;

import io.halftone.api.Halftone;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.action.command.ManagerImpl;
import org.apache.karaf.shell.impl.console.RegistryImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Karaf makes the commands and completers itself, and injects the fields of their superclasses too. */
class InjectionTest {
    private final Halftone halftone = new FakeHalftone();
    private final Session session = (Session) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Session.class}, (p, m,
        a) -> {
        throw new UnsupportedOperationException(m.getName());
    });

    private <T> T made(Class<T> type) throws Exception {
        var services = new RegistryImpl(null);
        services.register((java.util.concurrent.Callable<Halftone>) () -> halftone, Halftone.class);
        services.register((java.util.concurrent.Callable<Session>) () -> session, Session.class);
        return new ManagerImpl(services, services).instantiate(type);
    }

    @ParameterizedTest
    @MethodSource("io.halftone.shell.internal.HelpTest#commands")
    void givesACommandItsServiceAndSession(Supplier<HalftoneCommand> command) throws Exception {
        HalftoneCommand made = made(command.get().getClass());

        assertSame(halftone, made.halftone);
        assertSame(session, made.session);
    }

    @ParameterizedTest
    @ValueSource(classes = {PluginCompleter.Formats.class, PluginCompleter.Policies.class, PluginCompleter.Algorithms.class,
        PluginCompleter.Collectors.class})
    void givesACompleterOfPluginsItsService(Class<? extends PluginCompleter> type) throws Exception {
        assertSame(halftone, made(type).halftone);
    }

    @Test
    void givesTheCompletersOfModelsAndPresetsTheirService() throws Exception {
        assertSame(halftone, made(ModelCompleter.class).halftone);
        assertSame(halftone, made(PresetCompleter.class).halftone);
        assertSame(halftone, made(EngineCompleter.class).halftone);
    }
}
