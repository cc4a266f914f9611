package io.halftone.cluster.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be configured of a cluster. {@link ClusterSettings} checks the values. */
@ObjectClassDefinition(name = "Halftone cluster", description = "Several processes that share the units of one job")
public @interface ClusterConfig {
    @AttributeDefinition(name = "Cluster name", description = "Members of the same name find each other; 1 to 64 letters, digits, - . and _")
    String clusterName() default "halftone";

    @AttributeDefinition(name = "Secret", required = false, type = AttributeType.PASSWORD,
        description = "What every member has to know, at least 16 characters. Without one members are on this machine alone")
    String _secret() default "";

    @AttributeDefinition(name = "Secret file", required = false, description = "A file with the secret in its first line, absolute, in place "
        + "of the secret itself")
    String secretFile() default "";

    @AttributeDefinition(name = "Members", required = false, description = "Where other members may be found: addresses, or addresses with a "
        + "port after a colon, separated by commas. Without it: this machine")
    String[] members() default {};

    @AttributeDefinition(name = "Multicast", description = "Whether members are looked for by multicast, and not in the list")
    boolean multicast() default false;

    @AttributeDefinition(name = "Bind address", description = "The address of this machine that is listened on. One that is not loopback asks "
        + "for a secret")
    String bindAddress() default "127.0.0.1";

    @AttributeDefinition(name = "Port", description = "The first port that is tried, 1024 to 65535")
    int port() default 5701;

    @AttributeDefinition(name = "Ports", description = "How many ports are tried from the first, 1 to 1000; members look for each other on them")
    int ports() default 20;

    @AttributeDefinition(name = "Heartbeat limit", description = "Seconds without a sign of life after which a member counts as gone and its "
        + "units are given to others, 5 to 3600")
    int heartbeatLimit() default 30;

    @AttributeDefinition(name = "Devices", required = false, description = "What units of others are computed on, a worker on each: cpu, cuda:0 "
        + "and so on, separated by commas. Without it: the configured device")
    String[] devices() default {};

    @AttributeDefinition(name = "Workers", description = "Units of others that run at a time at most; 0 for as many as devices, processors and "
        + "memory allow")
    int workers() default 0;

    @AttributeDefinition(name = "Own workers", description = "Whether a process that starts a job runs units of it too. Without it a job waits "
        + "for members")
    boolean ownWorkers() default true;

    @AttributeDefinition(name = "Join", description = "Whether this process joins when it starts, to take units of the jobs of others. Without "
        + "it: when a command asks for the cluster")
    boolean join() default false;
}
