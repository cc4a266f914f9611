package io.halftone.web.internal;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardFilterPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Before everything else: refuses who may not ask, sets the headers that keep pages apart, and turns what is thrown into a line. */
@Component(service = Filter.class)
@HttpWhiteboardContextSelect(ConsoleContext.SELECT)
@HttpWhiteboardFilterPattern("/*")
public final class AccessFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(AccessFilter.class);
    private static final String API = ApiServlet.ROOT + "/";
    /** What needs no token: how a page learns that it needs one, and how it shows it. */
    private static final Set<String> OPEN = Set.of(API + "session", API + "login");
    private static final String POLICY = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'";

    private final Access access;

    @Activate
    public AccessFilter(@Reference WebConsole console) {
        this.access = console.access();
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
        filter((HttpServletRequest) request, (HttpServletResponse) response, chain);
    }

    private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        try {
            access.checkRequest(request.getMethod(), request.getRemoteAddr(), name -> header(request, name));
            String path = Objects.requireNonNullElse(request.getServletPath(), "") + Objects.requireNonNullElse(request.getPathInfo(), "");
            if (path.startsWith(API) && !OPEN.contains(path)) {
                access.checkToken(header(request, "Authorization"), cookie(request));
            }
            chain.doFilter(request, response);
        } catch (Access.Refused e) {
            refuse(response, e);
        } catch (IOException e) {
            LOG.debug("{}: found who asked gone", request.getMethod(), e);   // as with every tab that is closed: the server would log it as a fault
        } catch (ServletException | RuntimeException e) {
            LOG.error("{} failed", request.getMethod(), e);
            Json.refuse(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "server: found a fault; the log has it");
        }
    }

    /** Answers with why; one that is asked for a token is told how to show it (RFC 9110, 15.5.2). */
    static void refuse(HttpServletResponse response, Access.Refused refused) throws IOException {
        if (refused.status() == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"halftone\"");
        }
        Json.refuse(response, refused.status(), refused.getMessage());
    }

    /** A header, where it is there once; twice is none that is right. */
    private static String header(HttpServletRequest request, String name) {
        List<String> values = java.util.Collections.list(request.getHeaders(name));
        return values.isEmpty() ? null : values.size() == 1 ? values.get(0) : "";
    }

    private static String cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null ? null : Stream.of(cookies).filter(cookie -> cookie.getName().equals(Access.COOKIE)).map(Cookie::getValue).findFirst()
            .orElse(null);
    }
}
