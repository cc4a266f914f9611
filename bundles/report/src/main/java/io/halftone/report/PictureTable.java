package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** An evaluation as comma-separated values, a picture a line; text is quoted as RFC 4180 has it. */
public final class PictureTable {
    private PictureTable() {}

    /**
     * The table of a report.
     *
     * @param report what {@code report.json} holds
     * @throws IOException if that is not JSON
     */
    public static String of(String report) throws IOException {
        return of(new ObjectMapper().readTree(report));
    }

    static String of(JsonNode report) {
        StringBuilder text = new StringBuilder(
            "variant,engine,prompt,seed,psnr_db,ssim,ms_ssim,lpips,clip_score,final_latents_cosine,final_latents_relative_error,file\r\n");
        rows(text, report, report.path("reference"));
        report.path("variants").forEach(variant -> rows(text, report, variant));
        return text.toString();
    }

    private static void rows(StringBuilder text, JsonNode report, JsonNode variant) {
        for (JsonNode picture : variant.path("pictures")) {
            String prompt = report.path("prompts").path(picture.path("prompt").intValue()).asText();
            text.append(String.join(",", quoted(variant.path("name").asText()), quoted(variant.path("engine").asText()), quoted(prompt),
                picture.path("seed").asText(), number(picture.path("psnr")), number(picture.path("ssim")), number(picture.path("msSsim")),
                number(picture.path("lpips")), number(picture.path("clip")), number(last(picture.path("cosine"))),
                number(last(picture.path("relativeError"))), quoted(picture.path("file").asText()))).append("\r\n");
        }
    }

    private static JsonNode last(JsonNode list) {
        return list.path(list.size() - 1);
    }

    private static String number(JsonNode value) {
        return value.isNull() ? "" : value.asText();
    }

    private static String quoted(String text) {
        return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r') ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
