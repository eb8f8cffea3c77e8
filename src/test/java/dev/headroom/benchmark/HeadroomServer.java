package dev.headroom.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;

/** The packaged service, calibrated before it takes its first call. */
final class HeadroomServer implements Server {

    private final ServiceProcess service;

    HeadroomServer(String... options) throws IOException {
        this(Path.of("target/quarkus-app"), options);
    }

    /** The service of another build, given its folder quarkus-app. */
    HeadroomServer(Path build, String... options) throws IOException {
        String[] all = new String[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = "headroom.calibration=startup";
        service = ServiceProcess.startBuild(build, all).listening();
    }

    @Override
    public int port() {
        return service.port();
    }

    @Override
    public long pid() {
        return service.pid();
    }

    @Override
    public Batches batches() throws IOException, InterruptedException {
        return new Batches(service.metric("headroom_batch_items_sum"), service.metric("headroom_batch_items_count"));
    }

    /** The answer to a request of one text, in bytes, once it is seen to hold a vector of so many elements. */
    int answerBytes(String body, int dimensions) throws IOException {
        String answer = service.infer(body).join().body();
        JsonNode embedding = new ObjectMapper().readTree(answer).at("/outputs/0/embedding");
        if (embedding.size() != dimensions) {
            throw new IllegalStateException("No vector of %d elements: %s".formatted(dimensions, answer));
        }
        return answer.length();
    }

    @Override
    public void close() {
        service.close();
    }
}
