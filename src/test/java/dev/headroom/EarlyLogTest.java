package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class EarlyLogTest {

    private final EarlyLog log = new EarlyLog();

    @Test
    void whatTheServiceLogsWaitsInOrderUntilItIsReleased() {
        LogRecord first = record("dev.headroom", "the plan");
        LogRecord second = record("dev.headroom.session.Openings", "a warning");
        assertFalse(log.isLoggable(first));
        assertFalse(log.isLoggable(second));
        assertEquals(List.of(first, second), log.releaseAll());
        assertTrue(log.isLoggable(first));
        assertEquals(List.of(), log.releaseAll());
    }

    @Test
    void othersAreNotHeld() {
        assertTrue(log.isLoggable(record("io.quarkus", "installed features")));
        assertTrue(log.isLoggable(record(null, "nobody")));
        assertEquals(List.of(), log.releaseAll());
    }

    private static LogRecord record(String name, String message) {
        LogRecord logged = new LogRecord(Level.INFO, message);
        logged.setLoggerName(name);
        return logged;
    }
}
