package dev.headroom.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.headroom.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One pod of the packaged service after the other, at an address that is looked up; what becomes of a pod on a node that is
 * taken away can be made to happen to it.
 */
final class Cluster implements AutoCloseable {

    private static final Pattern DUPLICATES = Pattern.compile("(?m)^headroom_events_duplicates_total (\\S+)$");

    private final OptionalInt containerConcurrency;
    private final String[] options;
    private volatile Pod pod;

    /** A process, and where there is one the queue-proxy before it. */
    private record Pod(ServiceProcess service, Optional<QueueProxy> proxy) {

        private URI address() {
            return proxy.map(QueueProxy::address)
                    .orElseGet(() -> URI.create("http://localhost:" + service.port() + "/"));
        }

        private void close() {
            proxy.ifPresent(QueueProxy::close);
            service.close();
        }
    }

    /**
     * Starts the first pod.
     *
     * @param containerConcurrency of the queue-proxy before each process; empty: there is none
     */
    Cluster(OptionalInt containerConcurrency, List<String> options) throws IOException {
        this.containerConcurrency = containerConcurrency;
        this.options = options.toArray(String[]::new);
        this.pod = start();
    }

    private Pod start() throws IOException {
        ServiceProcess service = ServiceProcess.startSqueezed(options).listening();
        URI address = URI.create("http://localhost:" + service.port() + "/");
        return new Pod(
                service,
                containerConcurrency.isPresent()
                        ? Optional.of(new QueueProxy(address, containerConcurrency.getAsInt()))
                        : Optional.empty());
    }

    /** Where to send requests to now; somebody may listen there, or nobody. */
    URI address() {
        return pod.address();
    }

    /** The node is gone. */
    void kill() throws IOException, InterruptedException {
        pod.service.kill();
        pod.close();
        pod = start();
    }

    /** The process alone is asked to end, while requests are sent to it: a node that gives notice. */
    void terminate() throws IOException, InterruptedException {
        pod.service.terminate();
        assertEnded(pod);
        pod.close();
        pod = start();
    }

    /** The pod is replaced as Knative does it: another is ready, this one's proxy drains, then its process is to end. */
    void replace() throws IOException, InterruptedException {
        Pod old = pod;
        pod = start();
        if (old.proxy.isPresent()) {
            old.proxy.get().drain();
        }
        old.service.terminate();
        assertEnded(old);
        old.close();
    }

    /** Somebody else takes so much of the device's memory, all in all. */
    void squeeze(long bytes) throws IOException, InterruptedException {
        pod.service.hold(bytes);
    }

    /** Events that the present process has answered from the run of the same event before them. */
    double duplicates() throws IOException, InterruptedException {
        Matcher counted = DUPLICATES.matcher(pod.service.get("/q/metrics").body());
        return counted.find() ? Double.parseDouble(counted.group(1)) : 0;
    }

    private static void assertEnded(Pod ended) throws InterruptedException {
        assertEquals(0, ended.service.exitStatus(), ended.service.log());
        assertFalse(ended.service.log().contains(" ERROR "), ended.service.log());
    }

    String log() {
        return pod.service.log();
    }

    @Override
    public void close() {
        pod.close();
    }
}
