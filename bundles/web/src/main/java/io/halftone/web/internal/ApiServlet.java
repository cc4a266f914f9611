package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Halftone;
import io.halftone.api.JobException;
import io.halftone.shell.Commands;
import io.halftone.web.internal.Route.Answer;
import io.halftone.web.internal.Route.Request;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** The API: reads requests, finds the route, writes answers. */
@Component(service = Servlet.class, scope = ServiceScope.PROTOTYPE)
@HttpWhiteboardContextSelect(ConsoleContext.SELECT)
@HttpWhiteboardServletPattern(ApiServlet.ROOT + "/*")
public final class ApiServlet extends HttpServlet {
    static final String ROOT = "/api/v1";

    private static final String LOGIN = "/login";
    private static final int MOST_BODY = 1 << 20;
    private static final byte[] EMPTY = {'{', '}'};
    /** A page of a run is another's: its scripts run, and reach nothing here. */
    private static final String RUN_POLICY = "sandbox allow-scripts; default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; "
        + "script-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private final WebConsole console;
    private final List<Route> routes;

    @Activate
    public ApiServlet(@Reference WebConsole console, @Reference Halftone halftone, @Reference Commands commands, @Reference Launches launches,
                      @Reference JobViews views, @Reference Inventory inventory, @Reference PreviewPictures previews) {
        this.console = console;
        this.routes = new Api(console, halftone, commands, launches, views, inventory, previews).routes();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            answer(request, response);
        } catch (Access.Refused e) {
            AccessFilter.refuse(response, e);
        } catch (IllegalArgumentException e) {
            Json.refuse(response, HttpServletResponse.SC_BAD_REQUEST, line(e));
        } catch (NoSuchElementException e) {
            Json.refuse(response, HttpServletResponse.SC_NOT_FOUND, line(e));
        } catch (Launches.Busy e) {
            Json.refuse(response, HttpServletResponse.SC_CONFLICT, e.getMessage());
        } catch (JobException e) {
            Json.refuse(response, HttpServletResponse.SC_CONFLICT, line(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Json.refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "server: found it stopping; expected it to run");
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws Exception {
        String path = request.getPathInfo() == null ? "/" : request.getPathInfo();
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        boolean login = path.equals(LOGIN);
        if (login && method.equals("POST")) {
            login(request, response);
            return;
        }
        // read whatever comes of it: the server ends a connection whose body was left, which whoever asks next on it cannot know
        byte[] sent = method.equals("POST") ? body(request) : EMPTY;
        boolean known = login;
        for (Route route : routes) {
            Optional<Map<String, String>> values = route.match(path);
            if (values.isPresent() && route.method().equals(method)) {
                if (method.equals("POST") && console.settings().readOnly()) {
                    throw new Access.Refused(403, "console: found it for reading only; expected readOnly = false");
                }
                var asked = new Request(values.get(), query(request), Json.sent(sent));
                send(response, answer(route, asked));
                return;
            }
            known |= values.isPresent();
        }
        if (known) {
            throw new Access.Refused(405, "method: found " + request.getMethod() + "; expected another");
        }
        throw new NoSuchElementException("path: found nothing of that name; expected one of openapi.json");
    }

    /** What goes wrong with files here is a fault to be told of; what goes wrong with the answer on its way is none. */
    private static Answer answer(Route route, Request request) throws Exception {
        try {
            return route.handler().answer(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void login(HttpServletRequest request, HttpServletResponse response) throws IOException, Access.Refused {
        JsonNode token = Json.sent(body(request)).path("token");
        if (!token.isTextual()) {
            throw new IllegalArgumentException("token: found " + (token.isMissingNode() ? "none" : "no text") + "; expected a text");
        }
        if (!console.access().needsToken()) {
            Json.send(response, HttpServletResponse.SC_OK, Map.of("tokenNeeded", false));
            return;
        }
        if (!console.access().isToken(token.asText())) {
            throw new Access.Refused(401, "token: found another; expected the configured one");
        }
        response.setHeader("Set-Cookie", Access.COOKIE + "=" + console.access().cookie() + "; Path=/halftone; HttpOnly; SameSite=Strict"
            + (request.isSecure() ? "; Secure" : ""));
        Json.send(response, HttpServletResponse.SC_OK, Map.of("tokenNeeded", true));
    }

    /** What was sent, if it is not too much; an empty object where nothing was. */
    private static byte[] body(HttpServletRequest request) throws IOException, Access.Refused {
        byte[] bytes = request.getContentLengthLong() > MOST_BODY ? null : request.getInputStream().readNBytes(MOST_BODY + 1);
        if (bytes == null || bytes.length > MOST_BODY) {
            throw new Access.Refused(413, "body: found more than " + MOST_BODY + " bytes; expected fewer");
        }
        return bytes.length == 0 ? EMPTY : bytes;
    }

    private static Map<String, String> query(HttpServletRequest request) {
        Map<String, String> query = new LinkedHashMap<>();
        request.getParameterMap().forEach((name, values) -> {
            if (values.length != 1) {
                throw new IllegalArgumentException(name + ": found " + values.length + " values; expected one");
            }
            if (!values[0].isEmpty()) {
                query.put(name, values[0]);
            }
        });
        return query;
    }

    private static void send(HttpServletResponse response, Answer answer) throws IOException {
        if (answer instanceof Answer.Value value) {
            value.headers().forEach(response::setHeader);
            Json.send(response, value.status(), value.value());
        } else if (answer instanceof Answer.Picture picture) {
            response.setContentType("image/png");
            response.setHeader("Cache-Control", "no-store");
            response.setContentLength(picture.png().length);
            response.getOutputStream().write(picture.png());
        } else if (answer instanceof Answer.Download file) {
            response.setContentType(file.type().type());
            response.setHeader("Cache-Control", "no-cache");
            response.setContentLengthLong(file.bytes());
            if (file.type().isPage()) {
                response.setHeader("Content-Security-Policy", RUN_POLICY);
                response.setHeader("X-Frame-Options", "SAMEORIGIN");
            } else if (!file.type().shown()) {
                response.setHeader("Content-Disposition", "attachment");
            }
            Files.copy(file.path(), response.getOutputStream());
        }
    }

    /** One line, whatever was thrown. */
    static String line(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
