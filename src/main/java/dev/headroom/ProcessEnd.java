package dev.headroom;

import io.quarkus.runtime.Quarkus;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How the process ends: with status 0 when SIGTERM or SIGINT asks it to, for which the JVM has 143 and 130; with 1 once the
 * device is lost; and in any case in the end, whoever hangs.
 */
final class ProcessEnd {

    private static final Duration LONGEST_BEFORE_IT_SERVES = Duration.ofSeconds(5);

    /** What closing takes at most once everybody has been answered. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(15);

    private static final Duration GRACE_OF_A_DEFECT = Duration.ofSeconds(5);

    private static final AtomicInteger STATUS = new AtomicInteger();
    private static volatile Duration longest = LONGEST_BEFORE_IT_SERVES;

    private ProcessEnd() {}

    /** From now on these signals end the process like this. */
    static void heedSignals() {
        try {
            heed("TERM");
            heed("INT");
        } catch (ReflectiveOperationException e) {
            // a JVM that leaves signals alone (-Xrs) or has no such class ends in its own way
        }
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

    /** By reflection, because javac warns of this class and cannot be told not to. */
    private static void heed(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object exit =
                Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, given) -> {
                    exit();
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), exit);
    }

    /** Quarkus stops the application in a hook; the first who exits decides on the status. */
    private static void exit() {
        haltAfter(longest);
        System.exit(STATUS.get());
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
