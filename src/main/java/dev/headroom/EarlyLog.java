package dev.headroom;

import io.quarkus.bootstrap.logging.InitialConfigurator;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Holds what the early start logs until Quarkus has read its settings. Where Quarkus cannot read them it prints what it
 * was given so far, and the one sentence that the operator needs would stand below the whole plan.
 *
 * <p>Any thread may log, and any may release.
 */
final class EarlyLog implements Filter {

    private static final EarlyLog LOG = new EarlyLog();

    private final List<LogRecord> held = new ArrayList<>();
    private boolean released;

    /** Holds nothing yet. */
    EarlyLog() {}

    /** Holds what the service logs from now on. */
    static void hold() {
        InitialConfigurator.DELAYED_HANDLER.setFilter(LOG);
    }

    /** Logs what was held; the rest is logged at once. */
    static void release() {
        InitialConfigurator.DELAYED_HANDLER.setFilter(null);
        LOG.releaseAll().forEach(InitialConfigurator.DELAYED_HANDLER::publish);
    }

    /** All that was held, in order; nothing is held from now on. */
    synchronized List<LogRecord> releaseAll() {
        List<LogRecord> all = List.copyOf(held);
        held.clear();
        released = true;
        return all;
    }

    @Override
    public synchronized boolean isLoggable(LogRecord logged) {
        if (released || !String.valueOf(logged.getLoggerName()).startsWith("dev.headroom")) {
            return true;
        }
        if (logged instanceof ExtLogRecord extended) {
            extended.copyAll(); // the thread that logs is still at the place that the record names
        }
        held.add(logged);
        return false;
    }
}
