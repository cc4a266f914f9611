package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;

/** Every prompt's pictures side by side, and the dialog in which two of them are compared. */
final class PicturesSection {
    private PicturesSection() {}

    static void write(Html html, JsonNode report, Gallery gallery) {
        html.open("section", "id", "pictures").element("h2", "Pictures");
        html.element("p", gallery.note()
            + " Difference maps show the largest difference of a pixel's three colours from full precision, magnified "
            + gallery.gain() + " times: black is none, bright is " + (int) Math.ceil(255.0 / gallery.gain()) + " of 255 or more.");
        html.open("fieldset", "class", "show").element("legend", "Show");
        for (String[] choice : new String[][] {{"show-pictures", "pictures"}, {"show-differences", "difference maps"}, {"show-both",
            "both"}}) {
            html.open("span");
            if (choice[0].equals("show-both")) {
                html.open("input", "type", "radio", "name", "show", "id", choice[0], "checked", "");
            } else {
                html.open("input", "type", "radio", "name", "show", "id", choice[0]);
            }
            html.element("label", choice[1], "for", choice[0]).close("span");
        }
        html.close("fieldset");
        JsonNode references = report.at("/reference/pictures");
        for (int shot = 0; shot < references.size(); shot++) {
            JsonNode reference = references.get(shot);
            String prompt = report.path("prompts").path(reference.path("prompt").asInt()).asText();
            html.open("article", "class", "shot").open("h3").text(prompt).text(" ").element("small", "seed "
                + reference.path("seed").asText()).close("h3");
            html.open("div", "class", "row");
            figure(html, gallery, "full precision", reference, prompt, -1);
            for (int v = 0; v < report.path("variants").size(); v++) {
                JsonNode variant = report.path("variants").get(v);
                figure(html, gallery, variant.path("name").asText(), variant.path("pictures").get(shot), prompt, v);
            }
            html.close("div").close("article");
        }
        html.close("section");
    }

    private static void figure(Html html, Gallery gallery, String name, JsonNode picture, String prompt, int index) {
        String file = picture.path("file").asText();
        String figures = index < 0 ? "" : Numbers.fixed(Numbers.of(picture.path("psnr")), 2) + " dB, SSIM "
            + Numbers.fixed(Numbers.of(picture.path("ssim")), 4);
        String width = Integer.toString(gallery.width());
        String height = Integer.toString(gallery.height());
        html.open("figure", "data-name", name, "data-figures", figures.isEmpty() ? "reference" : figures);
        html.open("div", "class", "views");
        html.open("img", "class", "picture", "src", gallery.picture(file), "width", width, "height", height, "alt", name + ": " + prompt);
        if (index >= 0) {
            html.open("img", "class", "difference", "src", gallery.difference(file), "width", width, "height", height, "alt",
                "Difference of " + name + " from full precision");
        }
        html.close("div").open("figcaption").element("b", name);
        if (index >= 0) {
            html.open("span").text(figures).close("span");
            html.element("button", "Compare", "type", "button", "class", "compare", "hidden", "", "aria-label", "Compare " + name
                + " with full precision: "
                + prompt);
        }
        html.close("figcaption").close("figure");
    }

    /** Filled by the page's script from the figure that was chosen. */
    static void dialog(Html html) {
        html.open("dialog", "id", "compare", "aria-labelledby", "compare-title");
        html.open("div", "class", "bar").element("h2", "Compare", "id", "compare-title");
        html.element("button", "Close", "type", "button", "id", "close").close("div");
        html.open("div", "class", "controls");
        for (String side : new String[] {"A", "B"}) {
            html.open("label").text(side + " ").open("select", "id", "side-"
                + side.toLowerCase(java.util.Locale.ROOT)).close("select").close("label");
        }
        html.open("fieldset").element("legend", "View", "class", "hidden");
        for (String[] mode : new String[][] {{"slider", "slider"}, {"flip", "flip"}, {"beside", "side by side"}, {"difference",
            "difference of B"}}) {
            html.open("span").open("input", "type", "radio", "name", "mode", "id", "mode-" + mode[0], "value", mode[0])
                .element("label", mode[1], "for", "mode-" + mode[0]).close("span");
        }
        html.close("fieldset");
        html.open("label").text("Size ").open("select", "id", "zoom");
        for (String zoom : new String[] {"fit", "1x", "2x", "4x", "8x"}) {
            html.element("option", zoom, "value", zoom.replace("x", ""));
        }
        html.close("select").close("label").close("div");
        html.open("div", "class", "stage", "id", "stage", "tabindex", "0", "role", "region", "aria-label", "The two pictures");
        html.open("div", "class", "frame", "id", "frame").open("img", "id", "image-a", "alt", "").open("img", "id", "image-b", "alt", "");
        html.open("input", "type", "range", "id", "split", "min", "0", "max", "100", "value", "50", "aria-label",
            "How much of A is seen, from the left");
        html.open("div", "class", "divider", "aria-hidden", "true").close("div").close("div").close("div");
        html.open("div", "class", "bar").element("button", "Previous", "type", "button", "id", "previous");
        html.element("button", "Flip", "type", "button", "id", "flip", "aria-pressed", "false");
        html.element("button", "Next", "type", "button", "id", "next").close("div");
        html.open("p", "id", "compare-figures", "aria-live", "polite").close("p");
        html.close("dialog");
    }
}
