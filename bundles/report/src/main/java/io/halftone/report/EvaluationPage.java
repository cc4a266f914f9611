package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * An evaluation as one HTML page that needs nothing beside it and no network: pictures to compare, plots, tables, provenance. It is
 * for screens of every size and for print, and is read without scripts too; scripts only compare two pictures at a time.
 */
public final class EvaluationPage {
    private EvaluationPage() {}

    /**
     * The page.
     *
     * @param report what {@code report.json} holds
     * @param folder what the report's names of pictures start from
     * @throws IOException if that is not JSON, or a picture cannot be read
     */
    public static String of(String report, Path folder) throws IOException {
        return of(new ObjectMapper().readTree(report), folder);
    }

    static String of(JsonNode report, Path folder) throws IOException {
        return of(report, new Gallery(report, folder, Gallery.BUDGET));
    }

    static String of(JsonNode report, Gallery gallery) throws IOException {
        Html html = new Html();
        String script = resource("report.js");
        html.markup("<!DOCTYPE html>\n").open("html", "lang", "en").open("head").open("meta", "charset", "utf-8");
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "http-equiv", "Content-Security-Policy", "content",
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
            + "script-src 'sha256-" + digest(script) + "'; base-uri 'none'; form-action 'none'");
        html.element("title", "Quality of " + title(report)).open("style").markup(resource("report.css")).close("style").close("head");
        html.open("body").element("a", "Skip to the pictures", "class", "skip", "href", "#pictures");
        Overview.header(html, report);
        html.open("main");
        Overview.write(html, report);
        PicturesSection.write(html, report, gallery);
        StepsSection.write(html, report);
        LayersSection.write(html, report);
        TradeOffSection.write(html, report);
        ProvenanceSection.write(html, report);
        html.close("main");
        html.open("footer").element("p",
            "Made by Halftone. The same figures for programs: report.json and report.csv beside this file.").close("footer");
        PicturesSection.dialog(html);
        html.open("script").markup(script).close("script").close("body").close("html");
        return html.toString();
    }

    static String title(JsonNode report) {
        return report.path("name").asText();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = EvaluationPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + ": found none in this bundle; expected it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String digest(String script) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
