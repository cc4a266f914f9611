package io.halftone.torch.internal;

import io.halftone.ops.Shape;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which parameters of a task's components stay on the device. All do while they fit; past a limit room is made before one is
 * brought. Those that an open region has asked for are never released. Of the others, the one used last goes first: every
 * denoising step asks for the same parameters in the same order, so it is the one that will be needed again last. A component that
 * begins to run releases the parameters of those that ran before it. For one thread.
 */
final class Residency {
    private static final Logger LOG = LoggerFactory.getLogger(Residency.class);
    private static final long NONE = Long.MAX_VALUE;
    private static final long MIB = 1 << 20;
    /** What results and scratch memory get at least, where the limit is found here: this part of the device, or these bytes. */
    private static final int RESERVED_PART = 8;
    private static final long LEAST_RESERVE = 2048 * MIB;
    private static final Comparator<Resident> LAST_FIRST = Comparator.comparingLong((Resident one) -> one.use).reversed();
    /** Pinned memory may take this part of the machine's. */
    private static final double PART_FOR_PINNED = 0.5;
    private static final long MACHINE = machine();

    private final Place place;
    private final boolean watched;
    private final Set<Resident> residents = Collections.newSetFromMap(new IdentityHashMap<>());
    private long limit;
    private long held;
    private long count;
    private int released;
    private long ended;
    private long pinnedBytes;
    private BooleanSupplier others = () -> false;

    /** A parameter on the device. */
    static final class Resident {
        private final ParameterStore store;
        private final String name;
        private final Shape shape;
        private final Tensor tensor;
        private final long bytes;
        private long use;

        private Resident(ParameterStore store, String name, Shape shape, Tensor tensor, long bytes) {
            this.store = store;
            this.name = name;
            this.shape = shape;
            this.tensor = tensor;
            this.bytes = bytes;
        }

        /** As it was asked for. */
        Shape shape() {
            return shape;
        }
    }

    /**
     * @param limit bytes of parameters that stay; 0 for as many as fit beside a reserve, which on the host are all
     */
    Residency(Place place, long limit) {
        this.place = place;
        this.limit = limit == 0 ? NONE : limit;
        this.watched = limit != 0 || !place.isHost();
    }

    Place place() {
        return place;
    }

    /**
     * Where memory does not suffice, something else gives way before parameters do.
     *
     * @param release says whether it had anything to release
     */
    void yieldingFirst(BooleanSupplier release) {
        others = release;
    }

    /** How many parameters were released before their component's end. */
    int released() {
        return released;
    }

    /** How many parameters were let go of, for whatever reason: what was recorded with one of them must not run again. */
    long ended() {
        return ended;
    }

    /** A component asks for a parameter. */
    void begin(ParameterStore store) {
        if (!watched) {
            return;
        }
        boolean first = store.lastUse() == 0;
        if (first && limit == NONE) {
            measure(store);
        }
        // in that time every parameter that is here could have been asked for, and none of this component was
        if (limit != NONE && (first || count - store.lastUse() > residents.size())) {
            releaseIdle(one -> one.store != store);
        }
    }

    /** Finds the limit, where the component's parameters do not fit. */
    private void measure(ParameterStore store) {
        long[] memory = place.memory();
        long room = memory[0] - Math.max(LEAST_RESERVE, memory[1] / RESERVED_PART);
        long bytes = store.bytes();
        if (bytes > room) {
            limit = Math.max(0, held + room);
            LOG.info("{}: {} MiB of weights beside {} MiB that are there, and room for {} MiB: what does not fit is brought when it is needed",
                place, bytes / MIB, held / MIB, limit / MIB);
        }
    }

    /** A parameter that is not here, once there is room. */
    Resident bring(ParameterStore store, String name, Shape shape, long bytes, Supplier<Tensor> read) {
        makeRoom(bytes);
        Tensor tensor;
        try {
            tensor = read.get();
        } catch (RuntimeException e) {
            if (NativeError.isOutOfMemory(e) && others.getAsBoolean()) {
                return bring(store, name, shape, bytes, read);
            }
            int before = released;
            if (watched && NativeError.isOutOfMemory(e)) {
                // results, other processes, or the blocks that memory is cut into take more than was reckoned
                limit = Math.max(0, Math.min(limit, held - held / RESERVED_PART));
                makeRoom(bytes);
            }
            if (released == before) {
                throw e;
            }
            tensor = read.get();
        }
        held += bytes;
        Resident resident = new Resident(store, name, shape, tensor, bytes);
        residents.add(resident);
        return resident;
    }

    /** The tensor, for as long as the innermost region is open. */
    Tensor use(Resident resident) {
        if (watched) {
            resident.use = ++count;
            resident.store.used(count);
            Lifetime.innermost().attach(resident.tensor);
        }
        return resident.tensor;
    }

    private void makeRoom(long bytes) {
        if (limit == NONE || held + bytes <= limit) {
            return;
        }
        PriorityQueue<Resident> lastFirst = new PriorityQueue<>(residents.size() + 1, LAST_FIRST);
        lastFirst.addAll(residents);
        while (held + bytes > limit && !lastFirst.isEmpty()) {
            Resident one = lastFirst.poll();
            if (Lifetime.of(one.tensor).isEmpty()) {
                release(one);
            }
        }
    }

    /** Releases those that no open region uses. */
    private int releaseIdle(Predicate<Resident> which) {
        List<Resident> idle = residents.stream().filter(which).filter(one -> Lifetime.of(one.tensor).isEmpty()).toList();
        idle.forEach(this::release);
        return idle.size();
    }

    private void release(Resident one) {
        end(one);
        one.store.forget(one.name);
        released++;
    }

    /** Whether a parameter that is brought once more is to be kept in pinned memory of so many bytes. */
    boolean pins(long bytes) {
        return !place.isHost() && pinnedBytes + bytes <= PART_FOR_PINNED * MACHINE;
    }

    /** Pinned memory was taken, or given back where it is negative. */
    void pinned(long bytes) {
        pinnedBytes += bytes;
    }

    /** Bytes of the machine's memory; 0 where the virtual machine does not tell. */
    private static long machine() {
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalMemorySize");
        } catch (JMException e) {
            return 0;
        }
    }

    /** Lets go of a parameter. Regions that asked for it keep it to their end. */
    void end(Resident one) {
        residents.remove(one);
        ended++;
        held -= one.bytes;
        one.tensor.releaseReference();
    }
}
