package dev.headroom;

import dev.headroom.serving.CalibrationRun;
import dev.headroom.serving.ServedModels;
import dev.headroom.settings.CalibrationMode;
import java.time.Duration;

/** Measures the models at the start: before the first call, or behind it in the first lull. */
final class StartCalibration {

    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final Thread thread;

    private StartCalibration(Thread thread) {
        this.thread = thread;
    }

    /** Measures before the first call; SIGTERM interrupts the measuring, which would otherwise end first. */
    static void beforeCalls(ServedModels opened) {
        Thread starting = Thread.currentThread();
        Thread hook = Thread.ofPlatform().unstarted(starting::interrupt);
        Runtime.getRuntime().addShutdownHook(hook);
        CalibrationRun.beforeCalls(opened).run(true);
        if (!Thread.interrupted()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    /** Does in the first lull, on a thread of its own, what no first answer needs. */
    static StartCalibration inTheFirstLull(ServedModels opened, CalibrationMode mode) {
        return new StartCalibration(
                Thread.ofPlatform().daemon().name("headroom-calibration").start(() -> afterTheStart(opened, mode)));
    }

    private static void afterTheStart(ServedModels opened, CalibrationMode mode) {
        CalibrationRun run = CalibrationRun.whileIdle(opened);
        LateCompilers compilers = new LateCompilers();
        compilers.heedNewMethods();
        try {
            run.awaitFirstAnswer();
            compilers.release(); // at once: a burst that woke the service has no lull
            run.awaitLull();
        } catch (InterruptedException e) {
            return; // the process ends
        }
        opened.generating().readAhead();
        if (mode != CalibrationMode.STARTUP) {
            run.run(mode == CalibrationMode.BACKGROUND);
        }
        if (mode != CalibrationMode.OFF) {
            run.measureOpened();
        }
    }

    /** Ends the measuring soon; does not wait for it. */
    void interrupt() {
        thread.interrupt();
    }

    /** Interrupts it and waits for its last run, because the sessions are closed next. */
    void end() {
        thread.interrupt();
        try {
            thread.join(LONGEST_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
