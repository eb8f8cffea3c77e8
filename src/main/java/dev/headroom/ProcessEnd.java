package dev.headroom;

import io.quarkus.runtime.Quarkus;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends the process: with status 0 on SIGTERM or SIGINT, where the JVM has 143 and 130, and with 1 once the device is
 * lost. A timer halts it where something hangs. Any thread may call, and never waits.
 */
final class ProcessEnd {

    private static final Duration LONGEST_BEFORE_IT_SERVES = Duration.ofSeconds(5);

    /** The longest time that closing takes once every caller has been answered. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(15);

    private static final Duration GRACE_OF_A_DEFECT = Duration.ofSeconds(5);

    private static final AtomicInteger STATUS = new AtomicInteger();
    private static volatile boolean asked;
    private static volatile Duration longest = LONGEST_BEFORE_IT_SERVES;

    private ProcessEnd() {}

    /** Makes the signals end the process like this. */
    static void heedSignals() {
        try {
            heed("TERM");
            heed("INT");
        } catch (ReflectiveOperationException e) {
            // a JVM without such a class, or with -Xrs, ends in its own way
        }
    }

    /** True once a signal has asked for the end. */
    static boolean asked() {
        return asked;
    }

    /** Gives the answers that are under way this time, once the process serves. */
    static void waitForAnswers(Duration most) {
        longest = most.plus(LONGEST_CLOSE);
    }

    /**
     * Ends the process with status 1, so that the platform starts another: in a few seconds, so that waiting callers
     * are answered and health checks see the defect, or else by force.
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

    /** Quarkus stops the application in a hook; the first call of exit decides on the status. */
    private static void exit() {
        asked = true;
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
