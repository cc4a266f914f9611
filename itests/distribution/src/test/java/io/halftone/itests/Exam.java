package io.halftone.itests;

import static org.ops4j.pax.exam.CoreOptions.vmOptions;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.keepRuntimeFolder;
import static org.ops4j.pax.exam.OptionUtils.combine;

import java.io.File;
import org.ops4j.pax.exam.Option;

/** The container that the distribution is tested in: as it is shipped. */
final class Exam {
    private Exam() {}

    /** What every test needs of it, and more. */
    static Option[] container(Option... more) {
        PacedSockets.use();
        String scratch = System.getProperty("halftone.scratch");
        return combine(more,
            karafDistributionConfiguration().frameworkUrl(new File(System.getProperty("halftone.archive")).toURI().toString())
                .name("halftone").karafVersion(System.getProperty("karaf.version")).unpackDirectory(new File("target/exam")),
            keepRuntimeFolder(),
            // nothing is downloaded from inside: everything comes from Maven's own local repository
            editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.localRepository",
                System.getProperty("org.ops4j.pax.url.mvn.localRepository")),
            editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.repositories", ""),
            editConfigurationFilePut("etc/system.properties", "halftone.scratch", scratch),
            // half a gigabyte of natives: unpacked once, for the launcher's tests too
            editConfigurationFilePut("etc/system.properties", "org.bytedeco.javacpp.cachedir", scratch + "/data/native"),
            // the services that a test is given, on a machine that has other things to do
            editConfigurationFilePut("etc/system.properties", "pax.exam.service.timeout", "90000"));
    }

    /** With a heap that is all there from the start, so that what grows is something else. */
    static Option[] withFixedHeap(String size, Option... more) {
        return container(combine(more,
            configureConsole().ignoreLocalConsole().ignoreRemoteShell(),
            vmOptions("-Xms" + size, "-Xmx" + size, "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")));
    }
}
