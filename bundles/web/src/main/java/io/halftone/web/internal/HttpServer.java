package io.halftone.web.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Has Felix's HTTP server listen where the console is to be. In the distribution that server does not start before it is told where, so that it
 * never listens where nobody asked for it.
 */
@Component(service = HttpServer.class, immediate = true)   // nobody asks for it: the server has to be told whenever there is a console
public final class HttpServer {
    static final String PID = "org.apache.felix.http";
    private static final String HOST = "org.apache.felix.http.host";
    private static final String PORT = "org.osgi.service.http.port";

    private final WebSettings settings;
    private final int port;

    @Activate
    public HttpServer(@Reference ConfigurationAdmin configurations, @Reference WebConsole console) throws IOException {
        settings = console.settings();
        port = settings.port() == 0 ? free(settings.host()) : settings.port();
        Configuration configuration = configurations.getConfiguration(PID, "?");
        Dictionary<String, Object> properties = configuration.getProperties() == null ? new Hashtable<>() : configuration.getProperties();
        properties.put(HOST, settings.host());
        properties.put(PORT, port);
        properties.put("org.apache.felix.http.jetty.sendServerHeader", false);
        configuration.updateIfDifferent(properties);
    }

    /** Chosen here, so that it is known which of those that the server has had is the present one. */
    private static int free(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }

    WebSettings settings() {
        return settings;
    }

    /** Where the server was told to listen. */
    int port() {
        return port;
    }
}
