package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final String TOKEN = "0123456789abcdef";

    private final Access open = new Access("", Set.of("box.example"));
    private final Access closed = new Access(TOKEN, Set.of());
    private final Map<String, String> headers = new HashMap<>(Map.of("Host", "localhost:8181", "Content-Type", "application/json", "X-Halftone", "1"));

    private int refusal(String method, String peer) {
        return assertThrows(Access.Refused.class, () -> open.checkRequest(method, peer, headers::get)).status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1:8181", "[::1]:8181", "192.168.0.7", "box.example:80"})
    void takesHostsThatAreNumbersOrConfigured(String host) throws Exception {
        headers.put("Host", host);
        open.checkRequest("POST", "127.0.0.1", headers::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "evil.example", "localhost.evil.example:8181", "127.0.0.1.evil.example", "localhost@evil.example", "[::1", "a b", "1.2.3"})
    void refusesOtherHosts(String host) {
        headers.put("Host", host);
        assertEquals(403, refusal("GET", "127.0.0.1"));
        headers.remove("Host");
        assertEquals(403, refusal("GET", "127.0.0.1"));
    }

    @Test
    void refusesPeersOfOtherMachinesWithoutAToken() throws Exception {
        assertEquals(403, refusal("GET", "192.168.0.7"));
        open.checkRequest("GET", "::1", headers::get);
        closed.checkRequest("GET", "192.168.0.7", headers::get);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"Content-Type,text/plain,415", "Content-Type,-,415", "Content-Type,application/jsonx,415",
        "X-Halftone,-,403", "X-Halftone,0,403", "Origin,null,403", "Origin,http://evil.example,403", "Origin,http://localhost:8182,403",
        "Origin,http://localhost,403", "Sec-Fetch-Site,cross-site,403", "Sec-Fetch-Site,same-site,403"})
    void refusesWhatAPageOfAnotherSiteCanSend(String header, String value, int status) {
        headers.put(header, value);
        assertEquals(status, refusal("POST", "127.0.0.1"));
    }

    @Test
    void takesWhatThePageAndScriptsSend() throws Exception {
        headers.put("Content-Type", "application/json; charset=utf-8");
        headers.put("Origin", "http://localhost:8181");
        headers.put("Sec-Fetch-Site", "same-origin");
        open.checkRequest("POST", "127.0.0.1", headers::get);
    }

    @Test
    void refusesWhatAPageOfAnotherSiteLoads() throws Exception {
        headers.put("Sec-Fetch-Site", "cross-site");
        headers.put("Sec-Fetch-Mode", "no-cors");
        assertEquals(403, refusal("GET", "127.0.0.1"));
        assertEquals(403, refusal("HEAD", "127.0.0.1"));
        headers.put("Sec-Fetch-Mode", "navigate");
        open.checkRequest("GET", "127.0.0.1", headers::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "TRACE", "OPTIONS", "get"})
    void refusesOtherMethods(String method) {
        assertEquals(405, refusal(method, "127.0.0.1"));
    }

    @Test
    void takesTheTokenAsBearerOrByItsCookie() throws Exception {
        closed.checkToken("Bearer " + TOKEN, null);
        closed.checkToken("bearer " + TOKEN, null);
        closed.checkToken(null, closed.cookie());
        open.checkToken(null, null);
    }

    @Test
    void refusesAnyOtherToken() {
        for (String given : new String[] {null, "", "Bearer", "Bearer ", "Bearer 0123456789abcdeF", "Basic " + TOKEN, TOKEN}) {
            assertEquals(401, assertThrows(Access.Refused.class, () -> closed.checkToken(given, TOKEN)).status());
        }
    }

    @Test
    void makesNoFaultOfABrowserThatGoes() throws Exception {
        var asked = new ArrayList<ServletRequest>();
        var filter = new AccessFilter(new WebConsole(WebSettings.of(Map.of(), Map.of(), "/nowhere")));
        filter.doFilter(only(HttpServletRequest.class, Map.of("getMethod", "GET", "getRemoteAddr", "127.0.0.1", "getServletPath", "/api/v1/events",
            "getPathInfo", "")), only(HttpServletResponse.class, Map.of()), (request, response) -> {
                asked.add(request);
                throw new EOFException("closed");
            });
        assertEquals(1, asked.size());
    }

    /** An object whose methods answer what is given, and nothing else. */
    private <T> T only(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(AccessTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("getHeaders")) {
                return Collections.enumeration(arguments[0].equals("Host") ? List.of("localhost") : List.of());
            }
            return answers.get(method.getName());
        }));
    }

    @Test
    void keepsTheTokenOutOfTheCookie() {
        assertFalse(closed.cookie().contains(TOKEN));
        assertEquals(closed.cookie(), new Access(TOKEN, Set.of()).cookie());
        assertTrue(closed.isToken(TOKEN));
        assertFalse(open.isToken(""));
    }
}
