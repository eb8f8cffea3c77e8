package dev.headroom;

import io.quarkus.runtime.Application;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How the process ends: with status 0 when it was asked to, by SIGTERM or SIGINT too, for which the JVM has 143 and 130;
 * with 1 when it could not start or has lost its device; and in any case in the end, whoever hangs.
 */
final class ProcessEnd {

    private static final Duration LONGEST_BEFORE_IT_SERVES = Duration.ofSeconds(5);
    /** What closing takes at most once everybody has been answered. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(15);

    private static final Duration GRACE_OF_A_DEFECT = Duration.ofSeconds(5);

    private static final AtomicInteger STATUS = new AtomicInteger();
    private static volatile Duration longest = LONGEST_BEFORE_IT_SERVES;

    private ProcessEnd() {}

    /** From now on the process ends like this; to be called before Quarkus starts. */
    static void prepare() {
        ApplicationLifecycleManager.setDefaultExitCodeHandler((status, cause) -> {
            STATUS.compareAndSet(0, status);
            System.exit(status);
        });
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(ProcessEnd::end));
    }

    /** The process serves: from now on there are answers to wait for, so long at most. */
    static void waitForAnswers(Duration most) {
        longest = most.plus(LONGEST_CLOSE);
    }

    /**
     * Ends the process with status 1, so that the platform starts another: soon, when those who wait have been answered
     * and those who ask for its health have heard, or else by force.
     */
    static void soon() {
        if (STATUS.compareAndSet(0, 1)) {
            haltAfter(GRACE_OF_A_DEFECT.plus(LONGEST_CLOSE));
            after(GRACE_OF_A_DEFECT, () -> Quarkus.asyncExit(1));
        }
    }

    /** Beside the hook by which Quarkus stops the application: halting is the only way to another status than the JVM's. */
    private static void end() {
        haltAfter(longest);
        Application application = Application.currentApplication();
        if (application != null) {
            application.awaitShutdown();
        }
        Runtime.getRuntime().halt(STATUS.get());
    }

    private static void haltAfter(Duration time) {
        after(time, () -> Runtime.getRuntime().halt(STATUS.get()));
    }

    private static void after(Duration time, Runnable task) {
        Thread.ofPlatform().daemon().name("headroom-end").start(() -> {
            try {
                Thread.sleep(time);
                task.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
