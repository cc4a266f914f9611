package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.spi.exception.RestClientException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.spi.properties.ClusterProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes of Hazelcast in one process, and what reaches their ports. */
class GridTest {
    private static final String NAME = "grid-tests";
    private static final int PORT = Ports.free(3);
    private static final Refusals REFUSALS = new Refusals();
    private static final ClusterSettings SETTINGS = new ClusterSettings(NAME, "a secret of the tests", List.of(), false, "127.0.0.1", PORT,
        3, 20, true, new Shift.Crew(List.of(), 0));
    private static final ClusterKey KEY = ClusterKey.of(SETTINGS);
    private static Grid first;
    private static Grid second;

    @BeforeAll
    static void join() {
        first = Grid.join(SETTINGS, KEY, REFUSALS, GridTest::echo, () -> { });
        second = Grid.join(SETTINGS, KEY, REFUSALS, GridTest::echo, () -> { });
    }

    @AfterAll
    static void leave() {
        second.close();
        first.close();
    }

    private static byte[] echo(ByteBuffer call) {
        byte[] bytes = new byte[call.remaining()];
        call.get(bytes);
        return bytes;
    }

    private static void assertWorks() throws Exception {
        byte[] call = "hello".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(call, echo(first.ask(first.others().get(0).life(), call).get(20, TimeUnit.SECONDS)));
        assertArrayEquals(call, echo(second.ask(second.others().get(0).life(), call).get(20, TimeUnit.SECONDS)));
        assertEquals(1, first.others().size());
    }

    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (HazelcastInstance instance : Hazelcast.getAllHazelcastInstances()) {
            if (instance.getConfig().getClusterName().equals(NAME)) {
                nodes.add((instance instanceof HazelcastInstanceProxy proxy ? proxy.getOriginal() : (HazelcastInstanceImpl) instance).node);
            }
        }
        return nodes;
    }

    @Test
    void carriesCalls() throws Exception {
        assertWorks();
        byte[] large = new byte[20_000_000];
        new Random(1).nextBytes(large);
        assertArrayEquals(large, echo(first.ask(first.others().get(0).life(), large).get(60, TimeUnit.SECONDS)));
        assertEquals(second.self(), first.others().get(0));
    }

    @Test
    void reportsNothingToAnybody() {
        assertEquals(2, nodes().size());
        for (Node node : nodes()) {
            assertFalse(node.getProperties().getBoolean(ClusterProperty.PHONE_HOME_ENABLED), "phone home is on");
            assertFalse(node.getProperties().getBoolean(ClusterProperty.ENABLE_JMX), "JMX is on");
            assertEquals("OFF", node.getProperties().getString(ClusterProperty.HEALTH_MONITORING_LEVEL));
        }
        assertTrue(Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().toLowerCase().contains("phone")), "a thread calls home");
    }

    @Test
    @SuppressWarnings("removal")
    void hasNothingOnThatIsNotUsed() {
        Config config = GridConfig.of(SETTINGS);
        assertFalse(config.getNetworkConfig().getRestApiConfig().isEnabled());
        assertFalse(config.getNetworkConfig().getMemcacheProtocolConfig().isEnabled());
        assertFalse(config.getJetConfig().isEnabled());
        assertFalse(config.getJetConfig().isResourceUploadEnabled());
        assertFalse(config.getManagementCenterConfig().isScriptingEnabled());
        assertFalse(config.getManagementCenterConfig().isConsoleEnabled());
        assertFalse(config.getUserCodeDeploymentConfig().isEnabled());
        assertFalse(config.getNamespacesConfig().isEnabled());
        assertFalse(config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled());
        assertFalse(config.getNetworkConfig().getJoin().getAutoDetectionConfig().isEnabled());
        assertTrue(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled());
    }

    /** What a message could bring that Java's serialization would make. */
    private record Foreign(String text) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    @Test
    void makesObjectsOfItsOwnTypesAlone() {
        InternalSerializationService ours = nodes().get(0).getSerializationService();
        assertInstanceOf(Answer.class, ours.toObject(ours.toData(new Answer(new byte[] {1}))));
        for (Object foreign : List.of(new Foreign("a"), new Thread[0], new IdentityHashMap<>())) {
            Data bytes = new DefaultSerializationServiceBuilder().build().toData(foreign);
            Throwable refused = assertThrows(HazelcastSerializationException.class, () -> ours.toObject(bytes), foreign.getClass().getName());
            assertTrue(cause(refused).endsWith("is not allowed."), refused.toString());
        }
    }

    /** What Hazelcast answers with where something fails, and what else is in its packages. */
    @Test
    void makesOfJavaObjectsTheExceptionsOfAnswersAlone() {
        InternalSerializationService ours = nodes().get(0).getSerializationService();
        for (Throwable answer : List.of(new TargetNotMemberException("gone"), new OperationTimeoutException("late"),
                new HazelcastInstanceNotActiveException(), new HazelcastSerializationException("refused"),
                new RejectedExecutionException("full"))) {
            Data bytes = new DefaultSerializationServiceBuilder().build().toData(answer);
            assertEquals(answer.getClass(), ours.toObject(bytes).getClass());
        }
        Data foreign = new DefaultSerializationServiceBuilder().build().toData(new RestClientException("http", 500));
        assertTrue(cause(assertThrows(HazelcastSerializationException.class, () -> ours.toObject(foreign))).endsWith("is not allowed."));
        assertEquals(Set.of(), GridConfig.of(SETTINGS).getSerializationConfig().getJavaSerializationFilterConfig().getWhitelist().getPackages());
    }

    private static String cause(Throwable thrown) {
        return thrown.getCause() == null ? String.valueOf(thrown.getMessage()) : cause(thrown.getCause());
    }

    @Test
    void answersNothingToACallWithAWrongTag() {
        Seal other = new Seal(ClusterKey.of(SealTest.settings(NAME, "a secret of somebody else")));
        Answer answer = Hazelcast.getAllHazelcastInstances().stream()
            .filter(instance -> instance.getConfig().getClusterName().equals(NAME)).findFirst()
            .map(instance -> submit(instance, new Call(other.call(first.self().life().toString(), new Message.Describe().bytes())))).orElseThrow();
        assertEquals(0, answer.sealed().length);
        assertTrue(REFUSALS.list().contains("cluster: call: found one with a wrong tag; expected one of a member that knows the secret"));
    }

    private static Answer submit(HazelcastInstance instance, Call call) {
        try {
            return instance.getExecutorService(GridConfig.CALLS).submitToMember(call, instance.getCluster().getMembers().stream()
                .filter(member -> !member.localMember()).findFirst().orElseThrow()).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answersNothingToACallThatWasRecorded() {
        HazelcastInstance instance = Hazelcast.getAllHazelcastInstances().stream()
            .filter(one -> one.getConfig().getClusterName().equals(NAME)).findFirst().orElseThrow();
        Grid other = instance.getCluster().getLocalMember().getUuid().equals(first.self().life()) ? second : first;
        Call recorded = new Call(new Seal(KEY).call(other.self().life().toString(), "hello".getBytes(StandardCharsets.UTF_8)));
        assertTrue(submit(instance, recorded).sealed().length > 0);
        assertEquals(0, submit(instance, recorded).sealed().length);
        assertTrue(REFUSALS.list().contains("cluster: call: found one that came before; expected each once"));
    }

    @Test
    void letsNobodyInWhoDoesNotKnowTheSecret() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (Socket socket = connect()) {
                OutputStream out = socket.getOutputStream();
                byte[] name = NAME.getBytes(StandardCharsets.UTF_8);
                out.write(Admission.GREETING);
                out.write(name.length);
                out.write(name);
                out.write(new byte[Admission.NUMBER]);
                InputStream in = socket.getInputStream();
                byte[] answer = in.readNBytes(Admission.GREETING.length + 1 + Admission.NUMBER);
                assertEquals(Admission.PASS, answer[Admission.GREETING.length]);
                byte[] tag = new byte[ClusterKey.TAG];
                if (i == 1) {   // its own number in place of a tag
                    System.arraycopy(answer, Admission.GREETING.length + 1, tag, 0, tag.length);
                } else if (i == 2) {   // a tag for the other direction
                    tag = KEY.tag("accept", new byte[Admission.NUMBER], Arrays.copyOfRange(answer, Admission.GREETING.length + 1, answer.length));
                }
                out.write(tag);
                byte[] verdict = in.readNBytes(1 + ClusterKey.TAG);
                assertEquals(Admission.OTHER_SECRET, verdict[0]);
                assertArrayEquals(new byte[ClusterKey.TAG], Arrays.copyOfRange(verdict, 1, verdict.length),
                    "a tag for one who does not know the secret");
                assertEquals(-1, in.read(), "the connection is closed");
            }
        }
        assertWorks();
    }

    /** What members, clients and browsers of Hazelcast begin with, and anything else. */
    @Test
    void staysAsItIsWhateverReachesThePort() throws Exception {
        Random random = new Random(11);
        List<byte[]> beginnings = List.of("HZC".getBytes(StandardCharsets.UTF_8), "CP2".getBytes(StandardCharsets.UTF_8),
            "GET /hazelcast/health HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8), "stats\r\n".getBytes(StandardCharsets.UTF_8),
            Admission.GREETING, new byte[] {22, 3, 1, 2, 0}, new byte[0]);
        String before = first.others().toString() + second.others();
        for (int i = 0; i < 300; i++) {
            byte[] junk = new byte[random.nextInt(300)];
            random.nextBytes(junk);
            try (Socket socket = connect()) {
                socket.setSoLinger(i % 3 == 0, 0);   // some go with a reset
                OutputStream out = socket.getOutputStream();
                out.write(beginnings.get(i % beginnings.size()));
                out.write(junk);
                if (i % 2 == 0) {
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                continue;   // it was closed while this was written: as it should be
            }
        }
        assertWorks();
        assertEquals(before, first.others().toString() + second.others());
    }

    @Test
    void isNotHeldUpByThoseWhoSayNothing() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                silent.add(connect());
            }
            assertWorks();
            silent.get(0).setSoTimeout(20_000);
            assertEquals(-1, silent.get(0).getInputStream().read(), "it was closed after the limit");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 5_000);
        return socket;
    }
}
