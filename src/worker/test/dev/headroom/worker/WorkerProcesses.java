package dev.headroom.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.headroom.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One process of the packaged worker after the other, each of which something happens to. */
final class WorkerProcesses implements AutoCloseable {

    private static final Path BUILD = Path.of("target/worker");

    private final String[] options;
    private final List<ServiceProcess> all = new ArrayList<>();

    WorkerProcesses(List<String> options) {
        this.options = options.toArray(String[]::new);
    }

    /** Starts one more worker, and waits until it listens. */
    ServiceProcess start() throws IOException {
        ServiceProcess started =
                ServiceProcess.startSqueezedBuild(BUILD, options).listening();
        all.add(started);
        return started;
    }

    /** A worker is killed, one ends when asked, one is squeezed, one stands still while another works. */
    void troubles(WorkerLedger ledger, int questions) throws Exception {
        int part = questions / 6;
        ServiceProcess first = start();
        ledger.awaitSettled(part);
        first.kill();
        ServiceProcess second = start();
        ledger.awaitSettled(2 * part);
        second.hold(WorkerQuestions.SQUEEZE);
        ledger.awaitSettled(3 * part);
        second.hold(0);
        ServiceProcess third = start();
        second.terminate();
        assertEquals(0, second.exitStatus(), second.log());
        assertFalse(second.log().contains(" ERROR "), second.log());
        ledger.awaitSettled(4 * part);
        third.stop();
        start();
        ledger.awaitSettled(5 * part);
        third.cont();
        FeedFixture.await(ledger::complete);
    }

    /** The lines of all logs that hold this text. */
    String lines(String text) {
        return log().lines().filter(line -> line.contains(text)).collect(Collectors.joining("\n"));
    }

    String log() {
        StringBuilder log = new StringBuilder();
        all.forEach(service -> log.append(service.log()).append("\n---\n"));
        return log.toString();
    }

    @Override
    public void close() {
        all.forEach(ServiceProcess::close);
    }
}
