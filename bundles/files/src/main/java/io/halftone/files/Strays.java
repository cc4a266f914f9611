package io.halftone.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What writers that are dead left in a folder. */
final class Strays {
    /** The writers of this process. */
    static final Set<String> LIVING = ConcurrentHashMap.newKeySet();

    /** Where there are no locks, how long a writer may take to give its files their names. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long PAUSE_MILLIS = 5;
    private static final long WAIT_MILLIS = 30_000;
    /** How often in a row there is nothing that a writer could hold, before nobody is taken to come back for it. */
    private static final int LOOKS = 100;

    private Strays() {}

    /** Gives whole files of dead writers their names, and removes what is not whole. */
    static void settle(Path folder, Disk disk) throws IOException {
        List<Home> homes = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, Home.PREFIX + "*")) {
            found.forEach(path -> homes.add(new Home(path)));
        } catch (AccessDeniedException | NoSuchFileException | NotDirectoryException e) {
            return;        // whoever writes there will say so
        }
        for (Home home : homes) {
            if (Home.isNamed(home.path()) && home.isOurs()) {
                settle(folder, home, disk);
            }
        }
    }

    /** Whether that folder is gone, or was a dead writer's and is gone now. */
    static synchronized boolean settle(Path folder, Home home, Disk disk) throws IOException {
        Optional<String> id = home.id();
        if (id.isEmpty()) {
            return deleteEmpty(home, disk);
        }
        if (LIVING.contains(id.get())) {
            return false;
        }
        try (PathLock lock = PathLock.tryExisting(home.lock(id.get())).orElse(null)) {
            if (lock == null || !lock.spansProcesses() && !isOld(home)) {
                return false;
            }
            if (!Files.exists(home.lock(id.get()), LinkOption.NOFOLLOW_LINKS)) {
                return true;       // another process was first
            }
            if (home.isReady() && home.isOrdered()) {
                Renaming.read(home).apply(folder, home, disk);
                disk.force(folder);
            }
            home.delete(disk);
            return true;
        }
    }

    /** Whether no writer gives its files their names now. */
    static boolean awaitNoneReady(Path real, Disk disk) throws IOException {
        Home ready = Home.ready(real);
        long until = System.nanoTime() + WAIT_MILLIS * 1_000_000;
        int lookedInVain = 0;
        while (Files.exists(ready.path(), LinkOption.NOFOLLOW_LINKS)) {
            if (ready.isOurs() && settle(real, ready, disk)) {
                continue;
            }
            lookedInVain = ready.mayBeHeld() ? 0 : lookedInVain + 1;
            if (lookedInVain == LOOKS || System.nanoTime() > until) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(real + ": found an interruption; expected another writer to be done");
            }
        }
        return true;
    }

    private static boolean isOld(Home home) throws IOException {
        return home.isReady() && Files.getLastModifiedTime(home.path()).toInstant().isBefore(Instant.now().minus(PATIENCE));
    }

    private static boolean deleteEmpty(Home home, Disk disk) throws IOException {
        try {
            disk.delete(home.path());
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;      // its writer was about to lock it
        }
    }
}
