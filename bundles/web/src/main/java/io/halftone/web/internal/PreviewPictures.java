package io.halftone.web.internal;

import io.halftone.api.Halftone;
import io.halftone.api.Preview;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The last preview of each of the last jobs that had one, also once they have ended. */
@Component(service = PreviewPictures.class)
public final class PreviewPictures {
    private static final int MOST = 32;

    private final Halftone halftone;
    private final Map<String, Preview> last = new LinkedHashMap<>();

    @Activate
    public PreviewPictures(@Reference Halftone halftone) {
        this.halftone = halftone;
    }

    /** The last one, and a wish for the next. */
    Optional<Preview> ask(String job) {
        Optional<Preview> now = halftone.preview(job);
        synchronized (last) {
            now.ifPresent(preview -> {
                last.remove(job);
                last.put(job, preview);
                if (last.size() > MOST) {
                    last.remove(last.keySet().iterator().next());
                }
            });
            return Optional.ofNullable(last.get(job));
        }
    }

    /** Whether there is one that was asked for; asks for none. */
    boolean has(String job) {
        synchronized (last) {
            return last.containsKey(job);
        }
    }

    static byte[] png(Preview preview) throws IOException {
        var image = new BufferedImage(preview.width(), preview.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = preview.rgb();
        for (int y = 0; y < preview.height(); y++) {
            for (int x = 0; x < preview.width(); x++) {
                int at = 3 * (y * preview.width() + x);
                image.setRGB(x, y, (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
            }
        }
        var bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("preview: found no writer of PNG; expected the JDK's");
        }
        return bytes.toByteArray();
    }
}
