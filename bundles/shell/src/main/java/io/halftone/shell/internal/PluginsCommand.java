package io.halftone.shell.internal;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The plugins that are there, and why others are not. */
@Service
@Command(scope = "halftone", name = "plugins", description = "Lists the plugins that are there now",
    detailedDescription = "classpath:plugins.txt")
public final class PluginsCommand extends HalftoneCommand {
    @Override
    Report report() {
        return Inventories.ofPlugins(halftone.plugins(), halftone.absentPlugins());
    }
}
