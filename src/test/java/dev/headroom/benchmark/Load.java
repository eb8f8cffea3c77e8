package dev.headroom.benchmark;

import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.benchmark.LoadOrder.Time;
import dev.headroom.benchmark.Measurement.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Requests to put on a server.
 *
 * @param bodies a file of them, one a line
 * @param path the path that they are posted to
 * @param header one more line of their heads; empty for none
 * @param client the main class of the process that sends them
 */
record Load(Path bodies, String path, String header, Class<?> client) {

    /** Little of the cores goes to the client's compiler and collector. */
    private static final List<String> LIGHT =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms64m", "-Xmx256m");

    static Load of(List<String> bodies) throws IOException {
        Path file = Files.createTempFile("headroom-bench", ".txt");
        file.toFile().deleteOnExit();
        return new Load(Files.write(file, bodies), "/infer", "", LoadClient.class);
    }

    /** The same requests, posted to another path. */
    Load at(String other) {
        return new Load(bodies, other, header, client);
    }

    /** The same requests with one more line of their heads. */
    Load with(String otherHeader) {
        return new Load(bodies, path, otherHeader, client);
    }

    /** The same load by another client. */
    Load by(Class<?> otherClient) {
        return new Load(bodies, path, header, otherClient);
    }

    /** Tells a client to put it on the server at this port. */
    LoadOrder order(int port, Demand demand, Time time) {
        return new LoadOrder(port, bodies, demand, time, path, header);
    }

    /** Puts it on a server, from a process of its own, and tells what it took of the server. */
    Measurement on(Server server, Demand demand, Time time) throws IOException, InterruptedException {
        ProcFigures figures = new ProcFigures(server.pid());
        Server.Batches batches = server.batches();
        double cpu = figures.cpuMicros();
        LoadResult result = send(order(server.port(), demand, time));
        double cpuOfEach = (figures.cpuMicros() - cpu) / result.sent();
        double fill = server.batches().since(batches).fill();
        return new Measurement(
                result.perSecond(),
                result.latency(),
                result.faults(),
                new Effort(fill, cpuOfEach, figures.residentMegabytes(), result.sent()));
    }

    private LoadResult send(LoadOrder order) throws IOException {
        try (JavaProcess process = new JavaProcess(LIGHT, client, order.arguments())) {
            return LoadResult.parse(process.line(LoadResult::isLine));
        }
    }
}
