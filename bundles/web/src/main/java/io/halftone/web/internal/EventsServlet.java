package io.halftone.web.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Halftone;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.Preview;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/**
 * Server-sent events: first all jobs and what is there, then each change. A thread for each watcher: one that is slow holds up nobody else, and
 * misses what lies between two states of a job. Only while somebody watches is anything looked up or any preview made.
 */
@Component(service = Servlet.class, scope = ServiceScope.PROTOTYPE)
@HttpWhiteboardContextSelect(ConsoleContext.SELECT)
@HttpWhiteboardServletPattern(ApiServlet.ROOT + "/events")
public final class EventsServlet extends HttpServlet {
    private static final int MOST_WATCHERS = 64;
    private static final long LOOK_MILLIS = 1000;
    private static final long HEARTBEAT_NANOS = 10_000_000_000L;

    private final Halftone halftone;
    private final JobViews views;
    private final Inventory inventory;
    private final PreviewPictures previews;
    private final Semaphore places = new Semaphore(MOST_WATCHERS);
    private volatile boolean stopped;

    @Activate
    public EventsServlet(@Reference Halftone halftone, @Reference JobViews views, @Reference Inventory inventory, @Reference PreviewPictures previews) {
        this.halftone = halftone;
        this.views = views;
        this.inventory = inventory;
        this.previews = previews;
    }

    @Deactivate
    void stop() {
        stopped = true;
    }

    /** The latest state of each job that a watcher has not heard of. */
    private static final class News implements JobListener {
        private final Map<String, JobInfo> waiting = new LinkedHashMap<>();

        @Override
        public synchronized void changed(JobInfo job) {
            waiting.put(job.id(), job);
            notifyAll();
        }

        synchronized List<JobInfo> take(long millis) throws InterruptedException {
            if (waiting.isEmpty()) {
                wait(millis);
            }
            List<JobInfo> jobs = List.copyOf(waiting.values());
            waiting.clear();
            return jobs;
        }
    }

    /** Nothing ends a stream that is not sent. */
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "method: found HEAD; expected GET");
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!places.tryAcquire()) {
            Json.refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "events: found " + MOST_WATCHERS + " watchers; expected fewer");
            return;
        }
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        var news = new News();
        try (JobListener.Registration registration = halftone.listen(news)) {
            watch(news, response.getOutputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            places.release();
        }
    }

    private void watch(News news, ServletOutputStream out) throws IOException, InterruptedException {
        Map<String, Long> shown = new HashMap<>();
        JsonNode there = inventory.now();
        out.write("retry: 1000\n\n".getBytes(StandardCharsets.UTF_8));
        send(out, "plugins", there);
        for (Map<String, Object> job : views.all()) {
            send(out, "job", job);
        }
        out.flush();
        long said = System.nanoTime();
        while (!stopped) {
            boolean any = false;
            for (JobInfo job : news.take(LOOK_MILLIS)) {
                send(out, "job", views.of(job));
                any = true;
            }
            any |= sendPreviews(out, shown);
            JsonNode now = inventory.now();
            if (!now.equals(there)) {
                there = now;
                send(out, "plugins", now);
                any = true;
            }
            if (!any && System.nanoTime() - said > HEARTBEAT_NANOS) {
                out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                any = true;
            }
            if (any) {
                out.flush();
                said = System.nanoTime();
            }
        }
    }

    /** Tells of each new preview, and wishes for the next. */
    private boolean sendPreviews(ServletOutputStream out, Map<String, Long> shown) throws IOException {
        boolean any = false;
        for (JobInfo job : halftone.jobs()) {
            Optional<Preview> preview = job.isRunning() ? previews.ask(job.id()) : Optional.empty();
            if (preview.isPresent() && shown.getOrDefault(job.id(), 0L) < preview.get().number()) {
                shown.put(job.id(), preview.get().number());
                Map<String, Object> values = new LinkedHashMap<>();
                values.put("id", job.id());
                values.put("step", preview.get().call());
                values.put("steps", preview.get().calls());
                values.put("href", JobViews.preview(job.id()) + "?number=" + preview.get().number());
                send(out, "preview", values);
                any = true;
            }
        }
        return any;
    }

    private static void send(ServletOutputStream out, String event, Object data) throws IOException {
        out.write(("event: " + event + "\ndata: " + Json.text(data) + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
