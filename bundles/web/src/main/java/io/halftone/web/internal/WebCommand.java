package io.halftone.web.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Says where the web console is; as a command of its own process, {@code bin/halftone web}, it stays until Ctrl-C. */
@Service
@Command(scope = "halftone", name = "web", description = "Starts the web console and says where it is; bin/halftone web stays until Ctrl-C",
    detailedDescription = "classpath:web.txt")
public final class WebCommand implements Action {
    @Reference
    WebStart console;

    PrintStream out = System.out;

    @Option(name = "--port", description = "Port to listen on; 0 for any that is free", valueToShowInHelp = "the configured one, usually 8181")
    private Integer port;

    @Option(name = "--host", description = "Address to listen on; any but the loopback's needs a token",
        valueToShowInHelp = "the configured one, usually 127.0.0.1")
    private String host;

    @Option(name = "--token-file", description = "File whose first line is the token that everybody has to show; readable by its owner alone",
        valueToShowInHelp = "the configured one, usually none")
    @Completion(FilePaths.class)
    private String tokenFile;

    @Option(name = "--runs", description = "Folder in which each job gets one of its own",
        valueToShowInHelp = "the configured one, usually web-runs in HALFTONE_DATA, or halftone/web-runs in the user's data")
    @Completion(FilePaths.class)
    private String runs;

    @Override
    public Object execute() throws IOException, InterruptedException {
        Map<String, Object> given = new LinkedHashMap<>();
        if (port != null) {
            given.put("port", port.toString());
        }
        if (host != null) {
            given.put("host", host);
        }
        if (tokenFile != null) {
            given.put("tokenFile", file(tokenFile).toString());
        }
        if (runs != null) {
            given.put("runsFolder", file(runs).toString());
        }
        out.println(console.start(given));
        out.flush();
        if (System.getProperty("halftone.arguments") != null) {   // the process is there for this command alone
            stay();
        }
        return null;
    }

    private static void stay() throws InterruptedException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            var stopped = new InterruptedException("web: stopped");
            stopped.initCause(e);
            throw stopped;
        }
    }

    private static Path file(String given) {
        String called = System.getenv("HALFTONE_DIRECTORY");
        return (called == null || called.isBlank() ? Path.of("") : Path.of(called)).toAbsolutePath().resolve(given).normalize();
    }
}
