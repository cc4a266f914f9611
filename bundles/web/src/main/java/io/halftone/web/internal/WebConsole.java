package io.halftone.web.internal;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;

/** What is configured. A configuration that is refused leaves nothing to serve: the log has the reason. */
@Component(service = WebConsole.class, configurationPid = WebSettings.PID)
@Designate(ocd = WebConfig.class)
public final class WebConsole {
    private final WebSettings settings;
    private final Access access;

    @Activate
    public WebConsole(Map<String, Object> properties) {
        this(WebSettings.of(properties, System.getenv(), System.getProperty("user.home")));
    }

    WebConsole(WebSettings settings) {
        this.settings = settings;
        this.access = new Access(settings.token(), settings.hostNames());
    }

    WebSettings settings() {
        return settings;
    }

    Access access() {
        return access;
    }

    RunsFolder runs() {
        return new RunsFolder(settings.runsFolder());
    }
}
