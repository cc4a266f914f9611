package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
    private static final List<ClusterNode.Listed> MEMBERS = List.of(
        new ClusterNode.Listed("127.0.0.1:5701", true, Optional.of(new MemberState("box 11", List.of("cpu, libtorch 2.10.0"), List.of(), 0,
            List.of(new MemberState.JobState("calibrate", "sdxl", 16, 64, 3, 2, 20_000),
                new MemberState.JobState("evaluate", "flux", 1, 4001, 1, 0, 60_000)),
            List.of("cluster: process at 10.0.0.9: found another secret; expected that of cluster halftone")))),
        new ClusterNode.Listed("127.0.0.1:5702", false, Optional.of(new MemberState("box 12", List.of("cuda:0", "cuda:1"),
            List.of("calibrate sdxl: unit 3, 2 of 20 steps"), 7, List.of(), List.of()))),
        new ClusterNode.Listed("127.0.0.1:5703", false, Optional.empty()));

    @Test
    void showsMembersJobsAndRefusals() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ClusterReport.print(MEMBERS, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertEquals("""
            member                 process          devices               units  works on
            127.0.0.1:5701 (this)  box 11           cpu, libtorch 2.10.0  0
            127.0.0.1:5702         box 12           cuda:0, cuda:1        7      calibrate sdxl: unit 3, 2 of 20 steps
            127.0.0.1:5703         does not answer

            job                               units      workers  again  rate     remaining
            calibrate sdxl at 127.0.0.1:5701  16 of 64   3        2      0.8/s    1 min 0 s
            evaluate flux at 127.0.0.1:5701   1 of 4001  1        0      1.0/min  66 h 40 min

            refused:
              cluster: process at 10.0.0.9: found another secret; expected that of cluster halftone
            """, bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void writesTheSameAsJson() throws IOException {
        assertEquals("{\"members\":[{\"address\":\"127.0.0.1:5701\",\"self\":true,\"answers\":true,\"process\":\"box 11\",\"devices\":["
            + "\"cpu, libtorch 2.10.0\"],"
            + "\"units\":0,\"doing\":[],\"refusals\":[\"cluster: process at 10.0.0.9: found another secret; "
            + "expected that of cluster halftone\"],\"jobs\":["
            + "{\"kind\":\"calibrate\",\"subject\":\"sdxl\",\"done\":16,\"total\":64,\"workers\":3,\"again\":2,\"seconds\":20.0},"
            + "{\"kind\":\"evaluate\",\"subject\":\"flux\",\"done\":1,\"total\":4001,\"workers\":1,\"again\":0,\"seconds\":60.0}]},"
            + "{\"address\":\"127.0.0.1:5702\",\"self\":false,\"answers\":true,\"process\":\"box 12\",\"devices\":["
            + "\"cuda:0\",\"cuda:1\"],\"units\":7,"
            + "\"doing\":[\"calibrate sdxl: unit 3, 2 of 20 steps\"],\"refusals\":[],\"jobs\":[]},"
            + "{\"address\":\"127.0.0.1:5703\",\"self\":false,\"answers\":false}]}", ClusterReport.json(MEMBERS));
    }
}
