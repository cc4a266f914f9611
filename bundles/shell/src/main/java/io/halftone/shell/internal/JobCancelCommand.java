package io.halftone.shell.internal;

import io.halftone.api.JobInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Asks jobs to stop, whoever started them. */
@Service
@Command(scope = "halftone", name = "job-cancel", description = "Cancels jobs, of any session", detailedDescription = "classpath:job-cancel.txt")
public final class JobCancelCommand extends HalftoneCommand {
    private static final long POLL_MILLIS = 50;

    @Option(name = "--wait", description = "Wait until they have ended")
    private boolean waiting;

    @Argument(name = "ids", description = "Ids of jobs, see jobs", multiValued = true, required = true)
    @Completion(JobIdCompleter.Running.class)
    private List<String> ids = List.of();

    @Override
    Report report() throws InterruptedException {
        List<JobInfo> known = halftone.jobs();
        ids.forEach(id -> JobsCommand.named(known, id));   // all or none
        List<JobInfo> jobs = new ArrayList<>();
        for (String id : new LinkedHashSet<>(ids)) {
            jobs.add(halftone.cancel(id));
        }
        if (waiting) {
            jobs = ends(jobs);
        }
        List<JobInfo> asked = List.copyOf(jobs);
        Map<String, Object> states = new LinkedHashMap<>();
        asked.forEach(job -> states.put(job.id(), JobsReport.state(job)));
        return new Report(Map.of("jobs", states), out -> states.forEach((id, state) -> out.println(id + ": " + state)));
    }

    private List<JobInfo> ends(List<JobInfo> asked) throws InterruptedException {
        List<JobInfo> ends = new ArrayList<>();
        for (JobInfo job : asked) {
            JobInfo now = job;
            while (now.isRunning()) {
                Thread.sleep(POLL_MILLIS);
                now = JobsCommand.named(halftone.jobs(), job.id());
            }
            ends.add(now);
        }
        return ends;
    }
}
