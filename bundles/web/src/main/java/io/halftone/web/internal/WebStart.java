package io.halftone.web.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;

/** Configures the console and waits until it is there. */
@Component(service = WebStart.class)
public final class WebStart {
    private static final long PATIENCE_MILLIS = 20_000;
    private static final long POLL_MILLIS = 20;

    private final ConfigurationAdmin configurations;

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL, policyOption = ReferencePolicyOption.GREEDY)
    private volatile HttpServer server;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<Map.Entry<Map<String, Object>, HttpServiceRuntime>> runtimes = List.of();

    @Activate
    public WebStart(@Reference ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    /**
     * Sets what is given besides what is configured.
     *
     * @return the address of the page
     * @throws IllegalArgumentException if it is refused
     * @throws IllegalStateException    if nothing listens there after a while
     */
    String start(Map<String, Object> given) throws IOException, InterruptedException {
        Configuration configuration = configurations.getConfiguration(WebSettings.PID, "?");
        Dictionary<String, Object> properties = configuration.getProperties() == null ? new Hashtable<>() : configuration.getProperties();
        given.forEach(properties::put);
        Map<String, Object> all = new HashMap<>();
        Collections.list(properties.keys()).forEach(key -> all.put(key, properties.get(key)));
        WebSettings expected = WebSettings.of(all, System.getenv(), System.getProperty("user.home"));
        if (!listens(expected.port())) {
            checkFree(expected.host(), expected.port());
        }
        HttpServer before = server;
        boolean changed = !given.isEmpty() && configuration.updateIfDifferent(properties);
        if (!changed && before != null && !before.settings().equals(expected)) {
            configuration.update(properties);   // the same words, and another token in the file
        }
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (System.nanoTime() < end) {
            HttpServer now = server;
            if (now != null && now.settings().equals(expected) && listens(now.port())) {
                return "http://" + (isAny(expected.host()) ? "localhost" : expected.host().contains(":") ? "[" + expected.host() + "]" : expected.host())
                    + ":" + now.port() + "/halftone/";
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new IllegalStateException("web: found nothing at " + expected.host() + " port " + expected.port() + " after " + PATIENCE_MILLIS / 1000
            + " s; expected the console there: the port may be another's");
    }

    /**
     * Says at once what the server would only write to its log.
     *
     * @param port 0 for any
     * @throws IllegalArgumentException if nothing can listen there
     */
    static void checkFree(String host, int port) throws IOException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (SocketException e) {
            throw new IllegalArgumentException("web: found " + host + " port " + port + " refused (" + e.getMessage()
                + "); expected an address of this machine and a port that is free", e);
        }
    }

    private static boolean isAny(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    private boolean listens(int port) {
        return runtimes.stream().map(runtime -> runtime.getKey().get("osgi.http.endpoint"))
            .flatMap(endpoints -> endpoints instanceof String[] several ? Stream.of(several) : endpoints instanceof String one ? Stream.of(one) : Stream.of())
            .anyMatch(endpoint -> URI.create(endpoint).getPort() == port);
    }
}
