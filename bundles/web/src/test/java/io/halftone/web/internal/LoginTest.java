package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who has to show a token, over HTTP. */
@Timeout(30)
class LoginTest {
    private static final String API = "/api/v1";
    private static final String TOKEN = "0123456789abcdef";

    @TempDir
    Path folder;

    private final Fakes fakes = new Fakes();
    private Site site;

    private Site site(Map<String, ?> properties) throws Exception {
        site = new Site(properties, folder.resolve("runs"), fakes.halftone, fakes);
        return site;
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
    }

    @Test
    void asksForTheTokenAndTakesItsCookie() throws Exception {
        site(Map.of("tokenFile", tokenFile()));
        assertEquals(200, site.get("/").statusCode());
        assertTrue(Site.json(site.get(API + "/session")).path("tokenNeeded").asBoolean());
        assertEquals(401, site.get(API + "/jobs").statusCode());
        assertEquals(401, site.get(API + "/events").statusCode());
        assertEquals(200, site.get(API + "/jobs", "Authorization", "Bearer " + TOKEN).statusCode());
        for (String body : List.of("", "{}", "{\"token\": null}", "{\"token\": 1}", "{\"tokens\": \"" + TOKEN + "\"}")) {
            HttpResponse<String> refused = site.post(API + "/login", body);
            assertEquals(400, refused.statusCode(), body);
            assertTrue(refused.body().matches("\\{\"error\":\"token: found no(ne| text); expected a text\"}"), refused.body());
        }
        HttpResponse<String> wrong = site.post(API + "/login", "{\"token\": \"0123456789abcdeg\"}");
        assertEquals(401, wrong.statusCode());
        assertEquals("Bearer realm=\"halftone\"", wrong.headers().firstValue("WWW-Authenticate").orElseThrow());
        assertEquals(List.of(), wrong.headers().allValues("Set-Cookie"));

        HttpResponse<String> login = site.post(API + "/login", "{\"token\": \"" + TOKEN + "\"}");
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(cookie.endsWith("; Path=/halftone; HttpOnly; SameSite=Strict"), cookie);
        assertEquals(200, site.get(API + "/jobs", "Cookie", cookie.split(";")[0]).statusCode());
    }

    private String tokenFile() throws Exception {
        Path file = Files.createFile(folder.resolve("token"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, TOKEN + "\n").toString();
    }

    @Test
    void asksForNoTokenWhereThereIsNone() throws Exception {
        site(Map.of());
        HttpResponse<String> login = site.post(API + "/login", "{\"token\": \"" + TOKEN + "\"}");
        assertEquals("{\"tokenNeeded\":false}", login.body());
        assertEquals(List.of(), login.headers().allValues("Set-Cookie"));
    }
}
