package io.halftone.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Who may ask for what. */
final class Access {
    static final String COOKIE = "halftone";
    /** A header that no form and no page of another origin can set. */
    static final String MARK = "X-Halftone";

    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]/@\\s]+)(?::\\d{1,5})?");
    private static final Pattern NUMERIC = Pattern.compile("\\[[0-9A-Fa-f:.]+\\]|\\d{1,3}(?:\\.\\d{1,3}){3}");
    private static final String MAC = "HmacSHA256";

    private final String token;
    private final Set<String> hostNames;
    private final String cookie;

    Access(String token, Set<String> hostNames) {
        this.token = token;
        this.hostNames = hostNames;
        this.cookie = token.isEmpty() ? "" : cookie(token);
    }

    /** Not the token itself, and the same after a restart. */
    private static String cookie(String token) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), MAC));
            return HexFormat.of().formatHex(mac.doFinal("io.halftone.web cookie".getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is refused: a status and a line. */
    static final class Refused extends Exception {
        private final int status;

        Refused(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    boolean needsToken() {
        return !token.isEmpty();
    }

    /** The value of the cookie that stands for the token. */
    String cookie() {
        return cookie;
    }

    /** Whether it is the token; takes as long whatever is wrong with it. */
    boolean isToken(String given) {
        return needsToken() && same(token, given);
    }

    /**
     * Checks what is asked of every request.
     *
     * @param method  GET, POST ...
     * @param peer    address of who asks
     * @param headers gives a header's value, or null
     */
    void checkRequest(String method, String peer, UnaryOperator<String> headers) throws Refused {
        if (!needsToken() && !isLoopback(peer)) {
            throw new Refused(403, "peer: found an address beyond this machine; expected a token to be configured");
        }
        checkHost(headers.apply("Host"));
        switch (method) {
            case "GET", "HEAD" -> checkSite(headers);
            case "POST" -> checkOrigin(headers);
            default -> throw new Refused(405, "method: found " + method + "; expected GET or POST");
        }
    }

    /** Pages of other sites may lead people here, and load nothing: what is asked for here costs the machine. */
    private static void checkSite(UnaryOperator<String> headers) throws Refused {
        String site = headers.apply("Sec-Fetch-Site");
        boolean own = site == null || site.equals("same-origin") || site.equals("none");
        if (!own && !"navigate".equals(headers.apply("Sec-Fetch-Mode"))) {
            throw new Refused(403, "site: found a request by another site's page; expected one of this console's");
        }
    }

    /** Names of other sites must not lead here (DNS rebinding); a number cannot. */
    private void checkHost(String header) throws Refused {
        Matcher host = HOST.matcher(header == null ? "" : header);
        String name = host.matches() ? host.group(1).toLowerCase(Locale.ROOT) : "";
        if (!name.equals("localhost") && !NUMERIC.matcher(name).matches() && !hostNames.contains(name)) {
            throw new Refused(403, "host: found a name that is not configured; expected localhost, an address, or one of hostNames");
        }
    }

    /** Pages of other sites must not have a browser send what changes something (CSRF). */
    private static void checkOrigin(UnaryOperator<String> headers) throws Refused {
        String type = headers.apply("Content-Type");
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new Refused(415, "content type: found " + (type == null ? "none" : "another") + "; expected application/json");
        }
        if (!"1".equals(headers.apply(MARK))) {
            throw new Refused(403, MARK + ": found none; expected 1");
        }
        String origin = headers.apply("Origin");
        String host = headers.apply("Host");
        if (origin != null && !origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host)) {
            throw new Refused(403, "origin: found another; expected this host or none");
        }
        String site = headers.apply("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            throw new Refused(403, "site: found another; expected this one");
        }
    }

    /**
     * Checks that the token was shown, where one is asked for.
     *
     * @param authorization the header, or null
     * @param cookies       value of the cookie {@link #COOKIE}, or null
     */
    void checkToken(String authorization, String cookies) throws Refused {
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7) && same(token, authorization.substring(7).strip());
        if (needsToken() && !bearer && !same(cookie, cookies == null ? "" : cookies)) {
            throw new Refused(401, "token: found none or another; expected the configured one");
        }
    }

    private static boolean isLoopback(String peer) {
        try {
            return InetAddress.getByName(peer).isLoopbackAddress();   // of a number: asks nobody
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
