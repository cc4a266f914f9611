package io.halftone.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationPageTest {
    private static final String PROMPT = "a \"red\" <script>alert('x')</script> & circle";

    @TempDir
    Path folder;

    @Test
    void needsNothingBesideIt() throws Exception {
        String page = page(64);
        assertFalse(page.contains("http://") || page.contains("https://") || page.contains("url("), "a reference to elsewhere");
        Matcher sources = Pattern.compile("(?:src|href)=\"([^\"]{0,40})").matcher(page);
        int found = 0;
        while (sources.find()) {
            assertTrue(sources.group(1).startsWith("data:image/") || sources.group(1).startsWith("#"), sources.group(1));
            found++;
        }
        assertTrue(found > 10, "found " + found);
    }

    @Test
    void escapesWhatPeopleWrote() throws Exception {
        String page = page(64);
        assertFalse(page.contains("<script>alert"));
        assertTrue(page.contains("a &quot;red&quot; &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; circle"));
    }

    @Test
    void letsNoOtherScriptRunThanItsOwn() throws Exception {
        String page = page(64);
        String script = page.substring(page.lastIndexOf("<script>") + 8, page.lastIndexOf("</script>"));
        String digest = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        assertTrue(page.contains("default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-"
            + digest));
    }

    @Test
    void everyPictureHasWordsForIt() throws Exception {
        Matcher images = Pattern.compile("<img [^>]*>").matcher(page(64));
        int described = 0;
        while (images.find()) {
            assertTrue(images.group().contains(" alt="), images.group());
            described += images.group().contains("alt=\"\"") ? 0 : 1;
        }
        assertEquals(1 + 2, described);    // the reference, the variant, its difference; the dialog's two are empty until they are filled
    }

    @Test
    void namesTheWorstPicturesOfAGateThatFailed() throws Exception {
        String page = page(64);
        assertTrue(page.contains("<strong>Failed</strong>"));
        assertTrue(page.contains("PSNR at least 50.0 dB"));
        assertTrue(page.contains("<li>int8:3, worst one</li>"));
    }

    @Test
    void saysHowManyScalesMsSsimHas() throws Exception {
        assertTrue(page(64).contains("MS-SSIM has 3 of its usual 5 scales here, their weights divided by their sum"));
    }

    @Test
    void keepsBelowItsBudgetAndSaysHow() throws Exception {
        JsonNode report = report(256);
        Gallery whole = new Gallery(report, folder, Gallery.BUDGET);
        Gallery small = new Gallery(report, folder, 60_000);
        String file = "pictures/full/p.png";
        assertTrue(whole.picture(file).startsWith("data:image/png;base64,"));
        assertEquals("Pictures are the PNG files, pixel by pixel.", whole.note());
        assertTrue(small.picture(file).startsWith("data:image/jpeg;base64,"));
        assertTrue(small.picture(file).length() + small.picture("pictures/int8-3/p.png").length()
            + small.difference("pictures/int8-3/p.png").length()
            <= 60_000);
        assertTrue(small.note().contains("stored as JPEG of quality"), small.note());
    }

    @Test
    void magnifiesDifferencesAsFarAsTheyFit() throws IOException {
        // the variant is at most 12 of 255 away: 16 times that fits, 32 times does not
        assertEquals(16, new Gallery(report(64), folder, Gallery.BUDGET).gain());
    }

    @Test
    void theTableQuotesTextAndLeavesOutWhatIsNotKnown() throws IOException {
        List<String> lines = PictureTable.of(report(64)).lines().toList();
        assertEquals("variant,engine,prompt,seed,psnr_db,ssim,ms_ssim,lpips,clip_score,final_latents_cosine,final_latents_relative_error,file", lines.get(0));
        assertEquals("full,,\"a \"\"red\"\" <script>alert('x')</script> & circle\",1,,,,,,,,pictures/full/p.png", lines.get(1));
        assertEquals("int8:3,onnxruntime,\"a \"\"red\"\" <script>alert('x')</script> & circle\",1,41.5,0.99,0.98,,,0.999,0.02,pictures/int8-3/p.png",
            lines.get(2));
    }

    @Test
    void theFrontHasWhatNothingElseBeats() {
        List<double[]> front = TradeOffSection.front(List.of(new double[] {3, 50}, new double[] {1, 40}, new double[] {2, 39},
            new double[] {4, 50}));
        assertEquals("1.0 40.0, 3.0 50.0", front.stream().map(p -> p[0] + " " + p[1]).reduce((a, b) -> a + ", " + b).orElseThrow());
    }

    private String page(int side) throws IOException {
        return EvaluationPage.of(report(side), folder);
    }

    /** A report of one picture and one variant, and its pictures. */
    private JsonNode report(int side) throws IOException {
        Random random = new Random(3);
        float[] rgb = new float[3 * side * side];
        float[] other = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = random.nextInt(200) / 255f;
            other[i] = rgb[i] + random.nextInt(13) / 255f;
        }
        for (String variant : List.of("full", "int8-3")) {
            Files.createDirectories(folder.resolve("pictures").resolve(variant));
            Png.write(new Picture(side, side, variant.equals("full") ? rgb : other),
                folder.resolve("pictures").resolve(variant).resolve("p.png"), Map.of());
        }
        ObjectMapper json = new ObjectMapper();
        String prompt = json.writeValueAsString(PROMPT);
        return json.readTree("""
            {"name": "tiny", "prompts": [%s], "seeds": [1], "sampling": {"steps": 2, "width": %d, "height": %d},
             "pipeline": {"architecture": "UNet"}, "machine": {"cpu": "one"}, "calibration": null,
             "metrics": {"msSsim": {"scales": 3, "usualScales": 5}},
             "gate": {"minPsnr": 50.0, "minSsim": null, "maxLpips": null, "failures": ["int8:3, worst one"]},
             "reference": {"name": "full", "engine": "", "bytes": 2000000, "latency": {"medianMillis": 10}, "backbone": "libtorch",
               "pictures": [{"prompt": 0, "seed": 1, "file": "pictures/full/p.png"}]},
             "variants": [{"name": "int8:3", "engine": "onnxruntime", "bytes": 1000000, "latency": {"medianMillis": 5}, "backbone": "ort",
               "note": "a <note>", "recipe": {"digest": "00"}, "quantized": {"conv": 1, "linear": 2, "attention": 0},
               "summary": {"psnr": {"mean": 41.5, "interval": null, "least": 41.5}, "ssim": {"mean": 0.99}, "msSsim": {"mean": 0.98}},
               "cosine": [0.9999, 0.999], "relativeError": [0.01, 0.02],
               "layers": {"calls": [0, 1], "layers": [{"name": "down.0.conv", "kind": "conv", "role": "convolution", "error": [0.01, 0.02]}]},
               "pictures": [{"prompt": 0, "seed": 1, "file": "pictures/int8-3/p.png", "psnr": 41.5, "ssim": 0.99, "msSsim": 0.98,
                 "cosine": [0.9999, 0.999], "relativeError": [0.01, 0.02]}]}],
             "magnitudes": [{"name": "down.0.conv", "kind": "conv", "role": "convolution", "amax": [1.5, 3]}]}
            """.formatted(prompt, side, side));
    }
}
