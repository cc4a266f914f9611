package io.halftone.web.internal;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.servlet.context.ServletContextHelper;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContext;

/** The part of the server that is the console: everything below /halftone. */
@Component(service = ServletContextHelper.class, scope = ServiceScope.BUNDLE)
@HttpWhiteboardContext(name = ConsoleContext.NAME, path = "/halftone")
public final class ConsoleContext extends ServletContextHelper {
    static final String NAME = "io.halftone.web";
    /** What servlets and filters choose this context by. */
    static final String SELECT = "(osgi.http.whiteboard.context.name=" + NAME + ")";
}
