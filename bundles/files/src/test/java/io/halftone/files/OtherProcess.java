package io.halftone.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** What tests do in another process. */
final class OtherProcess {
    private OtherProcess() {}

    /** {@code lock FILE} tells whether it gets a lock; {@code write FOLDER} writes sets of files until it is killed. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[1]);
        if (args[0].equals("lock")) {
            System.out.println(PathLock.tryAlone(path).isPresent() ? "free" : "taken");
            return;
        }
        for (int i = 0; ; i++) {
            try (Staging staging = Staging.in(path)) {
                byte[] content = Integer.toString(i).repeat(1 << 12).getBytes();
                staging.write("data", ByteBuffer.wrap(content));
                staging.write("model", ByteBuffer.wrap(content));
                staging.publish(List.of("data", "model"));
            }
            if (i == 0) {
                System.out.println("writing");
            }
        }
    }
}
