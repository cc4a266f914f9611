package io.halftone.cluster.internal;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SocketInterceptorConfig;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Hazelcast's configuration: made here alone, and from no file or environment. What is not used is off. */
final class GridConfig {
    /** Answers calls. */
    static final String CALLS = "halftone-calls";
    private static final int THREADS = 8;
    private static final int MOST_WAITING = 10_000;
    private static final int LEAST_SEARCH_SECONDS = 5;
    private static final int PARTITIONS = 7;   // nothing is kept in them

    private GridConfig() {}

    static Config of(ClusterSettings settings) {
        Config config = new Config();
        config.setClusterName(settings.name());
        // its own classes and Java's: those of other bundles, which a message could name, are not to be had
        config.setClassLoader(Config.class.getClassLoader());
        network(config.getNetworkConfig(), settings);
        config.setProperty("hazelcast.local.localAddress", settings.address());
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.socket.connect.timeout.seconds", "5");
        closed(config);
        liveness(config, settings);
        config.setProperty("hazelcast.partition.count", Integer.toString(PARTITIONS));
        config.setProperty("hazelcast.io.thread.count", "2");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");   // who starts it stops it
        config.setProperty("hazelcast.logging.details.enabled", "false");
        config.addExecutorConfig(new ExecutorConfig(CALLS, THREADS).setQueueCapacity(MOST_WAITING).setStatisticsEnabled(false));
        serialization(config.getSerializationConfig());
        return config;
    }

    private static void network(NetworkConfig network, ClusterSettings settings) {
        network.setPort(settings.port()).setPortCount(settings.ports()).setPortAutoIncrement(true).setReuseAddress(true);
        network.getInterfaces().setEnabled(true).addInterface(settings.address());
        // any name and instance will do: GuardedNode gives the interceptor
        network.setSocketInterceptorConfig(new SocketInterceptorConfig().setEnabled(true));
        network.getMemcacheProtocolConfig().setEnabled(false);
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(settings.multicast());
        List<String> members = settings.members().isEmpty() ? List.of(settings.address()) : settings.members();
        join.getTcpIpConfig().setEnabled(!settings.multicast()).setMembers(settings.multicast() ? List.of() : ported(members, settings));
        join.getAwsConfig().setEnabled(false);
        join.getGcpConfig().setEnabled(false);
        join.getAzureConfig().setEnabled(false);
        join.getKubernetesConfig().setEnabled(false);
        join.getEurekaConfig().setEnabled(false);
    }

    /** Addresses without a port stand for every port that members may have: Hazelcast itself would try three. */
    private static List<String> ported(List<String> members, ClusterSettings settings) {
        return members.stream().flatMap(member -> member.contains(":") ? Stream.of(member)
            : IntStream.range(settings.port(), settings.port() + settings.ports()).mapToObj(port -> member + ":" + port)).toList();
    }

    /** Whatever somebody could reach or be reported by. */
    private static void closed(Config config) {
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.jmx", "false");
        config.setProperty("hazelcast.health.monitoring.level", "OFF");
        config.getMetricsConfig().setEnabled(false);
        config.getManagementCenterConfig().setScriptingEnabled(false).setConsoleEnabled(false).setDataAccessEnabled(false);
        config.getJetConfig().setEnabled(false).setResourceUploadEnabled(false);
        config.getUserCodeDeploymentConfig().setEnabled(false);
        config.getNamespacesConfig().setEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
    }

    private static void liveness(Config config, ClusterSettings settings) {
        int interval = Math.max(1, settings.limit() / 10);
        config.setProperty("hazelcast.heartbeat.interval.seconds", Integer.toString(interval));
        config.setProperty("hazelcast.max.no.heartbeat.seconds", Integer.toString(settings.limit()));
        config.setProperty("hazelcast.mastership.claim.timeout.seconds", Integer.toString(settings.limit()));
        // a call whose member is there and answers nothing any more
        config.setProperty("hazelcast.operation.call.timeout.millis", Long.toString(settings.limit() * 1000L));
        config.setProperty("hazelcast.wait.seconds.before.join", "1");
        config.setProperty("hazelcast.max.wait.seconds.before.join", "5");
        // two sides of a cut that is mended find each other again
        config.setProperty("hazelcast.merge.first.run.delay.seconds", Integer.toString(Math.max(LEAST_SEARCH_SECONDS, settings.limit() / 3)));
        config.setProperty("hazelcast.merge.next.run.delay.seconds", Integer.toString(Math.max(LEAST_SEARCH_SECONDS, settings.limit() / 3)));
        config.setProperty("hazelcast.member.list.publish.interval.seconds", Integer.toString(settings.limit()));
    }

    /** Two types of ours; of Java's serialization the exceptions that Hazelcast's own answers may hold. */
    private static void serialization(SerializationConfig serialization) {
        serialization.setAllowUnsafe(false).setCheckClassDefErrors(true);
        serialization.getCompactSerializationConfig().setSerializers(new Call.Form(), new Answer.Form())
            .setZeroConfigFilter(new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(new ClassFilter()));
        ClassFilter exceptions = new ClassFilter()
            .addClasses(exceptions("com.hazelcast.core.", "HazelcastException", "HazelcastInstanceNotActiveException", "HazelcastOverloadException",
                "IndeterminateOperationStateException", "LocalMemberResetException", "OperationTimeoutException"))
            .addClasses(exceptions("com.hazelcast.spi.exception.", "CallerNotMemberException", "DistributedObjectDestroyedException",
                "PartitionMigratingException", "ResponseAlreadySentException", "RetryableHazelcastException", "RetryableIOException",
                "ServiceNotFoundException", "TargetDisconnectedException", "TargetNotMemberException", "WrongTargetException"))
            .addClasses(exceptions("com.hazelcast.internal.cluster.impl.", "ClusterTopologyChangedException", "ConfigMismatchException",
                "MasterNodeChangedException", "VersionMismatchException"))
            .addClasses(exceptions("com.hazelcast.nio.serialization.", "HazelcastSerializationException"))
            .addClasses("java.lang.Throwable", "java.lang.Exception", "java.lang.RuntimeException", "java.lang.Error",
                "java.lang.IllegalStateException",
                "java.lang.IllegalArgumentException", "java.lang.SecurityException", "java.lang.NullPointerException", "java.lang.ClassCastException",
                "java.lang.ClassNotFoundException", "java.lang.ReflectiveOperationException", "java.lang.UnsupportedOperationException",
                "java.lang.InterruptedException", "java.lang.StackTraceElement", "[Ljava.lang.StackTraceElement;", "java.io.IOException",
                "java.io.EOFException", "java.util.Collections$EmptyList", "java.util.Collections$UnmodifiableList",
                "java.util.Collections$UnmodifiableRandomAccessList", "java.util.Collections$UnmodifiableCollection", "java.util.ArrayList",
                "java.util.concurrent.CancellationException", "java.util.concurrent.RejectedExecutionException",
                "java.util.concurrent.TimeoutException", "java.util.concurrent.ExecutionException");
        serialization.setJavaSerializationFilterConfig(new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(exceptions));
    }

    private static String[] exceptions(String inPackage, String... names) {
        return Stream.of(names).map(name -> inPackage + name).toArray(String[]::new);
    }
}
