package io.halftone.shell.internal;

import io.halftone.api.JobInfo;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The jobs that run and the last that ended, whoever started them. */
@Service
@Command(scope = "halftone", name = "jobs", description = "Lists the jobs that run and the last that ended, of all sessions",
    detailedDescription = "classpath:jobs.txt")
public final class JobsCommand extends HalftoneCommand {
    private static final int USUALLY_ENDED = 10;

    @Option(name = "--running", description = "Only those that run")
    private boolean running;

    @Option(name = "--all", description = "All that are known, and not the last " + USUALLY_ENDED + " that ended alone")
    private boolean all;

    @Argument(name = "id", description = "The job to tell everything of")
    @Completion(JobIdCompleter.Known.class)
    private String id;

    @Override
    Report report() {
        List<JobInfo> jobs = halftone.jobs();
        if (id != null) {
            return JobsReport.of(named(jobs, id), colours());
        }
        long passed = all ? 0 : jobs.stream().filter(job -> !job.isRunning()).count() - USUALLY_ENDED;
        List<JobInfo> ended = jobs.stream().filter(job -> !job.isRunning() && !running).skip(running ? 0 : Math.max(0, passed)).toList();
        return JobsReport.of(jobs.stream().filter(job -> job.isRunning() || ended.contains(job)).toList(), colours());
    }

    /** The job of that id; throws {@link IllegalArgumentException} if none is known. */
    static JobInfo named(List<JobInfo> jobs, String id) {
        return jobs.stream().filter(job -> job.id().equals(id)).findFirst().orElseThrow(() -> new IllegalArgumentException(
            "job " + id + ": found none of that id; expected " + (jobs.isEmpty() ? "one, and there are none"
                : "one of " + String.join(", ", jobs.stream().map(JobInfo::id).toList()))));
    }
}
