package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Halftone;
import io.halftone.shell.Commands;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The console over HTTP, on a free port of the loopback. */
final class Site implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);
    private final HttpClient client = HttpClient.newHttpClient();
    private final EventsServlet events;
    private final Launches launches;
    private final Path runs;

    Site(Map<String, ?> properties, Path runs, Halftone halftone, Commands commands) throws Exception {
        var all = new java.util.HashMap<String, Object>(properties);
        all.putIfAbsent("runsFolder", runs.toString());
        var console = new WebConsole(WebSettings.of(all, Map.of(), "/nowhere"));
        this.runs = console.settings().runsFolder();
        launches = new Launches(halftone, commands);
        var previews = new PreviewPictures(halftone);
        var views = new JobViews(halftone, launches, previews);
        var inventory = new Inventory(halftone, commands);
        events = new EventsServlet(halftone, views, inventory, previews);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        var context = new ServletContextHandler("/halftone");
        context.addFilter(new FilterHolder(new AccessFilter(console)), "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new ApiServlet(console, halftone, commands, launches, views, inventory, previews)), ApiServlet.ROOT + "/*");
        context.addServlet(new ServletHolder(events), ApiServlet.ROOT + "/events");
        context.addServlet(new ServletHolder(new PageServlet()), "/*");
        server.setHandler(context);
        server.start();
    }

    URI at(String path) {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/halftone" + path);
    }

    int port() {
        return connector.getLocalPort();
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(at(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** With the headers that the page sends, and others besides. */
    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofString(body)).header("Content-Type", "application/json")
            .header(Access.MARK, "1");
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> head(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(at(path)).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    HttpResponse<java.io.InputStream> stream(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(at(path)).build(), BodyHandlers.ofInputStream());
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return Json.own(response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws Exception {
        events.stop();
        server.stop();
        awaitEnds(launches, runs);
    }

    /** Waits until nothing is written into the runs any more. */
    static void awaitEnds(Launches launches, Path runs) throws IOException, InterruptedException {
        while (Files.isDirectory(runs)) {
            try (Stream<Path> folders = Files.list(runs.toRealPath())) {
                if (folders.noneMatch(launches::isRunning)) {
                    return;
                }
            }
            Thread.sleep(5);
        }
    }
}
