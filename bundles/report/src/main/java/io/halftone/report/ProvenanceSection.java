package io.halftone.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;

/** What everything was made from and with. */
final class ProvenanceSection {
    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private ProvenanceSection() {}

    static void write(Html html, JsonNode report) throws JsonProcessingException {
        html.open("section", "id", "provenance").element("h2", "Provenance");
        html.open("div", "class", "facts");
        facts(html, "Pipeline", report.path("pipeline"));
        facts(html, "Pictures", report.path("sampling"));
        facts(html, "Calibration", report.path("calibration"));
        facts(html, "Machine", report.path("machine"));
        html.close("div").element("h3", "Recipes");
        variant(html, "full precision", report.path("reference"));
        for (JsonNode variant : report.path("variants")) {
            variant(html, variant.path("name").asText(), variant);
        }
        html.close("section");
    }

    private static void facts(Html html, String title, JsonNode facts) {
        if (!facts.isObject() || facts.isEmpty()) {
            return;
        }
        html.open("div").element("h3", title).open("dl");
        facts.fields().forEachRemaining(fact -> {
            if (!fact.getValue().isContainerNode() && !fact.getValue().asText().isEmpty()) {
                html.open("div").element("dt", words(fact.getKey())).element("dd", fact.getValue().asText()).close("div");
            }
        });
        html.close("dl").close("div");
    }

    private static void variant(Html html, String name, JsonNode variant) throws JsonProcessingException {
        html.open("details").open("summary").element("b", name).text(" " + variant.path("backbone").asText()).close("summary");
        if (variant.has("recipe")) {
            html.element("pre", JSON.writeValueAsString(variant.path("recipe")), "tabindex", "0");
        } else {
            html.element("p", "As the pipeline's folder has it.");
        }
        html.close("details");
    }

    /** guidanceScale as guidance scale. */
    private static String words(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(java.util.Locale.ROOT).replace("sha256", "SHA-256");
    }
}
