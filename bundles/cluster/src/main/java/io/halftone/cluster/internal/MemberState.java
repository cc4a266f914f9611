package io.halftone.cluster.internal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a member says of itself.
 *
 * @param name     of its host, and its process
 * @param devices  that it computes on, one line each
 * @param doing    what it works on, one line each: its unit and how far it is; empty while it waits
 * @param units    that it has run since it joined
 * @param jobs     that it coordinates
 * @param refusals the last members that it refused or that refused it, with the reason
 */
record MemberState(String name, List<String> devices, List<String> doing, long units, List<JobState> jobs, List<String> refusals) {
    /**
     * A job that a member coordinates.
     *
     * @param kind    calibrate, evaluate or search
     * @param subject what it is about
     * @param done    units of its present part that are done
     * @param total   units that this part has
     * @param workers that run units of it now
     * @param again   units that were given to somebody else too, as who had them was gone, or failed at them, or said nothing
     * @param millis  since the part began
     */
    record JobState(String kind, String subject, int done, int total, int workers, int again, long millis) {}

    MemberState {
        devices = List.copyOf(devices);
        doing = List.copyOf(doing);
        jobs = List.copyOf(jobs);
        refusals = List.copyOf(refusals);
    }

    byte[] bytes() {
        return Message.written(out -> {
            Message.text(out, name);
            Message.texts(out, devices);
            Message.texts(out, doing);
            out.writeLong(units);
            Message.texts(out, refusals);
            out.writeInt(jobs.size());
            for (JobState job : jobs) {
                Message.text(out, job.kind());
                Message.text(out, job.subject());
                out.writeInt(job.done());
                out.writeInt(job.total());
                out.writeInt(job.workers());
                out.writeInt(job.again());
                out.writeLong(job.millis());
            }
        });
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    static MemberState of(ByteBuffer in) {
        try {
            String name = Message.text(in);
            List<String> devices = Message.texts(in);
            List<String> doing = Message.texts(in);
            long units = in.getLong();
            List<String> refusals = Message.texts(in);
            int count = in.getInt();
            List<JobState> jobs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                jobs.add(new JobState(Message.text(in), Message.text(in), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getLong()));
            }
            return new MemberState(name, devices, doing, units, jobs, refusals);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("member: found a description that is cut off; expected a whole one", e);
        }
    }
}
