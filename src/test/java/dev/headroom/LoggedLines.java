package dev.headroom;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Collects what a class logs from INFO on, each line after its level. */
public final class LoggedLines extends Handler implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;

    /** Begins to listen. */
    public LoggedLines(Class<?> of) {
        logger = Logger.getLogger(of.getName());
        logger.addHandler(this);
    }

    /** The lines logged so far, as in "WARN text". */
    public List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord logged) {
        if (logged.getLevel().intValue() >= Level.INFO.intValue()) {
            lines.add(logged.getLevel() + " " + new SimpleFormatter().formatMessage(logged));
        }
    }

    @Override
    public void flush() {}

    /** Listens no more. */
    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
