package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.distribute.Description;
import io.halftone.pipeline.PromptBatch;
import io.halftone.quant.QuantLevel;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchWorkTest {
    /** Of Jackson: the longest text that it reads unless told otherwise. */
    private static final int LONGEST_TEXT = 20_000_000;

    private static SearchWork of(List<byte[]> statistics) {
        return new SearchWork(QuantSettings.int8(new QuantLevel("3")), List.of(), CalibrationSettings.of(1, 2, 3), List.of("a"), statistics,
            List.<PromptBatch>of(), 2, 3);
    }

    private static String described(SearchWork work) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", 2).put("kind", SearchWork.KIND);
        work.write(root);
        return root.toString();
    }

    @Test
    void statisticsLongerThanATextMayBeAreReadAsTheyWere() {
        byte[] large = new byte[LONGEST_TEXT / 4 * 3 + 1];   // in Base64, 4/3 of it
        for (int i = 0; i < large.length; i += 1_000) {
            large[i] = (byte) (i * 31);
        }
        byte[] small = {1, 2, 3};
        String text = described(of(List.of(large, small, new byte[0])));
        assertTrue(text.length() > LONGEST_TEXT, "found " + text.length());
        List<byte[]> read = SearchWork.statistics(Description.parse(text));
        assertEquals(3, read.size());
        assertArrayEquals(large, read.get(0));
        assertArrayEquals(small, read.get(1));
        assertEquals(0, read.get(2).length);
    }

    @Test
    void refusesStatisticsThatAreNone() {
        String text = described(of(List.of(new byte[] {1, 2, 3}))).replace("AQID", "?");
        assertThrows(IllegalArgumentException.class, () -> SearchWork.statistics(Description.parse(text)));
    }
}
