package io.halftone.itests;

import static org.ops4j.pax.exam.CoreOptions.vmOptions;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import io.halftone.api.Halftone;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.BootFinished;
import org.apache.karaf.features.FeaturesService;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.BundleContext;

/** A test inside a container that is started from the distribution as it is shipped. */
public abstract class InContainer {
    private static final String USER = "tester";
    private static final String PASSWORD = "of this test";

    @Inject
    protected BundleContext context;
    /** There once Karaf has started all that it starts by itself: no test begins before. */
    @Inject
    protected BootFinished booted;
    @Inject
    protected Halftone halftone;
    @Inject
    protected SessionFactory sessions;
    @Inject
    protected FeaturesService features;

    @Configuration
    public static Option[] configuration() {
        return Exam.container(
            configureConsole().ignoreLocalConsole().startRemoteShell(),
            editConfigurationFilePut("etc/org.apache.karaf.shell.cfg", "sshPort", Integer.toString(freePort())),
            editConfigurationFilePut("etc/users.properties", USER, PASSWORD + ",_g_:admingroup"),
            editConfigurationFilePut("etc/users.properties", "_g_:admingroup", "group,admin,manager,viewer,systembundles,ssh"),
            vmOptions("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }

    static Path scratch() throws IOException {
        return Files.createDirectories(Path.of(System.getProperty("halftone.scratch")));
    }

    static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Installs a feature and refreshes nothing: that would take the test's own bundle along, whose dynamic import new packages suit. */
    final void install(String feature) throws Exception {
        if (!features.isInstalled(features.getFeature(feature))) {
            features.installFeature(feature, EnumSet.of(FeaturesService.Option.NoAutoRefreshBundles));
        }
    }

    /** The shell that this container offers over SSH, once it does. */
    final RemoteShell remote() throws Exception {
        install("ssh");
        int port = remotePort();
        for (int i = 0; i < 900; i++) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return new RemoteShell(port, USER, PASSWORD);
            } catch (ConnectException e) {
                Thread.sleep(100);
            }
        }
        throw new AssertionError("SSH: found nobody at port " + port + "; expected Karaf");
    }

    /** The port of SSH. */
    static int remotePort() throws IOException {
        Properties shell = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(System.getProperty("karaf.etc"), "org.apache.karaf.shell.cfg"))) {
            shell.load(in);
        }
        return Integer.parseInt(shell.getProperty("sshPort"));
    }

    final String run(String command) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Session session = sessions.create(new ByteArrayInputStream(new byte[0]), out, out)) {
            session.execute(command);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
